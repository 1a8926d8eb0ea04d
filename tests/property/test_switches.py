# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole life of a replication on every setting of everything that the vendor does not document."""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    REVERSE,
    SYNC,
    TEST,
    Verb,
)
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices

from .laboratory import PRIMARY, RECOVERY, Laboratory

# How a dead peer, a bad certificate and a bad gateway show is tried where they are present.
_NEED_A_FAULT = ("certificate", "peer_down", "gateway", "gateway_spares")
_COMBINED: tuple[dict[str, Any], ...] = (
    {"reverse_id": "new", "task_result": "absent"},
    {"reverse_id": "new", "task_result": "absent", "reverse_vm_id": "kept"},
    {"reverse_id": "new", "task_result": "absent", "reverse_state": "stays_complete", "task_type_names": "other"},
    {"limit_cap": 2},
    {"wrong_state": "failed_task", "task_ids_filter": "ignored", "ids_filter": "ignored", "limit_cap": 3},
)
_VERSIONS = ("4.0", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7")
_LIFE: tuple[tuple[Verb, str, str | None], ...] = (
    (TEST, RECOVERY, None),
    (CLEANUP, RECOVERY, None),
    (FAILOVER, RECOVERY, RECOVERY),
    (REVERSE, RECOVERY, RECOVERY),
    (SYNC, RECOVERY, None),
    (MIGRATE, PRIMARY, PRIMARY),
    (REVERSE, PRIMARY, PRIMARY),
    (FAILOVER, RECOVERY, RECOVERY),
    (REVERSE, RECOVERY, RECOVERY),
)


def _settings() -> list[dict[str, Any]]:
    hints = get_type_hints(Settings)
    single: list[dict[str, Any]] = []
    for field in dataclasses.fields(Settings):
        if field.name in _NEED_A_FAULT:
            continue
        single += [{field.name: value} for value in choices(field.name)[1:]]
        if hints[field.name] is bool:
            single.append({field.name: not getattr(Settings(), field.name)})
    return [{}, *single, *_COMBINED, *({"api_version": version} for version in _VERSIONS)]


def _name(switches: dict[str, Any]) -> str:
    return ",".join(f"{switch}={value}" for switch, value in switches.items()) or "defaults"


@pytest.mark.parametrize("kind", [VM, VAPP], ids=lambda kind: kind.name)
@pytest.mark.parametrize("switches", _settings(), ids=_name)
def test_a_life_and_every_step_again(kind: Kind, switches: dict[str, Any]) -> None:
    laboratory = Laboratory(**switches)
    seeded = laboratory.simulator.seed(vms=3) if kind is VM else laboratory.simulator.seed(vapps=2, vms_per_vapp=2)
    names = ["vm-01", "vm-02", "vm-03"] if kind is VM else ["vapp-01", "vapp-02"]

    for verb, site, active_site in _LIFE:
        params: dict[str, Any] = {**laboratory.connection(site), kind.names_option: names, "active_site": active_site}
        for again in (False, True):
            predicted = laboratory.run(verb, kind, check_mode=True, **params)
            result = laboratory.run(verb, kind, **params)
            assert not result.get("failed"), result["msg"]
            assert result["changed"] is (not again or verb is SYNC)
            assert predicted["changed"] == result["changed"]
            assert _directions(predicted, kind) == _directions(result, kind)

    for identifier in seeded.vm_ids or seeded.vapp_ids:
        done = laboratory.simulator.completions(identifier)
        assert {verb: done[verb] for verb in ("failover", "migrate", "reverse")} == {
            "failover": 2,
            "migrate": 1,
            "reverse": 3,
        }
    assert laboratory.simulator.counters()["open_sessions"] == 0


def _directions(result: dict[str, Any], kind: Kind) -> list[tuple[str, ...]]:
    keys = ("recovery_state", "source_site", "destination_site")
    return [tuple(item["after"][key] for key in keys) for item in result[kind.results]]
