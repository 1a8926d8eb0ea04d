# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals, in the way that a switch says."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator.errors import server_failure
from ansible_collections.opendr.vcda.tests.simulator.refusals import Refusal


@pytest.mark.parametrize(("how", "status"), [("conflict_409", 409), ("bad_request_400", 400), ("failed_task", 400)])
def test_the_switch_decides_on_the_status(how: str, status: int) -> None:
    refusal = Refusal(how, "SimulatorBusy", "Busy.", "C4-1")
    assert (refusal.error.status, refusal.error.code, refusal.error.arguments) == (status, "SimulatorBusy", ["C4-1"])


def test_an_error_of_its_own() -> None:
    error = server_failure()
    assert Refusal("general_failure_500", "", "", error=error).error is error
