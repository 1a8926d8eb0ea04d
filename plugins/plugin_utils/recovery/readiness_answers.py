# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a readiness check as a report holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import TEXTS, Answers
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record


def given_now(records: Iterable[Record], result: Mapping[str, Any], skipped: Collection[str]) -> Answers:
    """Return the results of a readiness check.

    :param records: from ``findings.checked``
    :param result: of ``recovery_readiness_info``
    :param skipped: names of the checks that were switched off
    :returns: ``checks`` (names of the checks that ran), ``vms`` (labels) and ``findings``, each once with the VMs that
        it concerns, or without VMs if it concerns the service as a whole
    """
    labels = {record["id"]: record["label"] for record in records if record["id"]}
    found: dict[tuple[str, ...], list[str]] = {}

    def note(finding: Mapping[str, Any], vms: Iterable[str]) -> None:
        found.setdefault(tuple(str(finding.get(key) or "") for key in TEXTS), []).extend(vms)

    for item in result.get("vm_replications") or ():
        for finding in item.get("blocked_by") or ():
            note(finding, [labels[item["id"]]] if item.get("id") in labels else [str(item.get("asked") or "")])
    for record in records:
        for finding in (record.get("check") or {}).get("concerns") or ():
            note(finding, [record["label"]])
    for finding in result.get("concerns") or ():
        note(finding, ())
    for finding in result.get("unknown") or ():
        note(finding, (labels[one] for one in finding.get("vm_replication_ids") or () if one in labels))
    return {
        "checks": [name for name in CHECKS if name not in skipped],
        "vms": [record["label"] for record in records if record.get("check")],
        "findings": [{**dict(zip(TEXTS, texts)), "vms": vms} for texts, vms in found.items()],
    }
