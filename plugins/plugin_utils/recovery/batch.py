# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a batch: whether one run can process them together, and their combined variables."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import vapp_key
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of

# The variables of the role of one host, by their names.
Values = Mapping[str, Any]

SELECTIONS = ("recovery_vm_replication_ids", "recovery_vm_names", "recovery_vapp_names")
# Variables that may differ between hosts; all others must be equal for hosts that are processed together.
OWN = (*SELECTIONS, "recovery_checks", "recovery_report_name", "recovery_stats_key", "recovery_report")
# Variables that the role and its playbooks set or read but that are not options, and the one that the inventory plugin
# sets for every host.
_OTHERS = (
    "recovery_state",
    *("recovery_report", "recovery_status", "recovery_hook", "recovery_wave", "recovery_hosts"),
    *("recovery_max_drill_age", "recovery_require_drills", "recovery_history_dir", "recovery_history_ask_service"),
)
_MODES = {"failback": "planned", "drill": "test", "reverse": "", "cleanup": "", "status": ""}


def unknown_variable(names: Iterable[str], known: Iterable[str]) -> str:
    """Report variables with the prefix of the role that the role does not have, because they may be misspelt.

    :param names: the names of all variables of a host
    :param known: the variables of the role
    :returns: a message that names the nearest variable of the role; empty if there is nothing to say
    """
    known = [*known, *_OTHERS]
    unknown = sorted(name for name in names if name.startswith("recovery_") and name[9:10] != "_" and name not in known)
    if not unknown:
        return ""
    nearest = ", ".join(
        f"{name} (did you mean {difflib.get_close_matches(name, known, 1, 0.0)[0]}?)" for name in unknown
    )
    return (
        f"Unknown variables of the role: {nearest}. Variables of your own need names that do not begin with recovery_."
    )


def differing(hosts: Mapping[str, Values]) -> tuple[str, str, str] | None:
    """Return the difference that prevents processing hosts together.

    :param hosts: the variables of each host
    :returns: a variable and two hosts for which it differs; None if there is none
    """
    names = list(hosts)
    shared = {host: _shared(values) for host, values in hosts.items()}
    for host in names[1:]:
        if shared[host] == shared[names[0]]:
            continue
        for variable in sorted({*shared[host], *shared[names[0]]}):
            if shared[host].get(variable) != shared[names[0]].get(variable):
                return variable, names[0], host
    return None


def _shared(values: Values) -> dict[str, str]:
    return {name: json.dumps(value, sort_keys=True, default=str) for name, value in values.items() if name not in OWN}


def compact(hosts: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what hosts have in common, and the hosts with only what is their own.

    The variables of hundreds of hosts are nearly equal, and every process of a play gets them all.

    :param hosts: with the ``values`` of each, at least one
    :returns: the common values, and the hosts; ``spread`` undoes it
    """
    first, *others = (one["values"] for one in hosts.values())
    common = {name: value for name, value in first.items() if all(name in one and one[name] == value for one in others)}
    own = {
        host: {**one, "values": {name: value for name, value in one["values"].items() if name not in common}}
        for host, one in hosts.items()
    }
    return common, own


def spread(common: Values, host: Mapping[str, Any]) -> dict[str, Any]:
    """Return a host with all its ``values``.

    :param common: from ``compact``
    :param host: a host from ``compact``
    """
    return {**host, "values": {**common, **host["values"]}}


def joined(hosts: Sequence[Values]) -> dict[str, Any]:
    """Combine the variables of hosts that are processed together: selections and checks are concatenated.

    :param hosts: the variables of each host, at least one
    """
    together = dict(hosts[0])
    for name in SELECTIONS:
        together[name] = names_of([item for values in hosts for item in names_of(values.get(name))])
    checks = [check for values in hosts for check in values.get("recovery_checks") or ()]
    together["recovery_checks"] = [check for number, check in enumerate(checks) if check not in checks[:number]]
    return together


def wanted_by(values: Values) -> list[str] | None:
    """Return the ids and names that a host selects; None if ``recovery_all`` or the waves select."""
    wanted = [
        vapp_key(item) if name == "recovery_vapp_names" else item
        for name in SELECTIONS
        for item in names_of(values.get(name))
    ]
    return None if values.get("recovery_all") or not wanted else wanted


def with_hosts(waves: Sequence[Any], groups: Mapping[str, Sequence[str]], hosts: Mapping[str, Values]) -> list[Any]:
    """Return the waves with the VMs of the hosts that they name.

    :param waves: ``recovery_waves``; ``hosts`` of a wave names groups and hosts of the inventory
    :param groups: the hosts of each group of the inventory
    :param hosts: the variables of the hosts that are processed together
    :raises LookupError: with a message, if the inventory has no such group or host
    """
    everybody = {host for members in groups.values() for host in members} | set(hosts)
    complete = []
    for wave in waves:
        if not isinstance(wave, Mapping) or not wave.get("hosts"):
            complete.append(wave)
            continue
        chosen = []
        for name in names_of(wave["hosts"]):
            if name not in groups and name not in everybody:
                raise LookupError(
                    f"recovery_waves: hosts of wave {wave.get('name')!r}: the inventory has no group or host {name!r}."
                )
            chosen += [host for host in groups.get(name, [name]) if host in hosts and host not in chosen]
        own = {
            key: [
                *names_of(wave.get(key)),
                *(item for host in chosen for item in names_of(hosts[host].get("recovery_" + key))),
            ]
            for key in ("vm_replication_ids", "vm_names", "vapp_names")
        }
        complete.append({**wave, **{key: names_of(items) for key, items in own.items()}})
    return complete


def mode_of(entry_point: str, values: Values) -> str:
    """Return how an entry point recovers: ``unplanned``, ``planned`` or ``test``; empty if it does not recover."""
    return _MODES.get(entry_point, str(values.get("recovery_mode") or ""))


def settings_of(entry_point: str, values: Values) -> dict[str, Any]:
    """Return the argument of ``waves.plan``.

    :param values: the variables of a host, or of several after ``joined``
    """
    return {
        "active_site": values.get("recovery_active_site") or "",
        "vm_replication_ids": values["recovery_vm_replication_ids"],
        "vm_names": values["recovery_vm_names"],
        "vapp_names": values["recovery_vapp_names"],
        "split_vapps": values["recovery_split_vapps"],
        "include_migrations": values["recovery_include_migrations"],
        "report": values["recovery_from_report"],
        "all": values["recovery_all"],
        "organizations": values["recovery_organizations"],
        "owner": values["recovery_owner"],
        "all_organizations": values["recovery_all_organizations"],
        "waves": values["recovery_waves"],
        "before": values["recovery_hooks_before"],
        "after": values["recovery_hooks_after"],
        "verify": values["recovery_hooks_verify"],
        "max_failures": values.get("recovery_max_failures"),
        # A planned migration can wait, so by default a wave needs all waves before it.
        "is_planned": mode_of(entry_point, values) == "planned",
        "instance_before": values["recovery_instance_before"],
        "instance_ids": values["recovery_instance_ids"],
        # A failback has no option for a point in time; every other migration refuses one.
        "newest_only": mode_of(entry_point, values) == "planned" and entry_point != "failback",
        "checks": values["recovery_checks"],
        "positive": {
            name: values[name]
            for name in (
                "recovery_wait_timeout",
                "recovery_poll_interval",
                "recovery_max_concurrent",
                "recovery_verify_timeout",
                "recovery_verify_interval",
            )
        },
    }
