# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy_info and sla_profile_info list."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

PROVIDER = {"username": "administrator@System", "password": "administrator-secret-site-2"}


def site(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=2)
    return made


@pytest.mark.parametrize("version", ["4.0", "4.1", "4.5", "4.7"])
def test_what_a_policy_allows_in_every_version(version: str) -> None:
    simulator = site(api_version=version)
    simulator.set_policy("site-2", "tenant-1", allow_incoming_protections=False)
    (policy,) = run(Case("policy_info", {}), simulator)["policies"]
    allows = policy["allows"]
    assert (allows["incoming_protections"], allows["outgoing_protections"]) == (False, True)
    assert allows["incoming_migrations"] is (version != "4.0")
    assert allows["outgoing_onprem_protections"] is (True if version == "4.7" else None)
    assert policy["max_incoming"] is None
    assert "status" not in policy


def test_filters_and_status() -> None:
    simulator = site()
    simulator.set_policy("site-2", "tenant-1", max_incoming=1, max_instances=0)
    found = run(Case("policy_info", {**PROVIDER, "status": True}), simulator)["policies"]
    assert [policy["name"] for policy in found] == ["default", "policy-tenant-1"]
    assert [one["organization"] for one in found[0]["status"]] == ["tenant-2"]
    assert (found[1]["status"][0]["exceeds_quota"], len(found[1]["status"][0]["too_many_instances"])) == (True, 2)
    by_id = run(Case("policy_info", {**PROVIDER, "policy_ids": ["default"], "names": ["default", "x"]}), simulator)
    assert len(by_id["policies"]) == 1


@pytest.mark.parametrize(("status", "code"), [(403, "Forbidden"), (404, "NotFound")])
def test_a_status_that_may_not_be_read_is_empty(status: int, code: str) -> None:
    simulator = site()
    body = f'{{"code": "{code}"}}'
    simulator.fault("answer", method="GET", path_regex="/status$", status=status, body=body, times=0)
    assert run(Case("policy_info", {"status": True}), simulator)["policies"][0]["status"] is None


def test_the_status_at_another_site_is_not_asked_for() -> None:
    result = run(Case("policy_info", {"status": True, "site": "site-1"}), site())
    assert result["policies"][0]["status"] is None


@pytest.mark.parametrize("module", ["policy_info", "sla_profile_info"])
def test_an_empty_list_never_means_all(module: str) -> None:
    assert run(Case(module, {"names": []}), site())["error"]["code"] == "INVALID_OPTION"


def test_a_version_without_profiles_says_so() -> None:
    result = run(Case("sla_profile_info", {}), site(api_version="4.0"))
    assert result["error"]["code"] == "OPTION_NOT_IN_API_VERSION"
