# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as Ansible loads it, against a simulator in the same process."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

from ansible_collections.opendr.vcda.plugins.inventory import replications
from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, ManualClock, Settings, Simulator
from ansible_collections.opendr.vcda.tests.unit.documents import vm as vm_document
from ansible_collections.opendr.vcda.tests.unit.documents import vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import Encrypted

PEER = {"site": "site-1", "username": "operator@tenant-1", "password": "operator-secret-site-1"}
CONNECTION = {
    "hostname": "site-2.test",
    "username": "operator@tenant-1",
    "password": "operator-secret-site-2",
}
# Loads an inventory and returns the manager, which has no types.
Load = Callable[..., Any]


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings(), ManualClock())


@pytest.fixture(autouse=True)
def _in_process(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def new_client(connection: Connection) -> Client:
        return Client(connection, adapter=InProcessAdapter(simulator))

    monkeypatch.setattr(replications.InventoryModule, "new_client", staticmethod(new_client))


@pytest.fixture(autouse=True)
def _mercy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what the plugin sets when it cannot read."""
    monkeypatch.setattr(constants, "INVENTORY_ANY_UNPARSED_IS_FAILED", False)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load an inventory as ansible-playbook does; what is wrong with it is raised."""

    def loaded(folder: str = ".", **options: Any) -> Any:
        path = tmp_path / folder / "replications.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({"plugin": "opendr.vcda.replications", **CONNECTION, **options}))
        manager: Any = InventoryManager(DataLoader(), sources=[])
        plugin = inventory_loader.get("opendr.vcda.replications")
        assert isinstance(plugin, replications.InventoryModule)
        assert plugin.verify_file(str(path))
        plugin.parse(manager._inventory, DataLoader(), str(path))
        plugin.update_cache_if_changed()
        manager.reconcile_inventory()
        return manager

    return loaded


def variables(manager: Any, name: str) -> dict[str, Any]:
    """The variables of a host as a task sees them."""
    return dict(manager.get_host(name).get_vars())


def templated(manager: Any, name: str) -> dict[str, Any]:
    found = VariableManager(loader=DataLoader(), inventory=manager)
    return dict(found.get_vars(host=manager.get_host(name)))


def lists(simulator: Simulator) -> list[dict[str, str]]:
    return [dict(entry.query) for entry in simulator.log if entry.path.endswith("-replications")]


def test_each_vm_is_a_host_with_its_groups(simulator: Simulator, load: Load) -> None:
    [vm] = simulator.seed(vms=1, names=("db-1",)).vm_ids
    simulator.seed(vms=1, names=("web-1",), state="COMPLETE")
    manager = load()
    assert sorted(host.name for host in manager.get_hosts("vcda")) == ["db-1", "web-1"]
    assert [host.name for host in manager.get_hosts("vcda_state_complete")] == ["web-1"]
    assert len(manager.get_hosts("vcda_direction_site_1_to_site_2:&vcda_organization_tenant_1")) == 2
    host = variables(manager, "db-1")
    assert host["ansible_connection"] == "local"
    assert host["vm_replication_id"] == vm
    assert host["recovery_vm_replication_ids"] == [vm]
    assert host["recovery_state"] == "NOT_STARTED"


def test_a_folder_in_another_encoding_is_as_good(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1, names=("db-1",))
    assert [host.name for host in load(folder=os.fsdecode(b"\xe9t\xe9")).get_hosts("vcda")] == ["db-1"]


def test_vapps_can_be_the_hosts(simulator: Simulator, load: Load) -> None:
    seeded = simulator.seed(vapps=1, vms=2)
    [host] = load(kind="vapp").get_hosts()
    assert host.vars["vapp_replication_id"] == seeded.vapp_ids[0]
    assert sorted(host.vars["recovery_vm_replication_ids"]) == sorted(seeded.child_ids)


def test_a_workload_is_a_vapp_or_a_vm_that_belongs_to_none(simulator: Simulator, load: Load) -> None:
    shop = simulator.seed(org="tenant-1", vms=0, vapps=1, vapp_names=("shop",), vms_per_vapp=2, names=("db-1", "web-1"))
    other = simulator.seed(org="tenant-2", vms=0, vapps=1, vapp_names=("shop",), vms_per_vapp=1, names=("db-1",))
    alone = simulator.seed(org="tenant-1", vms=1, names=("vm-01",))
    loaded = load(kind="workload", username="administrator@System", password="administrator-secret-site-2")
    hosts = {
        host.vars.get("vapp_replication_id") or host.vars["vm_replication_id"]: host for host in loaded.get_hosts()
    }
    assert set(hosts) == {*shop.vapp_ids, *other.vapp_ids, *alone.vm_ids}
    selected = [identity for host in hosts.values() for identity in host.vars["recovery_vm_replication_ids"]]
    assert sorted(selected) == sorted([*shop.child_ids, *other.child_ids, *alone.vm_ids])
    assert hosts[alone.vm_ids[0]].name == "vm-01"
    assert loaded.get_hosts("vcda_vapp_tenant_1_shop") == [hosts[shop.vapp_ids[0]]]
    assert len(lists(simulator)) == 2


def test_the_vms_of_a_vapp_that_cannot_be_read_are_hosts_themselves(simulator: Simulator, load: Load) -> None:
    shop = simulator.seed(vms=0, vapps=1, vapp_names=("shop",), vms_per_vapp=2, names=("db-1", "web-1"))
    simulator.fault("answer", path_regex="^/vapp-replications$", body='{"items": [{"id": 7}], "total": 1}')
    assert sorted(host.name for host in load(kind="workload").get_hosts()) == ["db-1", "web-1"]
    assert len(shop.vapp_ids) == 1


def test_what_two_sites_tell_is_one_host(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=3)
    simulator.seed(vms=2, source="site-2", destination="site-1")
    assert len(load(sites=["site-1"], extend_sites=[PEER]).get_hosts()) == 5
    assert [query.get("site") for query in lists(simulator)] == [None, "site-1"]


def test_a_site_that_is_gone_is_left_out_unless_strict(
    simulator: Simulator, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.seed(vms=3)
    simulator.configure(sites_down=("site-1",))
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, *_args, **_more: warned.append(text))
    assert len(load(sites=["site-1"], extend_sites=[PEER]).get_hosts()) == 3
    assert any("leaves out site site-1" in text for text in warned)
    with pytest.raises(AnsibleError, match="site-1"):
        load(sites=["site-1"], extend_sites=[PEER], strict=True)


def test_only_what_all_filters_want_becomes_a_host(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=3, names=("db-1", "db-2", "web-1"))
    wanted = load(filters=["vm_name is match('db-')", "vm_name != 'db-2'"])
    assert [host.name for host in wanted.get_hosts()] == ["db-1"]


@pytest.mark.parametrize("mode", ["honoured", "ignored", "rejected"])
@pytest.mark.parametrize("kind", ["vm", "vapp", "workload"])
def test_filters_of_the_service_hold_whether_it_applies_them_or_not(
    simulator: Simulator, load: Load, mode: str, kind: str
) -> None:
    simulator.configure(vm_state_filters=mode)
    simulator.seed(vms=1, names=("well",), vapps=1, vapp_names=("sound",))
    simulator.seed(vms=1, names=("ill",), vapps=1, vapp_names=("sick",), vms_per_vapp=1, health="RED")
    manager = load(kind=kind, service_filters={"health": ["RED"]})
    expected = {"vm": ["ill", "sick-vm-1"], "vapp": ["sick"], "workload": ["ill", "sick"]}
    assert sorted(manager.hosts) == expected[kind]
    sent = [query for query in lists(simulator) if "overallHealth" in query]
    assert bool(sent) is (kind != "vapp")


@pytest.mark.parametrize("how", ["forbidden_403", "ignored"])
@pytest.mark.parametrize("kind", ["vm", "vapp", "workload"])
@pytest.mark.parametrize(
    "filters", [{"owner": "tenant-1@site-1"}, {"destination_org": "tenant-1", "source_site": "site-1"}]
)
def test_filters_by_owner_and_ends_are_sent_and_hold(
    simulator: Simulator, load: Load, how: str, kind: str, filters: dict[str, str]
) -> None:
    simulator.configure(admin_filters=how)
    simulator.seed(vms=1, names=("mine",), vapps=1, vapp_names=("sound",), vms_per_vapp=1)
    back = {"source": "site-2", "destination": "site-1"}
    simulator.seed(vms=1, names=("back",), vapps=1, vapp_names=("reversed",), vms_per_vapp=1, **back)
    manager = load(kind=kind, service_filters=filters)
    expected = {"vm": ["mine", "sound-vm-1"], "vapp": ["sound"], "workload": ["mine", "sound"]}
    assert sorted(manager.hosts) == expected[kind]
    asked = [query for query in lists(simulator) if "owner" in query or "sourceSite" in query]
    # What a service has refused for vApps is not sent for VMs.
    assert len(asked) == (2 if kind == "workload" and (how == "ignored" or "owner" not in filters) else 1)


@pytest.mark.parametrize(
    "filters", [{"health": ["PINK"]}, {"health": []}, {"colour": "red"}, {"changed_after": "yesterday"}]
)
def test_filters_of_the_service_that_make_no_sense_are_refused(load: Load, filters: dict[str, Any]) -> None:
    with pytest.raises(AnsibleParserError, match="|".join(filters)):
        load(service_filters=filters)


@pytest.mark.parametrize(
    "options",
    [
        {"filters": ["undef(hint=vm_name)"]},
        {"inventory_hostname": "undef(hint=vm_name)"},
        {"strict": True, "compose": {"a": "undef(hint=vm_name)"}},
        {"strict": True, "groups": {"a": "undef(hint=vm_name)"}},
        {"strict": True, "keyed_groups": [{"key": "undef(hint=vm_name)"}]},
    ],
    ids=lambda options: next(reversed(options)),
)
def test_an_expression_that_fails_shows_names_in_plain_text(
    simulator: Simulator, load: Load, options: dict[str, Any]
) -> None:
    simulator.seed(vms=1, names=("db\x1b[2J\x9b\u202e\nok: [db-2]",))
    with pytest.raises(AnsibleError) as caught:
        load(**options)
    assert "db\\x1b[2J\\x9b\\u202e ok: [db-2]" in str(caught.value)
    assert not any(map(is_hidden, str(caught.value)))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("variable", ["VCDA_USERNAME", "VCDA_PASSWORD", "VCDA_CA_PATH", "VCDA_ORGANIZATION"])
def test_what_the_environment_says_in_another_encoding_is_refused(
    simulator: Simulator, load: Load, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    option = variable.partition("_")[2].lower()
    monkeypatch.setenv(variable, os.fsdecode(b"operator\xff@tenant-1"))
    with pytest.raises(AnsibleParserError, match=f"{option}: half a character"):
        load(**{option: None})
    assert not simulator.log


def test_a_filter_that_cannot_be_evaluated_loses_nobody_silently(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1)
    with pytest.raises(AnsibleError, match="filters: 'no_such_variable == 1'"):
        load(filters=["no_such_variable == 1"])


def test_constructed_variables_and_groups(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=2, names=("db-1", "web-1"))
    manager = load(
        compose={"tier": "vm_name.split('-')[0]"},
        keyed_groups=[{"key": "tier", "prefix": "tier"}],
        groups={"databases": "tier == 'db'"},
    )
    assert variables(manager, "db-1")["tier"] == "db"
    assert [host.name for host in manager.get_hosts("databases:&tier_db")] == ["db-1"]


def test_a_wrong_expression_is_an_error_only_when_strict(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1)
    assert "wrong" not in variables(load(compose={"wrong": "no_such.thing"}), "vm-01")
    with pytest.raises(AnsibleError, match="wrong"):
        load(compose={"wrong": "no_such.thing"}, strict=True)


def test_the_names_of_the_hosts_can_be_chosen(simulator: Simulator, load: Load) -> None:
    [identity] = simulator.seed(vms=1).vm_ids
    assert [host.name for host in load(inventory_hostname="vm_replication_id").get_hosts()] == [identity]
    with pytest.raises(AnsibleError, match="inventory_hostname: 'no_such'"):
        load(inventory_hostname="no_such")


def test_group_by_chooses_the_groups(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1)
    assert set(load(group_by=["health"]).groups) == {"all", "ungrouped", "vcda", "vcda_health_green"}


def test_what_a_tenant_calls_a_vm_is_never_evaluated(simulator: Simulator, load: Load) -> None:
    evil = "{{ lookup('ansible.builtin.pipe', 'id') }}"
    simulator.seed(vms=1, names=(evil,))
    manager = load(keyed_groups=[{"key": "vm_name", "prefix": "named"}], compose={"again": "vm_name"})
    [host] = manager.get_hosts()
    assert templated(manager, host.name)["vm_name"] == evil
    assert host.vars["again"] == evil


@pytest.mark.parametrize("name", ["vcda", "vcda_state_not_started", "tier_web", "databases", "all", "ungrouped"])
def test_a_vm_never_takes_the_place_of_a_group(simulator: Simulator, load: Load, name: str) -> None:
    simulator.seed(vms=4, names=(name, "db-1", "db-2", "web-1"))
    manager = load(
        keyed_groups=[{"key": "'web' if vm_name == 'web-1' else 'other'", "prefix": "tier"}],
        groups={"databases": "vm_name.startswith('db-')"},
    )
    hosts = {host.name for host in manager.get_hosts("vcda")}
    assert len(hosts) == 4
    assert not hosts & set(manager.groups)
    assert len({tuple(host.vars["recovery_vm_replication_ids"]) for host in manager.get_hosts("vcda")}) == 4
    assert len(manager.get_hosts("databases")) == 2
    assert [host.name for host in manager.get_hosts("tier_web")] == ["web-1"]


@pytest.mark.parametrize("name", ["db", "web", "tier_db", "parent", "empty", "chosen"])
@pytest.mark.parametrize("place", [0, 2])
def test_a_group_holds_what_its_expression_chooses_whatever_a_vm_is_called(
    simulator: Simulator, load: Load, name: str, place: int
) -> None:
    names = ["a-db", "b-db", "a-web"]
    simulator.seed(vms=4, names=(*names[:place], name, *names[place:]))
    manager = load(
        groups={
            "db": "vm_name.endswith('-db')",
            "web": "vm_name.endswith('-web')",
            "chosen": f"vm_name == '{name}'",
            "empty": "false",
        },
        keyed_groups=[{"key": "vm_name.split('-')[1] | default('none')", "prefix": "tier", "parent_group": "parent"}],
    )
    members = {group: {host.vars["vm_name"] for host in manager.groups[group].get_hosts()} for group in manager.groups}
    assert members["db"] == members["tier_db"] == {"a-db", "b-db"}
    assert members["web"] == members["tier_web"] == {"a-web"}
    assert members["chosen"] == {name}
    assert members["vcda"] == members["parent"] == {name, *names}


@pytest.mark.parametrize(
    ("keyed_groups", "members"),
    [
        (
            [{"key": "vm_name", "parent_group": "tiers"}],
            {"tiers": {"tiers", "tiers-1", "tenant-1"}, "tiers-1": {"tiers-1"}},
        ),
        (
            [{"key": "vm_name.split('-')[0]", "parent_group": "tiers"}],
            {"tiers": {"tiers", "tiers-1", "tenant-1"}, "tenant": {"tenant-1"}},
        ),
        (
            [{"key": "vm_name", "parent_group": "{{ organization }}"}],
            {"tiers": {"tiers"}, "tenant-1": {"tiers", "tiers-1", "tenant-1"}},
        ),
        (
            [
                {"key": "'x' + vm_name", "parent_group": "tiers"},
                {"key": "vm_name.split('-')[0]", "parent_group": "xtiers"},
            ],
            {
                "tiers": {"tiers", "tiers-1", "tenant-1"},
                "xtiers": {"tiers", "tiers-1", "tenant-1"},
                "tenant": {"tenant-1"},
            },
        ),
    ],
)
def test_a_vm_may_be_called_like_the_parent_of_its_group(
    simulator: Simulator, load: Load, keyed_groups: list[dict[str, str]], members: dict[str, set[str]]
) -> None:
    simulator.seed(vms=3, names=("tiers", "tiers-1", "tenant-1"))
    manager = load(keyed_groups=[{"prefix": "", "separator": "", **one} for one in keyed_groups])
    found = {name: {host.vars["vm_name"] for host in manager.groups[name].get_hosts()} for name in members}
    assert found == members
    assert not {host.name for host in manager.get_hosts("vcda")} & set(manager.groups)


def test_a_group_of_a_second_source_is_not_taken_for_a_host_of_the_first(
    simulator: Simulator, load: Load, tmp_path: Path
) -> None:
    simulator.seed(vms=2, names=("db", "web"))
    manager = load()
    path = tmp_path / "second.replications.yml"
    options = {"plugin": "opendr.vcda.replications", **CONNECTION, "groups": {"db": "true"}}
    path.write_text(yaml.safe_dump(options))
    with pytest.raises(AnsibleError, match="same names: db"):
        inventory_loader.get("opendr.vcda.replications").parse(manager._inventory, DataLoader(), str(path))


def test_a_password_within_a_name_or_an_id_changes_neither(simulator: Simulator, load: Load) -> None:
    [identity] = simulator.seed(vms=1, names=(f"db-{CONNECTION['password']}",)).vm_ids
    [host] = load(extend_sites=[{**PEER, "password": identity[3:11]}]).get_hosts()
    assert host.name == f"db-{CONNECTION['password']}"
    assert host.vars["recovery_vm_replication_ids"] == [identity]


def test_groups_that_are_called_like_their_hosts_are_refused(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1, names=("db-1",))
    with pytest.raises(AnsibleError, match="prefix"):
        load(keyed_groups=[{"key": "inventory_hostname", "prefix": "", "separator": ""}])


def test_a_vm_does_not_join_a_group_of_others_by_its_name(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=2, names=("vcda_organization_tenant_2", "a:b"))
    manager = load(keyed_groups=[{"key": "vm_name", "prefix": "", "separator": ""}])
    assert "vcda_organization_tenant_2" not in manager.groups
    assert len([name for name in manager.groups if name.startswith(("vcda_organization_tenant_2_", "a_b_"))]) == 2


def test_two_sources_make_one_host_of_each_replication(simulator: Simulator, load: Load, tmp_path: Path) -> None:
    [first] = simulator.seed(vms=1, names=("db-1",)).vm_ids
    manager = load()
    manager._inventory.add_host("web-1", group="all")
    [second] = simulator.seed(vms=1, names=("db-1",)).vm_ids
    [web] = simulator.seed(vms=1, names=("web-1",)).vm_ids
    plugin = inventory_loader.get("opendr.vcda.replications")
    plugin.parse(manager._inventory, DataLoader(), str(tmp_path / "replications.yml"))
    manager.reconcile_inventory()
    hosts = {host.name: host.vars.get("vm_replication_id") for host in manager.get_hosts()}
    assert hosts == {"db-1": first, f"db-1_{second}": second, "web-1": None, f"web-1_{web}": web}


@pytest.mark.parametrize("name", ["..", ".", "db-1.yml", "x.json"])
def test_a_vm_reads_no_file_beside_the_inventory(simulator: Simulator, load: Load, tmp_path: Path, name: str) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "db-1.yml").write_text("ansible_become_password: top-secret\n")
    simulator.seed(vms=2, names=("db-1", name))
    manager = load()
    [host] = [host for host in manager.get_hosts() if host.vars["vm_name"] == name]
    found = VariableManager(loader=DataLoader(), inventory=manager)
    manager._sources = [str(tmp_path / "replications.yml")]
    assert "top-secret" in str(found.get_vars(host=manager.get_host("db-1")))
    assert "secret" not in str(found.get_vars(host=host))


HOSTILE = (
    "{{ lookup('pipe', 'id') }}",
    "{% if 1 %}{% endif %}",
    "{# x #}",
    "!unsafe {{ 1 }}",
    "x\x1bc\u202e\ud800",
    "}}",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["vmName", "owner", "overallHealth", "source", "destination", "vappReplicationId"])
def test_no_value_of_the_service_is_a_template_or_hidden_in_a_name(
    load: Load, monkeypatch: pytest.MonkeyPatch, field: str, text: str
) -> None:
    value = (
        {"site": text, "org": text, "vdcName": text, "vappName": text} if field in ("source", "destination") else text
    )
    document = {**vm_document(1), field: value}
    monkeypatch.setattr(Client, "get_list", lambda _client, _path, _query=None: [document])
    manager = load(
        keyed_groups=[{"key": "vm_name", "prefix": "named"}, {"key": "owner", "prefix": "of"}],
        compose={"again": "[vm_name, owner, source_org]"},
    )
    [host] = manager.get_hosts()
    shown = templated(manager, host.name)
    original = [document["vmName"], document["owner"], document["source"].get("org")]
    assert shown["again"] == original
    assert [shown["vm_name"], shown["owner"], shown["source_org"]] == original
    for name in (host.name, *manager.groups):
        assert not any(is_hidden(character) or character in "{}%#!':" for character in name)


@pytest.mark.parametrize("changes", [{"destination": None}, {"source": {}}])
def test_what_has_no_end_is_a_host_and_named(
    load: Load, monkeypatch: pytest.MonkeyPatch, warned: list[str], changes: dict[str, Any]
) -> None:
    documents = [{**vm_document(1), **changes}, vm_document(2)]
    monkeypatch.setattr(Client, "get_list", lambda _client, _path, _query=None: documents)
    assert len(load().get_hosts()) == 2
    assert any("does not tell" in text and vm_id(1) in text for text in warned)


@pytest.mark.parametrize("damaged", [{}, {"id": 7}, {**vm_document(1), "destination": []}])
def test_what_is_damaged_is_named_and_harms_no_other(
    load: Load, monkeypatch: pytest.MonkeyPatch, warned: list[str], damaged: dict[str, Any]
) -> None:
    monkeypatch.setattr(Client, "get_list", lambda _client, _path, _query=None: [damaged, vm_document(2)])
    assert len(load().get_hosts()) == 1
    assert len([text for text in warned if "leaves out" in text]) == 1
    with pytest.raises(AnsibleError):
        load(strict=True)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings."""
    found: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, *_args, **_more: found.append(text))
    return found


@pytest.fixture
def load_encrypted(tmp_path: Path) -> Load:
    """Load an inventory some of whose options are encrypted."""

    def tagged(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: tagged(item) for key, item in value.items()}
        return [tagged(item) for item in value] if isinstance(value, list) else Encrypted(str(value))

    def loaded(encrypted: str, options: dict[str, Any]) -> Any:
        path = tmp_path / "replications.yml"
        path.touch()
        loader: Any = DataLoader()
        read = {"plugin": "opendr.vcda.replications", **options, encrypted: tagged(options[encrypted])}
        loader.load_from_file = lambda _path, **_options: read
        manager: Any = InventoryManager(loader, sources=[])
        inventory_loader.get("opendr.vcda.replications").parse(manager._inventory, loader, str(path))
        manager.reconcile_inventory()
        return manager

    return loaded


@pytest.mark.parametrize(
    "encrypted",
    [
        *("username", "password", "hostname", "port", "sites", "extend_sites", "group_by", "kind", "strict"),
        *("validate_certs", "fail_if_empty", "fail_if_unreadable", "request_timeout", "service_filters"),
    ],
)
def test_every_option_may_be_encrypted(simulator: Simulator, load_encrypted: Load, encrypted: str) -> None:
    simulator.seed(vms=1)
    options: dict[str, Any] = {
        **CONNECTION,
        "port": 443,
        "sites": ["site-1"],
        "extend_sites": [PEER],
        "group_by": ["health"],
        "kind": "workload",
        "strict": True,
        "validate_certs": True,
        "fail_if_empty": True,
        "fail_if_unreadable": False,
        "request_timeout": 20,
        "service_filters": {"organizations": ["tenant-1"], "is_migration": False},
    }
    assert [host.name for host in load_encrypted(encrypted, options).get_hosts()] == ["vm-01"]


@pytest.mark.parametrize(
    ("encrypted", "value", "made"),
    [
        ("filters", ["vm_name != 'web-1'"], {"hosts": {"db-1"}}),
        ("inventory_hostname", "vm_name ~ '-x'", {"hosts": {"db-1-x", "web-1-x"}}),
        ("compose", {"tier": "vm_name.split('-')[0]"}, {"variables": {"tier"}}),
        ("groups", {"databases": "vm_name == 'db-1'"}, {"groups": {"databases"}}),
        (
            "keyed_groups",
            [{"key": "vm_name.split('-')[0]", "prefix": "tier", "parent_group": "{{ organization }}"}],
            {"groups": {"tier_db", "tier_web", "tenant-1"}},
        ),
    ],
)
def test_an_encrypted_expression_is_an_expression(
    simulator: Simulator, load_encrypted: Load, encrypted: str, value: Any, made: dict[str, set[str]]
) -> None:
    simulator.seed(vms=2, names=("db-1", "web-1"))
    plain, found = load_encrypted("username", CONNECTION), load_encrypted(encrypted, {**CONNECTION, encrypted: value})
    seen = {
        "hosts": set(found.hosts),
        "groups": set(found.groups) - set(plain.groups),
        "variables": {name for host in found.hosts.values() for name in host.vars} - set(plain.hosts["db-1"].vars),
    }
    assert seen == {"hosts": {"db-1", "web-1"}, "groups": set(), "variables": set(), **made}


@pytest.mark.parametrize("is_fatal", [True, False])
def test_an_encrypted_flag_decides_whether_an_error_ends_the_play(load_encrypted: Load, is_fatal: bool) -> None:
    with pytest.raises(AnsibleError, match="401"):
        load_encrypted("fail_if_unreadable", {**CONNECTION, "password": "wrong", "fail_if_unreadable": is_fatal})
    assert vars(constants)["INVENTORY_ANY_UNPARSED_IS_FAILED"] is is_fatal


@pytest.mark.parametrize(
    ("encrypted", "options", "is_fatal"),
    [
        ("password", {}, True),
        ("compose", {"compose": {"a": "1"}}, True),
        ("password", {"fail_if_unreadable": False}, False),
        ("fail_if_unreadable", {"fail_if_unreadable": False}, True),
    ],
)
def test_what_cannot_be_decrypted_ends_the_play(
    load_encrypted: Load, monkeypatch: pytest.MonkeyPatch, encrypted: str, options: dict[str, Any], is_fatal: bool
) -> None:
    def refuse(_self: Encrypted) -> str:
        raise AnsibleError("no vault secret")

    monkeypatch.setattr(Encrypted, "__str__", refuse)
    with pytest.raises(AnsibleError, match="no vault secret"):
        load_encrypted(encrypted, {**CONNECTION, **options})
    assert vars(constants)["INVENTORY_ANY_UNPARSED_IS_FAILED"] is is_fatal


@pytest.mark.parametrize(
    ("options", "is_fatal"),
    [({}, True), ({"fail_if_unreadable": False}, False)],
)
@pytest.mark.parametrize("problem", [{"password": "wrong"}, {"fail_if_empty": True}, {"filters": ["no_such_variable"]}])
def test_an_inventory_that_cannot_be_read_stops_the_play(
    simulator: Simulator, tmp_path: Path, problem: dict[str, Any], options: dict[str, Any], is_fatal: bool
) -> None:
    if "filters" in problem:
        simulator.seed(vms=1)
    path = tmp_path / "replications.yml"
    path.write_text(yaml.safe_dump({"plugin": "opendr.vcda.replications", **CONNECTION, **problem, **options}))
    if is_fatal:
        with pytest.raises(AnsibleError, match="replications"):
            InventoryManager(DataLoader(), sources=[str(path)])
    else:
        assert not InventoryManager(DataLoader(), sources=[str(path)]).get_hosts()


def test_a_file_of_another_plugin_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vcda.yml"
    path.write_text("all: {hosts: {db-1: {}}}\n")
    manager: Any = InventoryManager(DataLoader(), sources=[str(path)])
    assert [host.name for host in manager.get_hosts()] == ["db-1"]
    assert vars(constants)["INVENTORY_ANY_UNPARSED_IS_FAILED"] is False


@pytest.mark.parametrize(
    "options",
    [
        {"service_filters": {"organizations": ["Tenant-1"]}},
        {"service_filters": {"source_site": "SITE-1"}},
        {"filters": ["vm_name == 'VM-01'"]},
    ],
)
def test_filters_that_leave_no_host_are_told_of(
    simulator: Simulator, load: Load, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    simulator.seed(vms=1)
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, *_args, **_more: warned.append(text))
    assert load().get_hosts()
    assert not any("no replication that matches" in text for text in warned)
    assert not load(**options).get_hosts()
    assert any("no replication that matches" in text for text in warned)


def test_an_empty_inventory_is_an_error_on_demand(load: Load) -> None:
    assert not load().get_hosts()
    with pytest.raises(AnsibleError, match="fail_if_empty"):
        load(fail_if_empty=True)


def test_the_environment_stands_in_for_the_connection_options(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.seed(vms=1)
    for name, value in CONNECTION.items():
        monkeypatch.setenv(f"VCDA_{name.upper()}", value)
    for name, value in PEER.items():
        monkeypatch.setenv(f"VCDA_PEER_{name.upper()}", value)
    monkeypatch.setenv("VCDA_OPERATION_ID", "inventory-1")
    path = tmp_path / "vcda.yml"
    path.write_text("plugin: opendr.vcda.replications\nsites: [site-1]\n")
    manager: Any = InventoryManager(DataLoader(), sources=[str(path)])
    assert [host.name for host in manager.get_hosts()] == ["vm-01"]
    assert simulator.counters()["extensions"] == 1
    assert {entry.operation_id[:-37] for entry in simulator.log} == {"inventory-1"}


@pytest.fixture
def checked(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the certificate was checked, for each connection."""
    seen: list[bool] = []

    def new_client(connection: Connection) -> Client:
        seen.append(connection.validate_certs)
        return Client(connection, adapter=InProcessAdapter(simulator))

    monkeypatch.setattr(replications.InventoryModule, "new_client", staticmethod(new_client))
    return seen


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_variable_is_not_set(
    load: Load, monkeypatch: pytest.MonkeyPatch, checked: list[bool], blank: str
) -> None:
    for option in connection_options().values():
        monkeypatch.setenv(option.get("env", "VCDA_NOTHING"), blank)
    for variable in PEER_ENVIRONMENT.values():
        monkeypatch.setenv(variable, blank)
    before = dict(os.environ)
    load()
    assert checked == [True]
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("in_file", "in_environment", "is_checked"),
    [
        (True, "no", True),
        ("yes", None, True),
        ("{{ 1 == 1 }}", None, True),
        (None, None, True),
        (None, "True", True),
        (False, "yes", False),
        ("no", None, False),
        (0, None, False),
        ("{{ 1 == 2 }}", None, False),
        (None, "false", False),
    ],
)
def test_the_certificate_is_checked_unless_the_option_ends_it(
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    checked: list[bool],
    in_file: Any,
    in_environment: str | None,
    is_checked: bool,
) -> None:
    if in_environment:
        monkeypatch.setenv("VCDA_VALIDATE_CERTS", in_environment)
    load(validate_certs=in_file)
    assert checked == [is_checked]


@pytest.mark.parametrize("value", ["maybe", "truth", "untrue", "2", "{{ 'never' }}"])
@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_text_that_is_no_boolean_does_not_end_the_check(
    load: Load, monkeypatch: pytest.MonkeyPatch, checked: list[bool], value: str, place: str
) -> None:
    if place == "environment":
        monkeypatch.setenv("VCDA_VALIDATE_CERTS", value)
    with pytest.raises(AnsibleError, match="validate_certs"):
        load(**({"validate_certs": value} if place == "file" else {}))
    assert not checked


def test_options_may_be_templates(simulator: Simulator, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator.seed(vms=1)
    monkeypatch.setenv("MY_PASSWORD", "operator-secret-site-2")
    assert load(password="{{ lookup('ansible.builtin.env', 'MY_PASSWORD') }}").get_hosts()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"port": 0}, "port"),
        ({"auth_type": "guess"}, "auth_type"),
        ({"username": "nobody"}, "username"),
        ({"password": "wrong-password"}, "401"),
        *(({name: ["wrong-password"]}, f"{name}: it is a list") for name in ("password", "access_token", "vcd_cookie")),
        ({"session_token": {"token": "wrong-password"}}, "session_token: it is a dict"),
        ({"hostname": "https://operator:wrong-password@vcda.test"}, "hostname"),
        ({"password": "{{ wrong-password ("}, "password: it holds a template with an error"),
        ({"access_token": "{{ nosuch }} wrong-password"}, "access_token: 'nosuch' is undefined"),
        ({"extend_sites": [{"username": "a"}]}, "site"),
        ({"kind": "disk"}, "kind"),
        ({"group_by": ["colour"]}, "group_by"),
    ],
)
def test_what_is_wrong_is_named_without_secrets(load: Load, options: dict[str, Any], named: str) -> None:
    with pytest.raises(AnsibleError, match=named) as refused:
        load(**options)
    assert "wrong-password" not in str(refused.value)
    assert "operator-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"sites": [False]}, "sites[0]"),
        ({"organization": False}, "organization"),
        ({"service_filters": {"organizations": ["tenant-1", False]}}, "service_filters.organizations[1]"),
        ({"service_filters": {"owner": True}}, "service_filters.owner"),
        ({"extend_sites": [{"site": True}]}, "extend_sites[0].site"),
    ],
)
def test_a_name_that_yaml_has_read_as_true_or_false_finds_no_hosts_silently(
    load: Load, options: dict[str, Any], place: str
) -> None:
    with pytest.raises(AnsibleError, match=re.escape(f"{place}: YAML reads words")):
        load(**options)


def test_a_missing_library_is_named(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replications, "REQUESTS_IMPORT_ERROR", "no such module")
    with pytest.raises(AnsibleError, match="requests"):
        load()


@pytest.mark.parametrize(("name", "is_ours"), [("a.replications.yaml", True), ("vcda.yml", True), ("hosts.yml", False)])
def test_the_name_of_the_file_tells_whose_it_is(tmp_path: Path, name: str, is_ours: bool) -> None:
    (tmp_path / name).write_text("---\n")
    assert replications.InventoryModule().verify_file(str(tmp_path / name)) is is_ours


def test_the_cache_saves_the_reading_and_holds_no_secret(simulator: Simulator, load: Load, tmp_path: Path) -> None:
    simulator.seed(vms=2)
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first, second = load(**cached), load(**cached)
    assert len(lists(simulator)) == 1
    assert [host.vars for host in first.get_hosts()] == [host.vars for host in second.get_hosts()]
    stored = [path.read_text() for path in (tmp_path / "cache").iterdir()]
    assert stored
    assert "secret" not in json.dumps(stored)


def test_the_cache_does_not_answer_for_another_site_user_or_kind(
    simulator: Simulator, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.seed(vms=1, vapps=1)
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    monkeypatch.setenv("VCDA_HOSTNAME", "site-2.test")
    load(hostname=None, **cached)
    assert len(load(hostname=None, **cached).get_hosts()) == 4
    assert len(lists(simulator)) == 1
    monkeypatch.setenv("VCDA_HOSTNAME", "site-1.test")
    load(hostname=None, **{**cached, "password": "operator-secret-site-1"})
    assert [host.name for host in load(**cached, kind="vapp").get_hosts()] == ["vapp-01"]
    assert len(lists(simulator)) == 3


def test_the_session_is_closed(simulator: Simulator, load: Load) -> None:
    simulator.seed(vms=1)
    load()
    assert simulator.counters()["open_sessions"] == 0
