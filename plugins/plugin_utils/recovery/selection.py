# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the replications of a recovery: matches the replications of the site with the user's selection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.similar_names import hint_on, similar
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import (
    in_report,
    meant_by_all,
    meant_by_wave,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.named import (
    ambiguous,
    outside_of_scopes,
    problem_with,
    resolved,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import parse, state_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.tenants import (
    belongs,
    check_tenants,
    labelled,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import vapp_key, with_vapps
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import (
    finder,
    named_twice,
    nothing_elsewhere,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError, Wave, is_whole

NO_VAPPS: Mapping[str, Replication] = MappingProxyType({})
Record = dict[str, Any]
# The number of the wave, and the position in it.
Place = tuple[int, int]


def select(
    documents: Iterable[Any],
    waves: Sequence[Wave],
    query: Mapping[str, Any],
    *,
    active_site: str,
    peer_site: str = "",
    entry_point: str = "failover",
    vapps: Mapping[str, Replication] = NO_VAPPS,
    elsewhere: Callable[[], Collection[str]] = nothing_elsewhere,
    unreadable: Sequence[Mapping[str, Any]] = (),
    on_hosts: bool = False,
) -> dict[str, Any]:
    """Build the record of every VM of the recovery, in the order of the waves.

    :param documents: the API objects that were read
    :param waves: from ``plan``
    :param query: from ``plan``
    :param active_site: the site on which the workloads are to run
    :param peer_site: only replications with this site at the other end; empty for any
    :param entry_point: a drill can only test replications to the site: others are refused, or left out with ``all``
    :param vapps: the vApp replications that the VM replications belong to, and those that were named
    :param elsewhere: returns names and ids of VMs of hosts outside this run, which a point in time may name
    :param unreadable: replications that ``vm_replication_info`` could not read: ``id``, ``vm_name`` and ``error`` of
        each. With ``all`` each gets a record with its error, unless tenants are named; otherwise only if it is selected
    :param on_hosts: whether hosts of the inventory select the VMs
    :returns: ``vms``, one record for each VM; a VM that is not found or is ambiguous has an error and does not stop the
        others; ``problem``, why ``all``, a tenant, a check or a point in time is invalid, or empty; and ``notes``,
        sentences about what ``all`` leaves out
    """
    parsed = [parse(document) for document in documents]
    visible = [item for item in parsed if _has_both_sites(item) and _touches(item, active_site, peer_site)]
    found = {item.id: item for item in visible if belongs(item, query)}
    no_site = _no_such_site(parsed, active_site, peer_site)
    try:
        check_tenants(visible, query)
        wanted, notes = _wanted(query, found, active_site, entry_point)
    except RecoveryInputError as error:
        return {"vms": [], "problem": f"{error} {no_site}".strip(), "notes": []}
    unreadable = [*unreadable, *(_without_a_site(item) for item in parsed if not _has_both_sites(item))]
    if query["all"] and not (query["organizations"] or query["owner"]):
        wanted += [_key(one) for one in unreadable]
    meant = (
        (key, _usable(item, active_site, entry_point, no_site), wave)
        for key, item, wave in resolved(wanted, found, vapps, query, _errors_by_name(unreadable))
    )
    vms = with_vapps(
        _without_ambiguous(waves, labelled(_in_order_of_waves(meant, waves, vapps)), vapps),
        vapps,
        active_site=active_site,
        entry_point=entry_point,
        may_split=query["split_vapps"],
        on_hosts=on_hosts,
    )
    problem = _unknown_points_in_time(waves, vms, elsewhere) or _ambiguous_checks(query, vms)
    return {"vms": vms, "problem": problem, "notes": notes}


def _wanted(
    query: Mapping[str, Any], found: Mapping[str, Replication], active_site: str, entry_point: str
) -> tuple[list[str], list[str]]:
    """Return the ids and names that are selected, and sentences about what is left out.

    Names that a wave limits to its tenants are not among them; ``resolved`` looks them up there.

    :raises RecoveryInputError: if all is selected, of the site or of the tenants of a wave, and there is nothing, or it
        is not clear what is meant
    """
    if query["all"]:
        chosen, notes = meant_by_all(found.values(), query, active_site=active_site, entry_point=entry_point)
        return _ids_of_all(chosen, notes, active_site, entry_point), notes
    wanted = outside_of_scopes(query, "vm_replication_ids") + outside_of_scopes(query, "vm_names")
    wanted += dict.fromkeys(in_report(entry, found) for entry in query["report"])
    notes = []
    for scope in filter(is_whole, query["scopes"]):
        chosen, more = meant_by_wave(found.values(), scope, query, active_site=active_site, entry_point=entry_point)
        wanted += _ids_of_all(chosen, more, active_site, entry_point)
        notes += more
    return wanted, notes


def _errors_by_name(unreadable: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the errors of replications that cannot be read, by everything that may select them."""
    return {
        str(name): one["error"] for one in unreadable for name in (one.get("vm_name"), one.get("id"), _key(one)) if name
    }


def _usable(item: Any, active_site: str, entry_point: str, no_site: str) -> Any:
    """Return a replication, or the error why it is not usable.

    :param item: a replication, or an error
    :param no_site: from ``_no_such_site``, which may be why a replication was not found
    """
    if entry_point == "drill" and isinstance(item, Replication) and item.destination_site != active_site:
        return _leads_elsewhere(item, active_site)
    return _with_note(item, no_site)


def _in_order_of_waves(
    meant: Iterable[tuple[str, Any, str]], waves: Sequence[Wave], vapps: Mapping[str, Replication]
) -> list[Record]:
    """Return one record for each VM, however often it is selected.

    :param meant: what selects a VM, its replication or error, and the wave that limits the selection to tenants
    """
    placed: dict[str, tuple[Place, Record]] = {}
    for key, item, wave in meant:
        place, record = _placed(key, item, waves, vapps, wave)
        _place_of_it, kept = placed.setdefault(record["id"] or f"{key} {wave}", (place, record))
        kept["asked"].append(key)
    return [record for _place, record in sorted(placed.values(), key=lambda entry: entry[0])]


def new_record(key: str, replication: Replication | None, wave: str, error: Mapping[str, Any] | None = None) -> Record:
    """Return the initial record of a VM.

    Later steps add ``lost_mappings`` (``course.merge``), ``checks`` (``findings.verified``), ``check``
    (``findings.checked``), ``untouched`` and ``differences`` (``findings.compare``), and ``test``
    (``held_tests.with_times``).

    :param key: the id or name that the user gave
    :param replication: the replication that was found, if any
    :param wave: the name of its wave
    :param error: why the VM is left out, if it is
    """
    state = state_of(replication) if replication else None
    return {
        "key": key,
        # All ids and names that select the VM.
        "asked": [],
        # A reverse may change the id.
        "id": replication.id if replication else None,
        "previous_id": None,
        "start_id": replication.id if replication else None,
        "vm_name": replication.name if replication else key,
        "vm_id": replication.source_id if replication else None,
        # The name that messages and reports show, unique in the run: see ``tenants.labelled``.
        "label": replication.name if replication else key,
        "organization": replication.organization if replication else None,
        "owner": replication.owner if replication else None,
        "wave": wave,
        # The states of the replication at the beginning and now.
        "start": state,
        "now": state,
        # Whether it is recovered with its whole vApp, and how its recovery splits the vApp: see ``vapps.with_vapps``.
        "by_vapp": False,
        "splits": "",
        # Whether a drill leaves its test running.
        "held": False,
        "changed": False,
        # Whether ``now`` is a prediction.
        "predicted": False,
        # Whether it passed its verification; None without one.
        "verified": None,
        "steps": [],
        # Failures of hooks that are no errors of the VM.
        "hook_failures": [],
        # The first error. It ends the work on the VM; only the cleanup of a test goes on.
        "error": dict(error, step="select") if error else None,
    }


def _without_ambiguous(waves: Sequence[Wave], vms: Sequence[Record], vapps: Mapping[str, Replication]) -> list[Record]:
    """Refuse the VMs that share a name in a wave, or belong to vApps that share one, because one may be meant."""
    refused: dict[str, dict[str, Any]] = {}
    for wave in waves:
        members = [vm for vm in vms if vm["wave"] == wave["name"] and vm["id"]]
        by_name = [(name, "id", [vm for vm in members if vm["vm_name"] == name]) for name in wave["vm_names"]]
        by_name += [
            (vapp_key(name), "organization", [vm for vm in members if _vapp_name(vm["start"], vapps) == name])
            for name in wave["vapp_names"]
        ]
        for name, apart, named in by_name:
            if len({vm[apart] for vm in named}) > 1:
                listed = ", ".join(f"{vm['id']} (organization {vm['organization']})" for vm in named)
                message = f"{name} in wave {wave['name']} is the name of {len(named)} VM replications: {listed}."
                refused.update(dict.fromkeys((vm["id"] for vm in named), ambiguous(message)))
    return [
        dict(vm, error=vm["error"] or dict(refused[vm["id"]], step="select")) if vm["id"] in refused else vm
        for vm in vms
    ]


def _vapp_name(state: Mapping[str, Any], vapps: Mapping[str, Replication]) -> str | None:
    vapp = vapps.get(str(state.get("vapp_replication_id")))
    return vapp.name if vapp else None


def _ambiguous_checks(query: Mapping[str, Any], vms: Sequence[Record]) -> str:
    """Report checks that name several VMs: a check that passes for the wrong VM verifies nothing."""
    find = finder(vm for vm in vms if vm["id"])
    for name in query["checked"]:
        named = find(name)
        if len(named) > 1:
            return (
                f"recovery_checks: {name} is the name of {len(named)} VMs of this recovery: "
                f"{', '.join(vm['label'] for vm in named)}. Give the id of the replication as vm_name."
            )
    return ""


def _unknown_points_in_time(
    waves: Sequence[Wave], vms: Sequence[Record], elsewhere: Callable[[], Collection[str]]
) -> str:
    """Report instances whose VM is not found: the intended VM would be recovered to its newest data instead."""
    known: dict[str, bool] = {}
    for wave in waves:
        members = [vm for vm in vms if vm["wave"] == wave["name"]]
        find = finder(members)
        for name in wave["instance_ids"]:
            namesakes = [vm["label"] for vm in find(name)]
            known[name] = known.get(name, False) or bool(namesakes)
            if len(namesakes) > 1:
                return f"recovery_instance_ids: {name} is the name of several VMs: {', '.join(namesakes)}."
        doubled = named_twice(wave["instance_ids"], members, find)
        if doubled:
            return f"recovery_instance_ids: {doubled} is there more than once, under different names."
    unknown = [name for name, is_known in known.items() if not is_known and name not in elsewhere()]
    if not unknown:
        return ""
    advice = next(filter(None, map(hint_on, unknown)), "")
    told = f"recovery_instance_ids: {', '.join(unknown)} is no VM of this recovery, or of the wave that names it."
    return f"{told} {advice}".strip()


def _key(unreadable: Mapping[str, Any]) -> str:
    """Return the id or name of a replication that cannot be read."""
    return str(unreadable.get("id") or unreadable.get("vm_name") or "a replication without id")


def _has_both_sites(item: Replication) -> bool:
    return bool(item.source_site and item.destination_site)


def _without_a_site(item: Replication) -> dict[str, Any]:
    end = "destination" if item.source_site else "source"
    error = problem_with(
        REFUSED,
        "DAMAGED_REPLICATION",
        f"{item.name} ({item.id}) has no {end} site, so it is unknown where it leads.",
        "Look at the replication in the user interface of the service; set it up again if it is damaged there.",
    )
    return {"id": item.id, "vm_name": item.name, "error": error}


def _touches(item: Replication, active_site: str, peer_site: str) -> bool:
    ends = {item.source_site, item.destination_site}
    return active_site in ends and (not peer_site or peer_site in ends - {active_site})


def _no_such_site(items: Iterable[Replication], *wanted: str) -> str:
    """Return a sentence on a wanted site that no replication has at an end; empty if there is none."""
    sites = sorted({site for item in items for site in (item.source_site, item.destination_site) if site})
    missing = next((name for name in wanted if name and name not in sites), None)
    if missing is None or not sites:
        return ""
    told = f"No replication has the site {missing}; their sites are {', '.join(sites)}."
    return f"{told} {similar(missing, sites)}".strip()


def _with_note(item: Any, note: str) -> Any:
    """Add a sentence to the error of a replication that was not found."""
    is_not_found = isinstance(item, Mapping) and item.get("code") == "NOT_SELECTED"
    return {**item, "message": f"{item['message']} {note}"} if note and is_not_found else item


def _ids_of_all(chosen: Sequence[Replication], notes: Sequence[str], active_site: str, entry_point: str) -> list[str]:
    """Return the ids of the replications that "all" selects, ordered by name.

    :param notes: sentences about what is left out, for the error if nothing is left
    :raises RecoveryInputError: if there are none, or if they have several other sites
    """
    peers = sorted({str(_other_end(item, active_site)) for item in chosen})
    if len(peers) > 1:
        raise RecoveryInputError(
            f"recovery_all: replications with more than one other site were found ({', '.join(peers)}); "
            "set recovery_peer_site to the one that is meant."
        )
    if not chosen:
        direction = "to" if entry_point == "drill" else "to or from"
        found = f"recovery_all: no replication {direction} site {active_site} was found."
        raise RecoveryInputError(" ".join([found, *notes]))
    return [item.id for item in sorted(chosen, key=lambda item: (item.name, item.id))]


def _other_end(item: Replication, site: str) -> str | None:
    return item.source_site if item.destination_site == site else item.destination_site


def _placed(
    key: str, item: Any, waves: Sequence[Wave], vapps: Mapping[str, Replication], asked_by: str
) -> tuple[Place, Record]:
    """Assign a VM to its wave: the wave that names it, that names only its tenant, or that has ``remaining``.

    :param asked_by: the wave that selects the VM within its tenants; empty for none
    """
    found = item if isinstance(item, Replication) else None
    vapp = vapps.get(found.vapp_replication_id or "") if found else None
    # A tenant may give a VM the id of another one as its name, or a name that looks like the key of a vApp.
    ids = {key, found.id} if found else {key}
    names = {found.name} if found else {key}
    of_vapps = {vapp_key(vapp.name)} if vapp else set() if found else {key}
    about = [
        (number, wave)
        for number, wave in enumerate(waves)
        if (belongs(found, wave) if found else asked_by in ("", wave["name"]))
    ]
    named_in = [place for place in (_place(wave, number, ids, names, of_vapps) for number, wave in about) if place]
    if not named_in and found:
        named_in = [(number, 0) for number, wave in about if is_whole(wave)]
    place = named_in[0] if named_in else _rest(waves)
    if len(named_in) > 1:
        return named_in[0], new_record(
            key, None, "", _in_two_waves(key, [waves[at]["name"] for at, _order in named_in])
        )
    if place is None:
        return (len(waves), 0), new_record(key, None, "", _in_no_wave(key))
    return place, new_record(key, found, waves[place[0]]["name"], None if found else item)


def _place(
    wave: Wave, number: int, ids: Collection[str], names: Collection[str], vapps: Collection[str]
) -> Place | None:
    """Return the number of the wave and the position in it, if the wave names the VM by an id, its name or its vApp."""
    named = [
        *(identity in ids for identity in wave["vm_replication_ids"]),
        *(name in names for name in wave["vm_names"]),
        *(vapp_key(name) in vapps for name in wave["vapp_names"]),
    ]
    return (number, named.index(True)) if True in named else None


def _rest(waves: Sequence[Wave]) -> Place | None:
    """Return the place of a VM that no wave names."""
    return next(
        (
            (number, len(wave["vm_replication_ids"]) + len(wave["vm_names"]) + len(wave["vapp_names"]))
            for number, wave in enumerate(waves)
            if wave["remaining"]
        ),
        None,
    )


def _in_two_waves(key: str, owners: Sequence[str]) -> dict[str, Any]:
    return problem_with(
        REFUSED,
        "IN_TWO_WAVES",
        f"{key} is in more than one wave: {', '.join(owners)}.",
        "Leave it in one of them.",
    )


def _in_no_wave(key: str) -> dict[str, Any]:
    return problem_with(
        REFUSED,
        "IN_NO_WAVE",
        f"{key} is selected, but in no wave of recovery_waves.",
        "Name it in a wave, or give one wave remaining: true.",
    )


def _leads_elsewhere(item: Replication, active_site: str) -> dict[str, Any]:
    return problem_with(
        REFUSED,
        "WRONG_DIRECTION",
        f"{item.name} ({item.id}) replicates from {item.source_site} to {item.destination_site}, "
        f"so it cannot be tested at {active_site}.",
        "Check recovery_active_site: a drill tests at the destination of the replication.",
    )
