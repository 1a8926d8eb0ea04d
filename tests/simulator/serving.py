# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for test suites that use a simulator on loopback ports; each suite has its own ``simulator``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer


@pytest.fixture
def closed(simulator: Simulator) -> threading.Event:
    """Return an event that is set while no session is open, after the first one was opened."""
    nothing_open = threading.Event()

    def watch(_site: str, _request: Any, _response: Any) -> None:
        (nothing_open.clear if simulator.counters()["open_sessions"] else nothing_open.set)()

    simulator.observers.append(watch)
    return nothing_open


@pytest.fixture
def server(simulator: Simulator) -> Iterator[SimulatorServer]:
    """Serve the sites on loopback ports."""
    with SimulatorServer(simulator) as running:
        yield running
