# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module behind a gateway that is hostile or broken: it ends in time, with one clear result of the right kind."""

from __future__ import annotations

import json
import threading

import pytest

from ansible_collections.opendr.vcda.tests.simulator import gateways
from ansible_collections.opendr.vcda.tests.simulator.settings import choices
from ansible_collections.opendr.vcda.tests.unit.on_simulator.surroundings import (
    NAMES,
    cases_of,
    run_filled,
    simulator,
)

_GONE = {"unreachable"}
_ODD = {"server"}
# What a module reports that cannot read its answers at all; every behaviour that is not here leaves something to read.
CATEGORIES = {
    **dict.fromkeys(("silence", "reset", "truncated", "not_gzip", "redirect"), _GONE),
    **dict.fromkeys(("drip_body", "drip_chunks", "drip_head", "drip_headers", "drip_interim"), _GONE),
    **dict.fromkeys(("html_403", "html_404", "html_429", "html_502"), _GONE),
    **dict.fromkeys(("html_200", "empty", "json_null", "nested"), _ODD),
    **dict.fromkeys(("text_type", "no_type", "cut_gzip", "broken_json"), _ODD),
}
# In this process the others are the same as one of these.
APART = [how for how in CATEGORIES if how == "drip_body" or not how.startswith("drip")]
# What a module may report whose answers hold damaged data. None of them says that all is well.
OF_DAMAGE = {"server", "not_found", "refused", "invalid_request", "task_failed", "timeout", "unreachable"}
# Seconds on the clock of the sites in which everything has to end, waiting for an operation included.
LONGEST = 2 * 3600
# Real seconds in which a thread that has nothing to do any more ends.
PATIENCE = 60
# What closing a session that is not there, or probing a service that says nothing, has to say is no failure.
NEVER_FAIL = ("session", "service_probe")


def run(module: str, how: str, spares: str, number: int = 0) -> dict[str, object]:
    case = cases_of(module)[number]
    sites = simulator(case, gateway=how, gateway_spares=spares)
    before = set(threading.enumerate())
    begin = sites.clock.monotonic()
    result = run_filled(case, sites)
    assert sites.clock.monotonic() - begin < LONGEST
    for thread in set(threading.enumerate()) - before:
        # It may just be about to end.
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert sites.defects == []
    assert str(result["msg"]).strip()
    json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    return result


def category(result: dict[str, object]) -> object:
    error = result.get("error")
    return error["category"] if result.get("failed") and isinstance(error, dict) else None


def test_every_behaviour_of_the_simulator_is_tried() -> None:
    assert choices("gateway")[1:] == gateways.behaviours()
    assert set(CATEGORIES) < set(gateways.behaviours())


@pytest.mark.parametrize("how", CATEGORIES)
@pytest.mark.parametrize("module", ["session", "vm_replication_failover"])
def test_nobody_can_log_in(module: str, how: str) -> None:
    assert category(run(module, how, "nothing")) in CATEGORIES[how]


@pytest.mark.parametrize("module", NAMES)
def test_nothing_can_be_read(module: str) -> None:
    for how in APART:
        told = category(run(module, how, "sessions"))
        assert told in CATEGORIES[how] or (module in NEVER_FAIL and told is None), how


@pytest.mark.parametrize("module", NAMES)
def test_what_can_be_read_is_damaged(module: str) -> None:
    for how in sorted(set(gateways.behaviours()) - set(CATEGORIES) - {"endless_list"}):
        allowed = {None, "authentication"} if how == "repeated_headers" else {None, *OF_DAMAGE}
        for number in range(len(cases_of(module))):
            assert category(run(module, how, "nothing", number)) in allowed, how


@pytest.mark.parametrize("module", [name for name in NAMES if not name.endswith("_info") and name not in NEVER_FAIL])
def test_only_what_starts_something_is_met(module: str) -> None:
    for how in APART:
        assert category(run(module, how, "reads")) in {None, "server", "unreachable", "unknown_outcome"}, how


@pytest.mark.parametrize(
    ("module", "how"), [("vm_replication_info", "endless_list"), ("recovery_plan_info", "short_pages")]
)
def test_a_list_without_an_end_is_given_up(module: str, how: str) -> None:
    assert category(run(module, how, "nothing")) == "server"
