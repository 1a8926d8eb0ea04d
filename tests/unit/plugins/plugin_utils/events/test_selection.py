# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching some replications: little is read, and none is lost that changes its direction, id or owner."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.selection import Watched
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import Watch
from ansible_collections.opendr.vcda.tests.simulator import ManualClock, Settings, Simulator
from ansible_collections.opendr.vcda.tests.simulator.settings import choices
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.events.fixtures import MakeWatch, carry_out, kinds

OWNER = "tenant-1@site-1"
PROVIDER = {"username": "administrator@System", "password": "administrator-secret-site-2"}
SELECTIONS = ("vm_replication_ids", "owner", "organizations")


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings(), ManualClock())


def selected(simulator: Simulator, how: str, identity: str) -> dict[str, Any]:
    """Return arguments that select a replication in one of the three ways."""
    owner = str(simulator.document(identity)["owner"])
    return {how: {"vm_replication_ids": [identity], "owner": owner, "organizations": [owner.partition("@")[0]]}[how]}


def lists(simulator: Simulator, watch: Watch) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the events of a look, and the queries by which it reads replications."""
    before = len(simulator.log)
    events = watch.look()
    read = [entry for entry in list(simulator.log)[before:] if entry.path.endswith("/vm-replications")]
    return events, [dict(entry.query) for entry in read]


def told(events: list[dict[str, Any]], *kinds: str) -> list[tuple[str, str]]:
    """Return the type and the VM of the events of some types."""
    return [(event["type"], event["replication"]["vm_name"]) for event in events if event["type"] in kinds]


@pytest.mark.parametrize(("how", "most"), [("vm_replication_ids", 1), ("owner", 1), ("organizations", 8), (None, 11)])
def test_a_look_at_few_of_a_thousand_reads_few_pages(
    simulator: Simulator, make_watch: MakeWatch, how: str | None, most: int
) -> None:
    simulator.seed(vms=1000, org="tenant-2")
    [identity] = simulator.seed(vms=1, names=("watched",)).vm_ids
    arguments = selected(simulator, how, identity) if how else {}
    watch = make_watch(**PROVIDER, watched=Watched(arguments))
    watch.look()
    assert len(lists(simulator, watch)[1]) == most


@pytest.mark.parametrize("how", SELECTIONS)
def test_only_what_is_selected_is_told(simulator: Simulator, make_watch: MakeWatch, how: str) -> None:
    [identity] = simulator.seed(vms=1, names=("watched",), health="RED").vm_ids
    other = simulator.seed(vms=1, names=("other",), org="tenant-2", health="RED").vm_ids[0]
    watch = make_watch(**PROVIDER, watched=Watched(selected(simulator, how, identity)))
    assert told(watch.look(), "health") == [("health", "watched")]
    for one in (identity, other):
        carry_out(simulator, one, FAILOVER, **PROVIDER)
    events = watch.look()
    assert told(events, "recovery_state") == [("recovery_state", "watched")]
    assert [event["task"]["resource_id"] for event in events if event["type"] == "task"] == [identity]


@pytest.mark.parametrize("reverse_id", choices("reverse_id"))
@pytest.mark.parametrize("how", SELECTIONS)
@pytest.mark.parametrize("owner_after", [OWNER, "System@site-2", "tenant-2@site-2"])
def test_a_reverse_is_told_whatever_id_and_owner_it_leaves(
    simulator: Simulator, make_watch: MakeWatch, how: str, reverse_id: str, owner_after: str
) -> None:
    simulator.configure(reverse_id=reverse_id)
    simulator.seed(vms=3, org="tenant-2", names=("watched", "a", "b"))
    [identity] = simulator.seed(vms=1, names=("watched",)).vm_ids
    watch = make_watch(**PROVIDER, watched=Watched(selected(simulator, how, identity)))
    watch.look()
    carry_out(simulator, identity, FAILOVER, **PROVIDER)
    assert told(watch.look(), "recovery_state")
    carry_out(simulator, identity, REVERSE, **PROVIDER)
    later: Any = simulator.replication(simulator.current_id(identity))
    later.owner = owner_after
    assert told(watch.look(), "direction") == [("direction", "watched")]
    later.health = "RED"
    assert told(watch.look(), "health") == [("health", "watched")]
    assert watch.look() == []


def test_one_that_is_followed_stays_so_while_it_is_damaged(simulator: Simulator, make_watch: MakeWatch) -> None:
    [identity] = simulator.seed(vms=1, names=("watched",)).vm_ids
    watch = make_watch(**PROVIDER, watched=Watched({"owner": OWNER}))
    watch.look()
    later: Any = simulator.replication(identity)
    later.owner = "tenant-2@site-2"
    assert watch.look() == []
    damaged = json.dumps({"items": [{"id": identity, "source": 7}], "total": 1})
    simulator.fault("answer", path_regex="^/vm-replications$", nth=2, body=damaged)
    assert kinds(watch.look()) == ["problem"]
    simulator.clear_faults()
    later.health = "RED"
    events, queries = lists(simulator, watch)
    assert told(events, "health") == [("health", "watched")]
    assert [sorted({"owner", "ids"} & set(query)) for query in queries] == [["owner"], ["ids"]]


def test_a_stopped_one_is_looked_for_once_and_a_namesake_is_not_taken_for_it(
    simulator: Simulator, make_watch: MakeWatch
) -> None:
    [identity] = simulator.seed(vms=1, names=("watched",)).vm_ids
    simulator.seed(vms=1, names=("watched",), source="site-2", destination="site-1", org="tenant-2", health="RED")
    watch = make_watch(**PROVIDER, watched=Watched({"vm_replication_ids": [identity]}))
    watch.look()
    stopped: Any = simulator.replication(identity)
    simulator.world.estate.remove(stopped)
    first, second, third = (lists(simulator, watch) for _look in range(3))
    assert first[0] == []
    assert [len(queries) for _events, queries in (first, second, third)] == [2, 1, 1]
    assert (kinds(second[0]), third[0]) == (["problem"], [])
    assert identity in second[0][0]["message"]


def test_an_id_that_nobody_sees_is_a_problem(make_watch: MakeWatch) -> None:
    identity = "C4-0a1b2c3d-0123-4567-89ab-0123456789ab"
    watch = make_watch(watched=Watched({"vm_replication_ids": identity}))
    assert [event["message"] for event in watch.look()] == [
        f"The replication {identity} is not visible to this user, and is not watched."
    ]
    assert watch.look() == []


@pytest.mark.parametrize("how", choices("admin_filters"))
def test_a_tenant_whose_filter_is_refused_or_ignored_sees_its_own(
    simulator: Simulator, make_watch: MakeWatch, how: str
) -> None:
    simulator.configure(admin_filters=how)
    simulator.seed(vms=1, names=("watched",), health="RED")
    simulator.seed(vms=1, names=("other",), owner="tenant-1@site-2", health="RED")
    watch = make_watch(watched=Watched({"owner": OWNER}))
    assert told(watch.look(), "health") == [("health", "watched")]
    events, queries = lists(simulator, watch)
    assert events == []
    assert any("owner" in query for query in queries) is (how == "ignored")
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"vm_replication_ids": ["C4-1"]}, "is not of the form C4-"),
        ({"vm_replication_ids": {"a": 1}}, "is no list of texts"),
        ({"organizations": [7]}, "is no list of texts"),
        ({"organizations": [" "]}, "is no list of texts"),
        ({"organizations": ["tenant\ud800"]}, "organizations: half a character"),
        ({"owner": "tenant-1@site-\udcff"}, "owner: half a character"),
        ({"vm_replication_ids": "C4-0a1b2c3d-0123-4567-89ab-0123456789ab", "owner": OWNER}, "ids say all"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(VcdaError, match=words):
        Watched(arguments)


@pytest.mark.parametrize("nothing", [{}, {"owner": ""}, {"vm_replication_ids": [], "organizations": None}])
def test_nothing_selects_all(simulator: Simulator, make_watch: MakeWatch, nothing: dict[str, Any]) -> None:
    simulator.seed(vms=1, names=("one",), health="RED")
    assert told(make_watch(watched=Watched(nothing)).look(), "health") == [("health", "one")]
