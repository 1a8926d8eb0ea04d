# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How AWX walks through the nodes of a workflow, and what it calls the whole in the end.

Written from what AWX 24.6.1 was seen to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ansible_collections.opendr.vcda.tests.awx.stand_in import LINKS, Arguments

SUCCESSFUL = "successful"


@dataclass
class Walk:
    """One run of a workflow: what each node that ran ended as, in order."""

    ended: dict[str, str] = field(default_factory=dict)
    status: str = SUCCESSFUL


def walk(nodes: Iterable[Arguments], run: Callable[[Arguments], str]) -> Walk:
    """Walk through a workflow.

    Args:
        nodes: Its nodes.
        run: Runs one node, and returns how it ended: successful, or anything else for a failure.

    Returns:
        What ran, and whether the workflow failed: it does if a node failed from which no link goes on.
    """
    by_name = {node["identifier"]: node for node in nodes}
    targets = {target for node in by_name.values() for link in LINKS for target in node.get(link, ())}
    waiting = [name for name in by_name if name not in targets]
    walked = Walk()
    while waiting:
        name = waiting.pop(0)
        node = by_name[name]
        walked.ended[name] = run(node)
        good = walked.ended[name] == SUCCESSFUL
        onward = [*node.get("success_nodes" if good else "failure_nodes", ()), *node.get("always_nodes", ())]
        if not good and not onward:
            walked.status = "failed"
        waiting += [target for target in onward if target not in walked.ended and target not in waiting]
    return walked
