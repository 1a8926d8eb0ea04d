# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of the role about VMs: verification, readiness, and changes by a drill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import IN_PROGRESS, NOT_STARTED
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import fail
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import TEST
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import BASELINE, State, parse, state_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import finder

NO_BASELINES: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def verified(
    records: Sequence[Record],
    asked: Sequence[str],
    results: Iterable[Mapping[str, Any]],
    *,
    by_hook: bool = False,
    hook_error: str = "",
    started: float = 0.0,
    ended: float = 0.0,
) -> list[Record]:
    """Return the records after a verification.

    :param records: all records of the run
    :param asked: the ids of the VMs that were verified
    :param results: one result of ``wait_for`` or ``uri`` for each ready-made check; its loop variable is the check
    :param by_hook: whether a verification hook ran, which verifies all of them; otherwise a VM without a check is not
        verified and its record stays unchanged
    :param hook_error: why the verification hook failed, an error of all of them; empty if it did not fail
    :param started: when the verification began, in seconds since the epoch, by the clock of the controller
    :param ended: when it ended, in the same unit
    """
    find = finder(records)
    checks_of: dict[int, list[dict[str, Any]]] = {}
    for check in map(_check, results):
        for record in find(check["vm_name"]):
            checks_of.setdefault(id(record), []).append(check)
    later = []
    for record in records:
        own = checks_of.get(id(record), [])
        was_verified = record["id"] in asked and (own or by_hook)
        later.append(_verify(record, own, hook_error, started, ended) if was_verified else record)
    return later


def refuse(
    records: Iterable[Record], *, wave: str | None, code: str, message: str, hint: str, step: str = "start"
) -> list[Record]:
    """Set the same error for all VMs of a wave without an error, because nothing will be done with them.

    :param wave: the wave; None for all
    """
    error = {"category": "refused", "code": code, "message": message, "hint": hint}
    return [fail(record, step, error) if wave in (None, record["wave"]) else record for record in records]


def with_hook_failure(records: Iterable[Record], ids: Sequence[str], message: str) -> list[Record]:
    """Record a hook failure that is not an error of its VMs.

    :param ids: the VMs that the hook was for
    :param message: the name of the hook, and why it failed
    """
    return [
        dict(record, hook_failures=[*record["hook_failures"], message]) if record["id"] in ids else record
        for record in records
    ]


def failed_in(records: Iterable[Record], step: str, asked: Sequence[str]) -> list[str]:
    """Return a line for each VM that failed in a step.

    :param step: the key of the step
    :param asked: the ids that its module was called with
    """
    return [
        f"{record['label']}: {record['error']['message']}"
        for record in records
        if record["id"] in asked and record["error"] and record["error"].get("step") == step
    ]


def lost_networks(record: Record) -> str:
    """Return a sentence about the networks of the recovery settings that a reverse did not carry over."""
    names = [
        f"{one['settings']}: {one['source_network'] or 'NIC ' + str(one['nic_index'])} -> {one['destination_network']}"
        for one in record["lost_mappings"]
    ]
    return (
        f"The reverse did not carry over these networks of the recovery settings: {'; '.join(names)}. Set "
        "network_settings with vm_replication or vapp_replication before the next recovery."
    )


def checked(records: Iterable[Record], result: Mapping[str, Any], mode: str) -> list[Record]:
    """Add the findings of ``recovery_readiness_info``; concerns make a VM that needs a step not ready.

    :param result: of the module
    :param mode: planned or unplanned; a planned recovery needs the other site
    :returns: the records with ``check``: ``instance_age_seconds``, ``rpo_violation_minutes``, ``optimized_reverse``,
        ``peer_site``, ``peer_is_reachable``, ``concerns``
    """
    items = {item["id"]: item for item in result.get("vm_replications") or () if item.get("id")}
    return [_checked(record, items.get(record["id"]), result, mode) if record["id"] else record for record in records]


def compare(
    records: Sequence[Record],
    documents: Iterable[Any],
    baselines: Mapping[str, Mapping[str, Any]] = NO_BASELINES,
    *,
    only_tested: bool = False,
) -> list[Record]:
    """Compare the replications before and after a drill or a cleanup.

    :param records: the records of the run
    :param documents: the API objects read afterwards
    :param baselines: states before the drill from an earlier report, by the id of the replication
    :param only_tested: compare only the replications that were in a test at the beginning of the run
    :returns: the records with ``untouched`` and ``differences``; a replication that is missing, changed or still in a
        test gets an error
    """
    later = {replication.id: state_of(replication) for replication in map(parse, documents)}
    return [
        _compared(record, later.get(record["id"]), baselines.get(record["id"], {}))
        if record["id"] and not (only_tested and record["start"]["recovery_state"] != TEST)
        else record
        for record in records
    ]


def _check(result: Mapping[str, Any]) -> dict[str, Any]:
    item = result[result["ansible_loop_var"]]
    target = _without_secrets(item["url"]) if item.get("url") else f"{item.get('host')} port {item.get('port')}"
    failed = bool(result.get("failed") or result.get("unreachable"))
    return {
        "vm_name": item["vm_name"],
        "target": target,
        "passed": not failed,
        "message": str(result.get("msg") or "") if failed else "",
    }


def _without_secrets(url: str) -> str:
    """Return a URL without user information and query, which may hold a password or a token."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _verify(
    record: Record, checks: Sequence[Mapping[str, Any]], hook_error: str, started: float, ended: float
) -> Record:
    failed = [check for check in checks if not check["passed"]]
    passed = not failed and not hook_error
    later = dict(
        record,
        verified=passed,
        checks=[
            *record.get("checks", ()),
            *({key: check[key] for key in ("target", "passed", "message")} for check in checks),
        ],
        steps=[
            *record["steps"],
            {
                "step": "verify",
                "decision": "act",
                "changed": False,
                "failed": not passed,
                "called": started,
                "seconds": ended - started,
            },
        ],
    )
    if passed:
        return later
    problems = [f"{check['target']}: {check['message']}" for check in failed]
    problems += [hook_error] if hook_error else []
    error = {
        "category": "refused",
        "code": "NOT_VERIFIED",
        "message": f"{record['label']} was recovered, but did not pass its verification: {'; '.join(problems)}",
        "hint": "Fix the workload or the check and run again: the recovery itself is not repeated, and the "
        "replication is not reversed before the verification has passed.",
    }
    return fail(later, "verify", error)


def _checked(record: Record, item: Mapping[str, Any] | None, result: Mapping[str, Any], mode: str) -> Record:
    if item is None:
        error = result.get("error") or {}
        return fail(
            record, "check", {**_NOT_CHECKED, "message": str(result.get("msg") or _NOT_CHECKED["message"]), **error}
        )
    peer, instance = item.get("peer") or {}, item.get("latest_instance") or {}
    # The other blockers follow from the state, and the steps have reported them already.
    settings = [one for one in item.get("blocked_by") or () if one.get("settings")]
    concerns = [*settings, *(item.get("concerns") or ())]
    if mode == "planned" and peer.get("is_reachable") is False:
        concerns.append(dict(_PEER_UNREACHABLE, message=f"Site {peer['site']} cannot be reached."))
    if peer.get("is_session_extended") is False and peer.get("is_reachable") and _is_reversed_in(record):
        concerns.append(dict(_NO_SESSION, message=f"The reverse needs a login at site {peer['site']}; none is given."))
    later = dict(
        record,
        check={
            "instance_age_seconds": instance.get("age"),
            "rpo_violation_minutes": item.get("rpo_violation"),
            "optimized_reverse": item.get("optimized_reverse"),
            "peer_site": peer.get("site"),
            "peer_is_reachable": peer.get("is_reachable"),
            "concerns": concerns,
        },
    )
    if not concerns or not record["changed"]:
        return later
    error = {
        "category": "refused",
        "code": concerns[0]["code"],
        "message": " ".join(concern["message"] for concern in concerns),
        "hint": " ".join(dict.fromkeys(concern["remedy"] for concern in concerns)),
    }
    return fail(later, "check", error)


def _is_reversed_in(record: Record) -> bool:
    return any(step["changed"] for step in record["steps"] if step["step"] in ("reverse", "protect_first"))


def _compared(record: Record, later: State | None, baseline: Mapping[str, Any]) -> Record:
    before = {**record["start"], **baseline}
    if later is None:
        differences = ["the replication is gone"]
        return fail(dict(record, untouched=False, differences=differences), "compare", _touched(differences))
    differences = [
        f"{key} was {before.get(key)}, is {later.get(key)}" for key in BASELINE if before.get(key) != later.get(key)
    ]
    is_held = record["held"] and later["recovery_state"] == TEST
    if not is_held and (later["recovery_state"] or NOT_STARTED) != _state_at_rest(before):
        differences.append(f"recovery_state is {later['recovery_state']}")
    compared = dict(record, now=later, untouched=not differences, differences=differences)
    if later["recovery_state"] == TEST and not is_held:
        return fail(compared, "test_cleanup", _LEFTOVER)
    return fail(compared, "compare", _touched(differences)) if differences else compared


def _state_at_rest(before: State) -> Any:
    """Return the expected recovery state after a drill, which also cleans up a test found at its start."""
    return NOT_STARTED if before["recovery_state"] in (None, TEST, IN_PROGRESS) else before["recovery_state"]


def _touched(differences: Sequence[str]) -> dict[str, str]:
    return {
        "category": "refused",
        "code": "PRODUCTION_CHANGED",
        "message": f"The production replication has changed during the drill: {'; '.join(differences)}.",
        "hint": "Another user may have changed it meanwhile: check the task list of the site.",
    }


_LEFTOVER = {
    "category": "refused",
    "code": "TEST_LEFT_BEHIND",
    "message": "The test failover is still active.",
    "hint": "Run the drill again or the cleanup of the role: both clean it up.",
}
_NOT_CHECKED = {
    "category": "server",
    "code": "NOT_CHECKED",
    "message": "The check returned no result for it.",
    "hint": "Run the readiness check again.",
}
_NO_SESSION = {
    "check": "session",
    "code": "SESSION_NOT_EXTENDED",
    "effect": "warns",
    "read_from": "GET /sessions",
    "remedy": "Give credentials for the site in extend_sites of recovery_connection, or in VCDA_PEER_SITE, "
    "VCDA_PEER_USERNAME and VCDA_PEER_PASSWORD.",
}
_PEER_UNREACHABLE = {
    "check": "other_site",
    "code": "PEER_UNREACHABLE",
    "effect": "blocks",
    "read_from": "GET /sites",
    "remedy": "A planned recovery needs both sites: restore the connection, or use an unplanned failover.",
}
