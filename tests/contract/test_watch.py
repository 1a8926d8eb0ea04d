# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever breaks the contract in a suite that is watched fails its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.contract import watch
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request

BROKEN = Request("GET", "/sites", [("desc", "true")])


@pytest.fixture(autouse=True)
def _only_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Simulator, "witnesses", [])
    watch.VIOLATIONS.clear()


def test_every_new_simulator_is_watched_once() -> None:
    watch.pytest_configure()
    watch.pytest_configure()
    for simulator in (Simulator(), Simulator()):
        simulator.handle("site-2", BROKEN)
    text = "[4.7] sites_list request: query desc is not documented"
    assert watch.VIOLATIONS[text] == 2


def test_what_keeps_to_the_contract_is_no_news() -> None:
    watch.pytest_configure()
    Simulator().handle("site-2", Request("GET", "/sites", headers={"x-vcav-auth": "unknown"}))
    assert not watch.VIOLATIONS


@pytest.mark.parametrize(
    ("path", "suite"), [("property/test_switches.py", "property"), ("unit/plugins/test_x.py", "unit")]
)
def test_the_suite_of_a_file(path: str, suite: str) -> None:
    assert watch._suite_of(watch.TESTS / path) == suite
    assert watch._suite_of(Path("/elsewhere") / path) == ""


def test_every_suite_that_is_watched_is_there() -> None:
    assert {suite for suite in watch.SUITES if not (watch.TESTS / suite).is_dir()} == set()
