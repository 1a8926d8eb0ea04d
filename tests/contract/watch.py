# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin for pytest: every simulator of a session is watched, and a test that breaks the contract fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

from .recorder import ContractRecorder

TESTS = Path(__file__).parents[1]
# Those that use the collection as a user does. The others send wrong requests on purpose, or have their own recorder.
SUITES = frozenset({"awx", "events", "examples", "processes", "property"})
VIOLATIONS: Counter[str] = Counter()


def pytest_configure() -> None:
    """Watch every simulator that is made from now on."""
    if _watch not in Simulator.witnesses:
        Simulator.witnesses.append(_watch)


@pytest.fixture(autouse=True)
def _contract_is_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    VIOLATIONS.clear()
    yield
    if _suite_of(request.path) in SUITES:
        assert not VIOLATIONS, "\n".join(f"{count} x {text}" for text, count in VIOLATIONS.most_common())


def _watch(simulator: Simulator) -> None:
    # The simulator keeps its recorder, and may be gone with it when the test is judged.
    ContractRecorder(simulator).violations = VIOLATIONS


def _suite_of(path: Path) -> str:
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""
