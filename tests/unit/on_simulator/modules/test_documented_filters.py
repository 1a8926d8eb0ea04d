# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters by owner, organization and ends: what they save, and that a service may refuse or ignore them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_filters import read_filtered
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.calls import VMS, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, failure, ok
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

PROVIDER = {"username": "administrator@System", "password": "administrator-secret-site-2"}
OWNER = "tenant-1@site-1"


def estate(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=1, vapps=1, names=("mine",), vapp_names=("mine-vapp",), vms_per_vapp=1)
    made.seed(vms=1, vapps=1, names=("lent",), vapp_names=("lent-vapp",), vms_per_vapp=1, owner="System@site-2")
    made.seed(vms=1, vapps=1, names=("theirs",), vapp_names=("theirs-vapp",), vms_per_vapp=1, org="tenant-2")
    made.seed(
        vms=1,
        vapps=1,
        names=("back",),
        vapp_names=("back-vapp",),
        vms_per_vapp=1,
        source="site-2",
        destination="site-1",
    )
    return made


def found(simulator: Simulator, kind: str = "vm", **options: Any) -> set[str]:
    """Return the first part of the names of what is listed."""
    result = run(Case(f"{kind}_replication_info", options), simulator)
    assert "failed" not in result, result["msg"]
    return {item[f"{kind}_name"].partition("-")[0] for item in result[f"{kind}_replications"]}


def lists(simulator: Simulator, kind: Kind = VM) -> list[dict[str, str]]:
    return [dict(entry.query) for entry in simulator.log if entry.path.endswith(kind.path)]


@pytest.mark.parametrize("how", choices("admin_filters"))
@pytest.mark.parametrize("version", ["4.1", "4.7"])
@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize(
    ("filters", "of_tenant", "of_provider"),
    [
        ({"owner": OWNER}, {"mine"}, {"mine"}),
        ({"owner": "nobody@site-1"}, set(), set()),
        ({"organizations": ["tenant-1"]}, {"mine", "back"}, {"mine", "lent", "back"}),
        ({"organizations": ["tenant-2", "System"]}, set(), {"theirs"}),
        ({"source_site": "site-2"}, {"back"}, {"back"}),
        ({"source_org": "tenant-1", "owner": OWNER}, {"mine"}, {"mine"}),
        ({"destination_org": "tenant-2"}, set(), {"theirs"}),
        ({"organizations": ["tenant-1"], "source_site": "site-1"}, {"mine"}, {"mine", "lent"}),
    ],
)
def test_nobody_sees_more_or_less_than_the_filters_say(
    how: str, version: str, kind: str, filters: dict[str, Any], of_tenant: set[str], of_provider: set[str]
) -> None:
    simulator = estate(admin_filters=how, api_version=version)
    assert found(simulator, kind, **filters) == of_tenant
    assert found(simulator, kind, **filters, **PROVIDER) == of_provider


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_replications_to_a_type_of_site(kind: str) -> None:
    simulator = estate()
    branch = {"source": "site-2", "destination": "onprem-1"}
    simulator.seed(vms=1, vapps=1, names=("branch",), vapp_names=("branch-vapp",), vms_per_vapp=1, **branch)
    assert found(simulator, kind, destination_site_type="vcenter") == {"branch"}
    assert found(simulator, kind, destination_site_type="vcloud") == {"mine", "back"}


def test_the_type_of_the_destination_is_not_sent_to_a_version_that_does_not_know_it() -> None:
    for kind, refused in ((VM, True), (VAPP, False)):
        simulator = estate(api_version="4.0")
        case = Case(f"{kind.name}_replication_info", {"destination_site_type": "vcloud"}, fails=refused)
        result = run(case, simulator)
        assert (result.get("error", {}).get("code") == "OPTION_NOT_IN_API_VERSION") is refused
        assert any("destinationSiteType" in query for query in lists(simulator, kind)) is not refused


def test_the_local_site_as_source_is_found_where_the_service_refuses_it() -> None:
    expected = {"rejected_400": {"back"}, "honoured": {"back"}, "empty": set()}
    names = {
        how: found(estate(local_source_site=how), source_site="site-2", **PROVIDER)
        for how in choices("local_source_site")
    }
    assert names == expected


def test_the_replications_of_one_organization_of_many_take_few_requests() -> None:
    simulator = Simulator(Settings(), ManualClock())
    simulator.seed(vms=2000, org="tenant-2")
    simulator.seed(vms=150, names=tuple(f"mine-{number}" for number in range(150)))
    simulator.seed(vms=1, names=("lent-1",), owner="System@site-2")
    assert found(simulator, organizations=["tenant-1"], **PROVIDER) == {"mine", "lent"}
    few = len(lists(simulator))
    simulator.reset()
    simulator.seed(vms=2150, org="tenant-2")
    found(simulator, **PROVIDER)
    assert (few, len(lists(simulator))) == (11, 22)


@pytest.mark.parametrize("filters", [{"owner": OWNER}, {"organizations": ["tenant-1"]}])
def test_what_is_most_of_the_list_is_not_read_more_than_once(filters: dict[str, Any]) -> None:
    simulator = Simulator(Settings(), ManualClock())
    simulator.seed(vms=1500)
    simulator.seed(vms=300, org="tenant-2")
    found(simulator, **filters, **PROVIDER)
    full = [query for query in lists(simulator) if query["limit"] == "100"]
    assert len(full) <= 19


def test_before_4_1_no_vm_shows_its_owner_so_a_refused_filter_is_told() -> None:
    result = run(Case("vm_replication_info", {"owner": OWNER}, fails=True), estate(api_version="4.0"))
    assert result["error"]["category"] == "authorization"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_refused_filter_is_left_out_and_not_sent_again(client: Client, service: FakeService, status: int) -> None:
    listed = [vm(1, owner=OWNER), vm(2, owner="tenant-2@site-1")]
    for _attempt in range(5 if status == 500 else 1):
        service.expect("GET", VMS, failure(status, "Anything"), query=paged({"owner": OWNER}))
    for _time in range(2):
        service.expect("GET", VMS, ok(page(listed)), query=paged())
    for _time in range(2):
        assert [one.id for one in read_filtered(client, VM, {"owner": OWNER})[0]] == [vm_id(1)]


def test_a_service_that_refuses_everything_says_why(client: Client, service: FakeService) -> None:
    for query in ({"owner": OWNER}, {}):
        service.expect("GET", VMS, failure(403, "Forbidden"), query=paged(query))
    with pytest.raises(VcdaError) as caught:
        read_filtered(client, VM, {"owner": OWNER})
    assert caught.value.category == "authorization"
    assert not client.declined


def test_a_filter_that_no_replication_shows_is_not_left_out(client: Client, service: FakeService) -> None:
    service.expect("GET", VMS, failure(400, "BadUserInput"), query=paged({"sourceSiteType": "vcenter"}))
    with pytest.raises(VcdaError):
        read_filtered(client, VM, {"source_site_type": "vcenter"})


def test_only_what_is_inferred_is_left_out_first(client: Client, service: FakeService) -> None:
    listed = [vm(1, owner=OWNER, overallHealth="RED"), vm(2, owner=OWNER, overallHealth="GREEN")]
    service.expect("GET", VMS, failure(400, "Unknown"), query=paged({"owner": OWNER, "overallHealth": "RED"}))
    for _time in range(2):
        service.expect("GET", VMS, ok(page(listed)), query=paged({"owner": OWNER}))
    for _time in range(2):
        assert [one.id for one in read_filtered(client, VM, {"owner": OWNER, "health": ["RED"]})[0]] == [vm_id(1)]


def test_where_administrators_alone_may_filter_by_owner_health_is_still_sent(
    client: Client, service: FakeService
) -> None:
    listed = [vm(1, owner=OWNER, overallHealth="RED"), vm(2, owner="tenant-2@site-1", overallHealth="RED")]
    for query in ({"owner": OWNER, "overallHealth": "RED"}, {"owner": OWNER}):
        service.expect("GET", VMS, failure(403, "Forbidden"), query=paged(query))
    service.expect("GET", VMS, ok(page(listed)), query=paged({"overallHealth": "RED"}))
    assert [one.id for one in read_filtered(client, VM, {"owner": OWNER, "health": ["RED"]})[0]] == [vm_id(1)]
    assert client.declined == {"owner"}


def test_an_empty_list_of_organizations_is_refused() -> None:
    for kind in (VM, VAPP):
        result = run(Case(f"{kind.name}_replication_info", {"organizations": []}, fails=True), estate())
        assert result["error"]["code"] == "INVALID_OPTION"
