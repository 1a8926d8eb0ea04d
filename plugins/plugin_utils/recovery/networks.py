# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of tests: a test VM has the addresses of the original, so it must not be on a production network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_RECOVERING = ("failover_options", "migrate_options")
# Names of networks, and objects that name one by its name and id (vendor reference 4.1 to 4.7, network settings).
_NAMES = ("network",)
_OBJECTS = ("destination_org_vdc_network", "bridge_org_vdc_networks")


def production_networks(values: Mapping[str, Any]) -> set[str]:
    """Return the names and ids of the networks that variables list as production, or name for recovered VMs."""
    production = {str(name) for name in values.get("recovery_production_networks") or ()}
    for key in _RECOVERING:
        production |= set(_networks(_given(values, key)))
    return production


def shared_networks(values: Mapping[str, Any]) -> list[str]:
    """Return the networks of tests that recovered VMs also use, or that are listed as production networks.

    :param values: the variables of the role
    :returns: sorted names or ids; empty if the variables isolate the tests, or allow production networks
    """
    if values.get("recovery_drill_allow_production_networks"):
        return []
    return sorted(production_networks(values) & set(_networks(_given(values, "test_options"))))


def problem_of_networks(values: Mapping[str, Any]) -> str:
    """Return why a drill is refused; empty if its tests share no network with other VMs.

    :param values: the variables of the role
    """
    shared = shared_networks(values)
    if not shared:
        return ""
    return (
        f"recovery_test_options: the tests would be connected to {', '.join(shared)}, where recovered or production "
        "VMs have the same addresses. Name isolated networks, or set recovery_drill_allow_production_networks: true."
    )


def starts_tests(entry_point: str, tags: Iterable[str]) -> bool:
    """Tell whether a run starts tests: a drill does, unless it is only to clean up.

    :param entry_point: of the role
    :param tags: the tags given to the play
    """
    return entry_point == "drill" and set(tags) != {"cleanup"}


def vms_to_test(run: Mapping[str, Any], values: Mapping[str, Any], tags: Iterable[str]) -> list[str]:
    """Return the ids of the VMs that a drill will test, if the networks matter that the service stores for tests.

    :param run: the run, with its VMs selected
    :param values: the variables of the role
    :param tags: the tags given to the play
    """
    is_due = starts_tests(run["entry_point"], tags) and not run["failure"]
    if not is_due or values.get("recovery_drill_allow_production_networks"):
        return []
    return [record["id"] for record in run["vms"] if not record["error"] and is_tested(record, run["active_site"])]


def is_tested(record: Mapping[str, Any], active_site: str) -> bool:
    """Tell whether a drill at a site starts a test of a VM; in other states it is refused, or already running."""
    state = record["start"] or {}
    is_there = state.get("destination_site") in (None, "", active_site) and state.get("recovery_state") != "COMPLETE"
    return bool(record["id"]) and is_there and not (record["held"] and state.get("recovery_state") == "TEST")


def _given(values: Mapping[str, Any], key: str) -> list[Any]:
    """Return the options of a module from the role and its waves."""
    waves = [wave for wave in values.get("recovery_waves") or () if isinstance(wave, Mapping)]
    return [values.get(f"recovery_{key}"), *(wave.get(key) for wave in waves)]


def _networks(value: Any) -> Iterator[str]:
    """Yield the networks in the options of a module, at any depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _NAMES and isinstance(inner, str):
                yield inner
            elif key in _OBJECTS:
                yield from _named(inner)
            else:
                yield from _networks(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _networks(inner)


def _named(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            yield from (str(one[key]) for key in ("id", "name") if one.get(key))
        elif isinstance(one, str):
            yield one
