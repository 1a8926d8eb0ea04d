# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a run of the role, which is passed from task to task as data, and the VMs of each host in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import batch as batches
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import STEPS, open_records
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import refuse
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import held, holds
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import problem_of_networks, starts_tests
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import obstacle
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import Report, build_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record, select
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import State, is_protected, is_recovered
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import parse_vapps
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import (
    finder,
    nothing_elsewhere,
    problem_of_options,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of, plan

Run = dict[str, Any]
NO_VALUES: batches.Values = MappingProxyType({})

# The stages of hooks for the run as a whole, not for a wave.
STAGES_OF_RUN = ("start", "end", "failure")
# What a run holds; each task of the role gets it in ``recovery__run`` and returns it.
KEYS = (
    # What it is; these do not change.
    "id",  # the time of its beginning, such as 20260131T235959Z
    "started",  # the same in seconds since the epoch
    "entry_point",
    "mode",  # unplanned, planned or test; empty if the entry point recovers nothing
    "dry",  # whether it must not change anything
    "active_site",
    "launched_by",  # the user of AWX
    "members",  # the hosts that are processed together
    "wanted",  # for each host with valid variables the ids and names that it selects; None for all
    "problems",  # for each other host why its variables are invalid
    # What the variables of these hosts ask for.
    "waves",  # from ``waves.plan``
    "query",  # from ``waves.plan``
    "checks",  # recovery_checks
    "hooks",  # of each of STAGES_OF_RUN
    "drill_hooks",  # recovery_drill_hooks
    "hold",  # whether a drill leaves its tests running
    # What the service has told at the login and at the first reading.
    "service",
    "user",
    "operation_id",
    "api_version",
    # What has happened so far.
    "vms",  # the VMs: see ``selection.new_record``
    "settled",  # whether all steps can be skipped, because none has anything to do
    "opened",  # whether it has reached the work between the hooks at start and end
    "stage",  # the hooks and checks that are due: see ``recovery_note``
    "halted",  # for each wave that was not started the wave that prevented it
    "hook_errors",  # of hooks at the end and after a failure
    "failure",  # the error of the run as a whole; empty if there is none
    "notes",  # sentences for the report
    "readiness",  # results of readiness checks: see ``answers``
)


def begin(batch: Mapping[str, Any], members: Sequence[str], groups: Mapping[str, Sequence[str]], *, dry: bool) -> Run:
    """Return the initial state of a run, before anything is read.

    :param batch: the result of ``recovery_batch``: ``id``, ``started``, ``entry_point``, and ``hosts`` with ``values``
        and ``problem`` of each
    :param members: the hosts that are processed together
    :param groups: the hosts of each group of the inventory
    :param dry: whether the run must not change anything
    :returns: the run, with ``problems`` of hosts with invalid variables, which are left out
    """
    entry_point = batch["entry_point"]
    tests = starts_tests(entry_point, batch.get("tags") or ())
    problems = _problems(batch, members, groups, tests=tests)
    values = {host: batch["hosts"][host]["values"] for host in members if host not in problems}
    some = next(iter(values.values()), batch["hosts"][members[0]]["values"])
    run: Run = {
        "id": batch["id"],
        "started": batch["started"],
        "entry_point": entry_point,
        "mode": batches.mode_of(entry_point, some),
        "dry": dry or entry_point == "readiness",
        "active_site": str(some.get("recovery_active_site") or ""),
        "service": "",
        "user": "",
        "api_version": "",
        "operation_id": "",
        "launched_by": batch["launched_by"],
        "members": list(members),
        "wanted": {host: batches.wanted_by(own) for host, own in values.items()},
        "problems": problems,
        "waves": [],
        "query": {},
        "checks": [],
        "drill_hooks": bool(some.get("recovery_drill_hooks")),
        "hold": holds(entry_point, some, batch.get("tags") or ()),
        "vms": [],
        "settled": False,
        "halted": {},
        "failure": {},
        "notes": [],
        "readiness": [],
        "hooks": _hooks_of_run(entry_point, some),
        "opened": False,
        "hook_errors": [],
        "stage": {},
    }
    if values:
        together = batches.joined(list(values.values()))
        planned = _planned(entry_point, together, groups, values, tests=tests)
        run.update(waves=planned["waves"], query=planned["query"], checks=together["recovery_checks"])
        if planned["problem"]:
            run["failure"] = {"message": planned["problem"]}
    return run


def _hooks_of_run(entry_point: str, values: batches.Values) -> dict[str, list[str]]:
    """Return the hooks of the run as a whole; in a drill only if allowed, because they may affect production."""
    if entry_point == "drill" and not values.get("recovery_drill_hooks"):
        return {stage: [] for stage in STAGES_OF_RUN}
    return {stage: names_of(values.get(f"recovery_hooks_{stage}")) for stage in STAGES_OF_RUN}


def _problems(
    batch: Mapping[str, Any], members: Sequence[str], groups: Mapping[str, Sequence[str]], *, tests: bool
) -> dict[str, str]:
    """Return for each host with invalid variables why they are invalid."""
    readable = {host: batch["hosts"][host]["values"] for host in members if not batch["hosts"][host]["problem"]}
    problems = {host: batch["hosts"][host]["problem"] for host in members if host not in readable}
    for host, own in readable.items():
        problem = _planned(batch["entry_point"], own, groups, readable, tests=tests)["problem"]
        if problem:
            problems[host] = problem
    return problems


def _planned(
    entry_point: str,
    own: batches.Values,
    groups: Mapping[str, Sequence[str]],
    values: Mapping[str, batches.Values],
    *,
    tests: bool,
) -> dict[str, Any]:
    """Return what ``waves.plan`` makes of variables, or why it cannot.

    :param own: the variables of one host, or the combined ones of several
    :param values: those of all hosts that are processed together, whose VMs a wave may take
    :param tests: whether the run starts tests, whose networks are then checked
    """
    settings = batches.settings_of(entry_point, own)
    try:
        settings["waves"] = batches.with_hosts(settings["waves"] or (), groups, values)
    except LookupError as error:
        return {"waves": [], "query": {}, "problem": str(error.args[0])}
    settings["is_joined"] = len(values) > 1
    problem = problem_of_networks(own) if tests else ""
    return {"waves": [], "query": {}, "problem": problem} if problem else plan(settings)


def work_to_do(run: Run) -> bool:
    """Tell whether a run needs the service: it has hosts with valid variables and has not failed."""
    return bool(run["wanted"]) and not run["failure"]


def masked_in(documents: Sequence[Mapping[str, Any]], run: Run) -> str:
    """Report a password that is part of a name or an id, because Ansible masks it in the results of modules.

    :param documents: the API objects that were read
    :param run: with its query and waves
    :returns: a message that does not say which one; empty if nothing is masked that the run compares
    """
    by_name = bool(run["query"]["vm_names"]) or any(wave["vm_names"] for wave in run["waves"])
    ends = [document.get(end) for document in documents for end in ("source", "destination")]
    texts = [
        *(document.get("id") for document in documents),
        *(end.get("site") for end in ends if isinstance(end, Mapping)),
        *(document.get("vmName") for document in documents if by_name),
    ]
    if not any(MASK in str(text) for text in texts):
        return ""
    return (
        "A password of this run is part of the name of a VM or a site, or of an id. Ansible masks it there, so the VMs "
        "cannot be told apart by name. Nothing was done. Leave out the password if it is not needed, as that of the"
        " other site in a failover; change it; or select the VMs by their ids or with recovery_all."
    )


def take_selection(
    run: Run,
    documents: Sequence[Any],
    vapps: Sequence[Any] = (),
    values: batches.Values = NO_VALUES,
    *,
    peer_site: str,
    elsewhere: Callable[[], Collection[str]] = nothing_elsewhere,
    unreadable: Sequence[Mapping[str, Any]] = (),
) -> Run:
    """Return the run with a record for each VM.

    :param documents: the API objects of VM replications that were read
    :param vapps: the API objects of vApp replications
    :param values: the variables of the role, for options of single VMs
    :param peer_site: see ``selection.select``
    :param elsewhere: see ``selection.select``
    :param unreadable: see ``selection.select``
    """
    found = select(
        documents,
        run["waves"],
        run["query"],
        vapps=parse_vapps(vapps),
        elsewhere=elsewhere,
        entry_point=run["entry_point"],
        active_site=run["active_site"],
        peer_site=peer_site,
        unreadable=unreadable,
        on_hosts=run["members"] != ["localhost"],
    )
    problem = found["problem"] or problem_of_options(_used(values, run["entry_point"]), found["vms"], elsewhere)
    failure = {"message": problem} if problem else run["failure"]
    vms = held(found["vms"]) if run["hold"] else found["vms"]
    return dict(run, vms=vms, failure=failure, notes=[*run["notes"], *found["notes"]])


def _used(values: batches.Values, entry_point: str) -> batches.Values:
    """Return the variables without the module options that the entry point uses only to compare networks."""
    unused = _ONLY_COMPARED.get(entry_point, ())
    return {name: value for name, value in values.items() if name not in unused}


_ONLY_COMPARED = {
    "drill": ("recovery_failover_options", "recovery_migrate_options"),
    "readiness": ("recovery_failover_options", "recovery_migrate_options", "recovery_test_options"),
}


def wave_of(run: Run, name: str | None) -> Mapping[str, Any]:
    """Return a wave by its name; an empty mapping if the name is None, which means all waves."""
    return next((wave for wave in run["waves"] if wave["name"] == name), {})


def admit(run: Run, name: str | None, *, seconds_left: float) -> Run:
    """Refuse the VMs of a wave that must not be started.

    :param name: the wave; None for a step of all waves, which is never refused
    :param seconds_left: seconds until the deadline of a drill
    :returns: the run
    """
    if name is None:
        return run
    if run["entry_point"] == "drill":
        return run if seconds_left > 0 else dict(run, vms=refuse(run["vms"], wave=name, **_DEADLINE_PASSED))
    needed, what = obstacle(run, wave_of(run, name))
    if not needed:
        return run
    budget = wave_of(run, needed)["max_failures"] or 0
    refusal = {
        "code": "WAVE_NOT_STARTED",
        "message": f"The wave was not started, because it needs wave {needed}: {what}; {budget} allowed.",
        "hint": f"Resolve the failures of wave {needed} and run again, or increase its max_failures or "
        "recovery_max_failures.",
    }
    halted = {**run["halted"], name: needed}
    return dict(run, halted=halted, vms=refuse(run["vms"], wave=name, **refusal))


_DEADLINE_PASSED = {
    "code": "DEADLINE_PASSED",
    "message": "The deadline of the drill had passed before this wave.",
    "hint": "Raise recovery_drill_deadline, or find out what took the waves before it so long.",
}


def open_records_of(run: Run) -> list[Record]:
    """Return the VMs that the run still has to process; in a drill all VMs without an error."""
    return [record for record in run["vms"] if record["id"] and not record["error"] and _is_open(record["now"], run)]


def _is_open(state: State, run: Run) -> bool:
    site, entry_point = run["active_site"], run["entry_point"]
    if entry_point == "drill":
        return True
    if entry_point == "cleanup":
        return STEPS["cleanup"].concerns(state, site)
    return not is_protected(state, site) and not (entry_point == "failover" and is_recovered(state, site))


def hook_records(run: Run, stage: str, wave: str) -> list[Record]:
    """Return the VMs of a wave for which its hooks run; none after the run has failed; see ``course.open_records``."""
    return [] if run["failure"] else open_records(run["vms"], stage, run["active_site"], wave)


def parts_of(run: Run) -> dict[str, list[Record]]:
    """Return the VMs that each host has selected; all if ``recovery_all`` or the waves select."""
    by_key: dict[str, list[Record]] = {}
    for record in run["vms"]:
        for key in record["asked"]:
            by_key.setdefault(key, []).append(record)
    return {
        host: run["vms"] if wanted is None else [record for key in wanted for record in by_key.get(key, ())]
        for host, wanted in run["wanted"].items()
    }


def report_of(run: Run, values: batches.Values, vms: Sequence[Record], *, ended: float, host: str = "") -> Report:
    """Return the report of one host or of all hosts of the run.

    :param values: the variables of the host, or of any host for the report of all
    :param vms: the VMs of the host, or all VMs
    :param ended: when the run ended, in seconds since the epoch
    :param host: empty for all hosts
    """
    problems = [run["problems"].get(host, "")] if host else list(run["problems"].values())
    failure = run["failure"] or next(({"message": problem} for problem in problems if problem), {})
    return build_report(
        {
            **run,
            "host": host or f"{len(run['members'])} hosts",
            "vms": vms,
            "failure": failure,
            "ended": ended,
            "checked_nobody": _checked_nobody(run, values),
            "rto_target": values.get("recovery_rto_target") or 0,
            "deadline": (values.get("recovery_drill_deadline") or 0) if run["entry_point"] == "drill" else 0,
        }
    )


def _checked_nobody(run: Run, values: batches.Values) -> list[str]:
    """Return names in checks that match no VM; only with ``all``, because a selection may leave out VMs with checks."""
    if not run["query"].get("all"):
        return []
    names = [check.get("vm_name") for check in values.get("recovery_checks") or ()]
    find = finder(run["vms"])
    return [name for name in dict.fromkeys(names) if not find(name)]
