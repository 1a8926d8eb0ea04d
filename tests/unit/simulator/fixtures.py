# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: a simulator that stands still, and sessions at it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ManualClock, Settings, Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


@pytest.fixture
def make() -> Make:
    """Return a maker of simulators with some switches."""

    def made(**switches: Any) -> Simulator:
        return Simulator(Settings(**switches), ManualClock())

    return made


@pytest.fixture
def simulator(make: Make) -> Simulator:
    """Return a simulator with the default switches."""
    return make()


@pytest.fixture
def caller(simulator: Simulator) -> Caller:
    """Return a tenant with a session at the recovery site."""
    return Caller(simulator).login()


@pytest.fixture
def extended(simulator: Simulator) -> Caller:
    """Return a tenant with a session at the recovery site that is extended to the primary one."""
    return Caller(simulator).login(extend=True)


@pytest.fixture
def admin(simulator: Simulator) -> Caller:
    """Return a provider with an extended session at the recovery site."""
    return Caller(simulator).login("administrator@System", extend=True)
