# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wishes: what differs, how it is shown, what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.declared.changes import (
    Wish,
    check_options,
    steps_towards,
    vms_of,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.settings.excluded_disks import EXCLUDED_DISKS
from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import PREPARED_OPTIONS
from ansible_collections.opendr.vcda.tests.unit import documents

SETTINGS = {
    "rpo": 15,
    "quiesced": False,
    "description": "Shop",
    "dataConnectionType": "ENCRYPTED",
    "retentionPolicy": {"rules": [{"numberOfInstances": 4, "distance": 60}, {"numberOfInstances": 2, "distance": 30}]},
    "targetDiskType": "THIN",
}
AS_IT_IS: dict[str, Any] = {
    "rpo": 15,
    "quiesced": False,
    "description": "Shop",
    "data_connection_type": "ENCRYPTED",
    "retention": [{"instances": 2, "distance": 30}, {"instances": 4, "distance": 60}],
    "sla_profile": "gold",
    "storage_profile": "fast",
    "paused": False,
    "owner": "tenant-1@site-2",
}
OTHER: dict[str, Any] = {
    "rpo": 60,
    "quiesced": True,
    "description": "",
    "data_connection_type": "PLAIN",
    "retention": [],
    "sla_profile": "silver",
    "storage_profile": "slow",
    "paused": True,
    "owner": "tenant-2@site-2",
}


def document(number: int = 1, **more: Any) -> dict[str, Any]:
    shown = {"settings": SETTINGS, "slaProfile": {"id": "gold"}, "storageProfile": "fast"}
    return {**documents.vm(number), **shown, **more}


def wish(kind: Any = VM, version: Any = (4, 7), **params: Any) -> Wish:
    return Wish(kind, params, version)


@pytest.mark.parametrize("option", AS_IT_IS)
def test_each_option_is_compared(option: str) -> None:
    vm = VM.parse(document())
    assert wish(**{option: AS_IT_IS[option]}).unmet(vm) == []
    assert wish(**{option: OTHER[option]}).unmet(vm) == [option]


@pytest.mark.parametrize("option", AS_IT_IS)
def test_each_option_is_compared_in_every_vm_of_a_vapp(option: str) -> None:
    same = VAPP.parse(documents.vapp([document(1), document(2)]))
    assert wish(VAPP, **{option: AS_IT_IS[option]}).unmet(same) == []
    settings = {"rpo": 60, "quiesced": True, "description": "", "dataConnectionType": "PLAIN"}
    changed = {
        "settings": {**SETTINGS, **settings, "retentionPolicy": {"rules": []}},
        "slaProfile": {"id": "silver"},
        "storageProfile": "slow",
        "isPaused": True,
        "owner": "tenant-2@site-2",
    }
    mixed = VAPP.parse(documents.vapp([document(1), document(2, **changed)]))
    assert wish(VAPP, **{option: AS_IT_IS[option]}).unmet(mixed) == [option]


def test_owner_that_old_versions_show_of_the_vapp_only() -> None:
    vapp = VAPP.parse(documents.vapp([document(1, owner=None), document(2, owner=None)]))
    asked = wish(VAPP, (4, 0), owner="tenant-1@site-2")
    asked.check(vapp)
    assert asked.unmet(vapp) == []
    assert wish(VAPP, (4, 0), owner="tenant-2@site-2").unmet(vapp) == ["owner"]


def test_any_storage_profile_is_fulfilled_by_whatever_is_there() -> None:
    for shown in ("fast", "*", None):
        vm = VM.parse(document(storageProfile=shown))
        wish(storage_profile="*").check(vm)
        assert wish(storage_profile="*").unmet(vm) == []


def test_shown_is_what_was_named_and_nothing_else() -> None:
    vm = VM.parse(document())
    assert wish(rpo=60, paused=True, source={"type": "vm"}).shown(vm) == {"rpo": 15, "paused": False}
    assert wish(**OTHER).shown(vm) == AS_IT_IS
    assert wish(**OTHER).shown(vm, expected=OTHER) == OTHER
    assert wish(**OTHER).shown(None) == {}


def test_shown_tells_the_vms_of_a_vapp_apart_where_they_differ() -> None:
    vapp = VAPP.parse(documents.vapp([document(1), document(2, settings={**SETTINGS, "rpo": 60})]))
    assert wish(VAPP, rpo=60, quiesced=True, owner="a@b").shown(vapp) == {
        "rpo": {"web-01": 15, "web-02": 60},
        "quiesced": False,
        "owner": "tenant-1@site-2",
    }


def test_missing_settings_differ_from_any_wish() -> None:
    vm = VM.parse(documents.vm(settings=None, slaProfile=None))
    asked = wish(rpo=15, retention=[], sla_profile="gold")
    assert asked.unmet(vm) == ["rpo", "sla_profile"]
    assert asked.shown(vm) == {"rpo": None, "sla_profile": None, "retention": []}


def test_bodies() -> None:
    vm = VM.parse(document())
    assert wish(rpo=60, quiesced=False).settings_body(vm) == {"rpo": 60}
    assert wish(storage_profile="slow").storage_body(vm) == {"storageProfileId": "slow"}
    assert wish(owner="tenant-2@site-2").owner_body(vm) == {"owner": "tenant-2@site-2"}


def test_body_of_a_vapp_holds_what_differs_in_any_vm() -> None:
    other = document(2, settings={**SETTINGS, "quiesced": True}, storageProfile="slow")
    vapp = VAPP.parse(documents.vapp([document(1), other]))
    assert wish(VAPP, rpo=15, quiesced=False).settings_body(vapp) == {"quiesced": False}
    moving = {"storageProfileSettings": {documents.vm_id(2): {"storageProfileId": "fast"}}}
    assert wish(VAPP, storage_profile="fast").storage_body(vapp) == moving


def test_steps_pause_or_resume_and_hand_over_last() -> None:
    assert [step.verb.name for step in steps_towards(wish(paused=True))] == [
        "reconfigure",
        "storage profile change",
        "change of disks",
        "network settings change",
        "guest customization change",
        "pause",
        "change of owner",
    ]
    assert steps_towards(wish(paused=False))[5].verb.name == "resume"
    fulfilled = [option for step in steps_towards(wish()) for option in step.options]
    assert sorted(fulfilled) == sorted([*AS_IT_IS, EXCLUDED_DISKS, *PREPARED_OPTIONS])


def test_after_start_is_what_a_start_cannot_say() -> None:
    assert wish(**OTHER).after_start == ["paused", "owner"]
    assert wish(rpo=60, paused=False).after_start == []


@pytest.mark.parametrize(
    ("params", "more", "code"),
    [
        ({"owner": "tenant-1@site-2"}, {"owner": None}, "NOT_SHOWN"),
        ({"storage_profile": "fast"}, {"storageProfile": None}, "NOT_SHOWN"),
        ({"is_migration": True}, {}, "FIXED_AT_START"),
        ({"target_disk_type": "PREALLOCATED"}, {}, "FIXED_AT_START"),
        (
            {"destination": {"site": "site-2", "vdc": "vdc-1"}},
            {"destination": {"site": "site-2", "vdcId": "vdc-2"}},
            "FIXED_AT_START",
        ),
        ({"sla_profile": "gold"}, {}, "OPTION_NOT_IN_API_VERSION"),
    ],
)
def test_what_cannot_be_had_is_refused(params: dict[str, Any], more: dict[str, Any], code: str) -> None:
    version = (4, 0) if code == "OPTION_NOT_IN_API_VERSION" else (4, 7)
    vm = VM.parse(document(**more))
    with pytest.raises(VcdaError) as caught:
        wish(VM, version, **params).check(vm)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "params",
    [
        AS_IT_IS,
        {"storage_profile": "*"},
        {"paused": False, "is_migration": False},
        {"is_migration": False, "target_disk_type": "THIN", "destination": {"site": "site-2", "vdc": "vdc-1"}},
    ],
)
def test_what_can_be_had_is_not_refused(params: dict[str, Any]) -> None:
    asked = wish(**params)
    vm = VM.parse(document())
    asked.check(vm)
    assert asked.unmet(vm) == []


def test_vapp_storage_profile_without_documented_form_is_refused() -> None:
    vapp = VAPP.parse(documents.vapp([document(1)]))
    with pytest.raises(VcdaError, match="storage_profile"):
        wish(VAPP, (4, 5), storage_profile="slow").check(vapp)
    wish(VAPP, (4, 5), storage_profile="fast").check(vapp)


@pytest.mark.parametrize("owner", ["tenant-1", "@site-1", "tenant-1@", ""])
def test_owner_needs_both_its_parts(owner: str) -> None:
    with pytest.raises(VcdaError, match="organization@site"):
        check_options({"owner": owner})


def test_options_that_can_be_meant() -> None:
    check_options({})
    check_options({"owner": "tenant-1@site-1", "rpo": 1, "retention": [], "initial_sync_time": "0"})
    check_options({"retention": [{"instances": 1, "distance": 1}], "source": {"type": "vm", "site": "site-1"}})
    # Whether the service knows them depends on its version.
    template = {"type": "vappTemplate", "site": "site-1", "vapp_template_id": "template-1"}
    destination = {"type": "vcloud", "site": "site-2", "sizing_policy": "large"}
    check_options({"source": template, "destination": destination, "sla_profile": "gold"})


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"rpo": 0}, "^rpo: 0"),
        ({"retention": [{"instances": 0, "distance": 1}]}, "^retention.instances: 0"),
        ({"initial_sync_time": "soon"}, "^initial_sync_time: 'soon'"),
    ],
)
def test_options_that_cannot_be_meant(params: dict[str, Any], words: str) -> None:
    with pytest.raises(VcdaError, match=words):
        check_options(params)


def test_vms_of() -> None:
    vapp = VAPP.parse(documents.vapp([document(1), document(2)]))
    assert [vm.name for vm in vms_of(vapp)] == ["web-01", "web-02"]
    assert vms_of(vapp.children[0]) == (vapp.children[0],)


NOON = 1_800_000_000_000


@pytest.mark.parametrize(
    ("paused", "time", "now", "unmet"),
    [
        # Waits for its first synchronisation: nothing resumes it early.
        (True, NOON, NOON - 1, []),
        (True, NOON, NOON, ["paused"]),
        (True, NOON, NOON + 1, ["paused"]),
        (True, None, NOON, ["paused"]),
        (True, 0, NOON, ["paused"]),
        (True, -1, NOON, ["paused"]),
        (False, NOON, NOON - 1, []),
    ],
)
@pytest.mark.parametrize("kind", [VM, VAPP], ids=lambda kind: kind.name)
def test_what_waits_for_its_first_synchronisation_is_not_resumed(
    kind: Any, paused: bool, time: int | None, now: int, unmet: list[str]
) -> None:
    one = document(isPaused=paused, settings={**SETTINGS, "initialSyncTime": time})
    replication = kind.parse(one if kind is VM else documents.vapp([one]))
    assert Wish(kind, {"paused": False}, (4, 7), now).unmet(replication) == unmet


def test_a_wish_to_pause_what_waits_is_met() -> None:
    one = VM.parse(document(isPaused=True, settings={**SETTINGS, "initialSyncTime": NOON}))
    assert Wish(VM, {"paused": True}, (4, 7), NOON - 1).unmet(one) == []
