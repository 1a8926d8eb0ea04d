# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which module a step of the role calls, and with which options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.batch import Values
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import missing_item
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import Run, wave_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import items_of_vms, vapp_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import for_vms, options_of

Options = dict[str, Any]
# A warning of a module about one replication.
_NAMED = re.compile(r"^.* \((?P<id>C4(VAPP)?-[0-9A-Fa-f-]+)\): (?P<text>.*)$", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A module call.

    :param module: name of the module, without that of the collection
    :param options: its options, without those of the connection
    :param ids: the VM replications that it is called for
    :param vapps: the VM replications of each vApp replication, if it is called for vApps
    """

    module: str
    options: Options
    ids: Sequence[str]
    vapps: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Target:
    # The name of the module without its prefix vm_ or vapp_.
    module: str
    options: Callable[[Run, Values, Mapping[str, Any], Sequence[str]], Options]
    # A variable of the role with further options of the module.
    further: str = ""


def calls_of(
    run: Run, step: str, ids: Sequence[str], values: Values, *, wave: str | None = None, seconds_left: float = 0.0
) -> list[Call]:
    """Return the module calls of a step, in order.

    :param run: the run
    :param step: a key of ``course.STEPS``
    :param ids: the VM replications that the step is due for
    :param values: the variables of the role
    :param wave: the wave of the step; None for a step of all waves
    :param seconds_left: time limit of a test in seconds
    """
    alone, vapps = _by_vapp(run, ids)
    calls = []
    if alone:
        options = _options(run, step, alone, values, wave, seconds_left)
        calls.append(Call(f"vm_{_TARGETS[step].module}", {"vm_replication_ids": alone, **options}, alone))
    if vapps:
        together = [identity for members in vapps.values() for identity in members]
        options = _options(run, step, together, values, wave, seconds_left)
        calls.append(
            Call(f"vapp_{_TARGETS[step].module}", {"vapp_replication_ids": list(vapps), **options}, together, vapps)
        )
    return calls


def items_of(call: Call, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return one item for each VM of a module call, even if the module returned nothing for it or failed.

    :param call: the module call
    :param answer: the result of the module
    """
    items: list[Mapping[str, Any]] = []
    if not call.vapps:
        items = list(answer.get("vm_replications") or ())
    for item in answer.get("vapp_replications") or ():
        told = items_of_vms(item)
        unread = call.vapps.get(str(item.get("id")), ()) if not told else ()
        items += told or [missing_item(identity, item) for identity in unread]
    known = {item.get("previous_id") or item.get("id"): item for item in items}
    return [known.get(identity) or missing_item(identity, answer) for identity in call.ids]


def with_warnings(call: Call, answer: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with the warnings of the module; the VMs of a vApp get the warnings about the vApp.

    :param items: from ``items_of``
    """
    found: dict[str, list[str]] = {}
    for text in answer.get("warnings") or ():
        named = _NAMED.match(str(text))
        if named:
            for identity in call.vapps.get(named["id"], [named["id"]]):
                found.setdefault(identity, []).append(named["text"])
    return [{**item, "warnings": found.get(identity, [])} for identity, item in zip(call.ids, items)]


def _by_vapp(run: Run, ids: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Split the VMs into those that are recovered alone and those that are recovered with their vApp replication."""
    vapp_ids = {record["id"]: vapp_of(record) for record in run["vms"]}
    alone: list[str] = []
    vapps: dict[str, list[str]] = {}
    for identity in ids:
        (vapps.setdefault(vapp_ids[identity], []) if vapp_ids.get(identity) else alone).append(identity)
    return alone, vapps


def _options(run: Run, step: str, ids: Sequence[str], values: Values, wave: str | None, seconds_left: float) -> Options:
    target = _TARGETS[step]
    wanted = set(ids)
    called = [record for record in run["vms"] if record["id"] in wanted]
    options = {
        **for_vms(options_of(values, target.further, wave), called),
        **for_vms(target.options(run, values, wave_of(run, wave), ids), called),
        "wait_timeout": values["recovery_wait_timeout"],
        "poll_interval": values["recovery_poll_interval"],
        "max_concurrent": values["recovery_max_concurrent"],
        # A drill always cleans up its own tests. Without a value, module_defaults can set the option.
        "respect_recovery_plans": (values.get("recovery_respect_recovery_plans") and step != "test_cleanup") or None,
        # The API objects are needed for any number of VMs: they hold the instances and the VMs of vApps.
        "compact": False,
    }
    if step == "test":
        options["wait_timeout"] = max(int(seconds_left), 1)
    return {key: value for key, value in options.items() if value is not None}


def _at_active_site(run: Run, _values: Values, _wave: Mapping[str, Any], _ids: Sequence[str]) -> Options:
    return {"active_site": run["active_site"]}


def _reversing(run: Run, values: Values, wave: Mapping[str, Any], ids: Sequence[str]) -> Options:
    return {
        **_at_active_site(run, values, wave, ids),
        "compare_networks": values.get("recovery_compare_networks") or None,
    }


def _as_chosen(_run: Run, _values: Values, wave: Mapping[str, Any], _ids: Sequence[str]) -> Options:
    return {"instance_before": wave.get("instance_before") or None, "instance_ids": wave.get("instance_ids") or None}


def _failing_over(run: Run, values: Values, wave: Mapping[str, Any], ids: Sequence[str]) -> Options:
    return {**_at_active_site(run, values, wave, ids), **_as_chosen(run, values, wave, ids)}


def _testing(run: Run, values: Values, wave: Mapping[str, Any], ids: Sequence[str]) -> Options:
    return {"state": "present", **_as_chosen(run, values, wave, ids)}


def _cleaning_up(_run: Run, _values: Values, _wave: Mapping[str, Any], _ids: Sequence[str]) -> Options:
    return {"state": "absent"}


def _wherever(_run: Run, _values: Values, _wave: Mapping[str, Any], _ids: Sequence[str]) -> Options:
    return {}


_TARGETS: Mapping[str, _Target] = {
    "cleanup": _Target("replication_failover_test", _cleaning_up),
    "protect_first": _Target("replication_reverse", _wherever),
    "failover": _Target("replication_failover", _failing_over, "recovery_failover_options"),
    "migrate": _Target("replication_migrate", _at_active_site, "recovery_migrate_options"),
    "reverse": _Target("replication_reverse", _reversing),
    "test": _Target("replication_failover_test", _testing, "recovery_test_options"),
    "test_cleanup": _Target("replication_failover_test", _cleaning_up),
}
