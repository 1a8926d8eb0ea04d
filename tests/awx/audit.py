# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller reads from the results of a job to count the nodes that were managed beside its hosts.

Written from how AWX does it: jq over the result of each event, a node for each set of canonical facts that differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import jq  # type: ignore[import-not-found]
import yaml

from ansible_collections.opendr.vcda.tests.awx.controller import Job
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

FILE = ROOT / "extensions" / "audit" / "event_query.yml"
QUERIES: Mapping[str, str] = {
    module: entry["query"] for module, entry in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()
}


def nodes_in(module: str, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes in one result of a module."""
    if module not in QUERIES:
        return []
    # AWX leaves out, with an error in its log, what has no facts to tell it by, and cannot store what has no name.
    found = list(jq.compile(QUERIES[module]).input_value(dict(result)))
    for node in found:
        assert node["name"]
        assert all(value is not None for value in node["canonical_facts"].values())
    return found


def audited(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Return the nodes that jobs have managed, each once, by their canonical facts."""
    nodes: dict[str, dict[str, Any]] = {}
    for job in jobs:
        for event in job.events:
            data = event["event_data"]
            for node in nodes_in(data.get("resolved_action", ""), data.get("res") or {}):
                nodes[json.dumps(node["canonical_facts"], sort_keys=True)] = node
    return [nodes[key] for key in sorted(nodes)]
