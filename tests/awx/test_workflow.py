# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ways the workflow goes, whatever fails and whatever is denied, and what AWX calls it then."""

from __future__ import annotations

from itertools import product

import pytest

from ansible_collections.opendr.vcda.tests.awx.stand_in import Awx
from ansible_collections.opendr.vcda.tests.awx.workflow import SUCCESSFUL, Walk, walk

NODES = [
    "inventory",
    "readiness",
    "approve_failover",
    "failover",
    "status_after_failover",
    "approve_reverse",
    "reverse",
]
APPROVED = {"approve_failover", "approve_reverse"}


def walked(awx: Awx, failing: set[str]) -> Walk:
    """Walk through the workflow; the nodes that are named fail or are denied."""
    nodes = awx.of("workflow_job_template_node")
    return walk(nodes, lambda node: "failed" if node["identifier"] in failing else SUCCESSFUL)


def test_it_runs_from_readiness_to_protection(applied: Awx, on_hosts: Awx) -> None:
    assert list(walked(applied, set()).ended) == [*NODES[1:], "status"]
    assert list(walked(on_hosts, set()).ended) == [*NODES, "status"]


def test_nothing_changes_without_approval_and_only_what_is_protected_is_green(applied: Awx, on_hosts: Awx) -> None:
    for awx in (applied, on_hosts):
        for chosen in product((True, False), repeat=len(NODES)):
            failing = {name for name, fails in zip(NODES, chosen, strict=True) if fails}
            run = walked(awx, failing)
            assert "approve_failover" in run.ended
            assert ("failover" in run.ended) is ("approve_failover" not in failing)
            assert ("reverse" in run.ended) is (not APPROVED & failing)
            # Green means that the reverse has protected everything.
            assert (run.status == SUCCESSFUL) is (run.ended.get("reverse") == SUCCESSFUL)


@pytest.mark.parametrize(("approval", "timeout"), [("approve_failover", 14400), ("approve_reverse", 0)])
def test_only_the_approval_of_the_failover_expires(applied: Awx, approval: str, timeout: int) -> None:
    nodes = {node["identifier"]: node for node in applied.of("workflow_job_template_node")}
    assert nodes[approval]["approval_node"]["timeout"] == timeout
