# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the other site: if it works, an unplanned failover would run workloads twice; a migration needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED, UNREACHABLE
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import is_protected, is_recovered
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import finder
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import MORE_OPTIONS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed

# Request timeout in seconds. The service at the active site reports what it knows about the other site; it does not
# contact that site, so the run does not wait for a site that is down.
PATIENCE = 10.0
_RECOVERS = ("main", "failover", "failback", "readiness")
# Entry points that also reverse. A readiness check predicts a reverse, too.
_REVERSES = ("main", "failback", "readiness")
_MOST_NAMES = 5
_CHECKED_BY_MODULES = (*MORE_OPTIONS, "instance_before", "instance_ids")


def sites_in_question(run: Mapping[str, Any], *, is_down: bool) -> list[str]:
    """Return the other sites of the VMs that are still to be recovered; empty if their state does not matter.

    :param run: the run with its selection
    :param is_down: ``recovery_source_is_down``; the state of the site then does not matter to an unplanned failover
    """
    if run["entry_point"] not in _RECOVERS or run["failure"] or (is_down and run["mode"] == "unplanned"):
        return []
    return sorted({_other_site(record, run["active_site"]) for record in _pending(run)})


def judged(run: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse the run if the state of the other site forbids it; in a readiness check, which must go on, add a note.

    :param run: the run with its selection
    :param answer: the result of ``site_info``; ``is_reachable`` says that neither direction of the connection to a
        site reports an error. Nothing is refused without a result, or for a site that is not in it
    :returns: the run
    """
    reachable = {site["name"]: site["is_reachable"] for site in answer.get("sites") or ()}
    for site in sites_in_question(run, is_down=False):
        concerned = [record for record in _pending(run) if _other_site(record, run["active_site"]) == site]
        if run["mode"] == "unplanned" and reachable.get(site):
            return _refused(run, source_answers(site, concerned))
        if run["mode"] == "planned" and reachable.get(site) is False:
            return _refused(run, _unreachable(site))
    return dict(run)


def everything_is_there(run: Mapping[str, Any]) -> bool:
    """Tell whether all VMs of a recovery already run at the active site and replicate away from it."""
    site, records = run["active_site"], run["vms"]
    if run["entry_point"] not in _RECOVERS or run["failure"] or not records:
        return False
    return all(record["start"] and not record["error"] and is_protected(record["start"], site) for record in records)


def has_nothing_to_do(run: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Tell whether all steps of a recovery can be skipped, because none has anything to do.

    With options that only the modules check, no step is skipped, so that every run reports invalid ones.

    :param values: the variables of the role
    """
    options = [values.get("recovery_" + name) for name in _CHECKED_BY_MODULES]
    options += [wave.get(name) for wave in [*run["waves"], *_given_waves(values)] for name in _CHECKED_BY_MODULES]
    return run["entry_point"] != "readiness" and not any(options) and everything_is_there(run)


def question(run: Mapping[str, Any]) -> str:
    """Return a question whether the active site is right, if everything already runs there; otherwise empty."""
    if not everything_is_there(run):
        return ""
    site = run["active_site"]
    peers = ", ".join(sorted({_other_site(record, site) for record in run["vms"]}))
    return (
        f"Everything that was selected already runs at {site} and replicates to {peers}. "
        f"Is {site} the site that was meant by recovery_active_site?"
    )


def note_on_verification(run: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return a warning if the run recovers VMs and reverses them without verification; otherwise empty.

    :param values: the variables of the role
    """
    pending = _pending(run)
    names = {record["wave"] for record in pending}
    waves = [wave for wave in run["waves"] if wave["name"] in names and not wave["verify"]]
    if run["entry_point"] not in _REVERSES or not waves:
        return ""
    find = finder(pending)
    if any(find(check.get("vm_name")) for check in values.get("recovery_checks") or ()):
        return ""
    return (
        "Nothing verifies the recovered VMs before their replications are reversed, and a reverse removes the original "
        "VMs. Set recovery_checks or recovery_hooks_verify, or reverse later."
    )


def source_answers(site: str, concerned: Sequence[Record]) -> dict[str, str]:
    """Return the error of an unplanned failover while the source site answers.

    :param site: the source site
    :param concerned: the VMs that may still run there
    """
    names = [record["label"] for record in concerned]
    return {
        "category": REFUSED,
        "code": "SOURCE_ANSWERS",
        "message": f"Site {site} answers, and VMs may still run there: {listed(names, _MOST_NAMES)}. "
        "An unplanned failover does not stop them, so they would run at both sites.",
        "hint": "If both sites work, use recovery_mode: planned. If the VMs do not run at "
        f"{site} any more, set recovery_source_is_down: true.",
    }


def _refused(run: Mapping[str, Any], failure: Mapping[str, str]) -> dict[str, Any]:
    if run["entry_point"] != "readiness":
        return dict(run, failure=dict(failure))
    if run["mode"] == "planned":
        # The readiness check of each VM reports it.
        return dict(run)
    note = f"Now an unplanned failover is refused: {failure['message']} {failure['hint']}"
    return dict(run, notes=[note, *run["notes"]])


def _unreachable(site: str) -> dict[str, str]:
    return {
        "category": UNREACHABLE,
        "code": "PEER_UNREACHABLE",
        "message": f"{site} cannot be reached: use an unplanned failover.",
        "hint": f"A migration needs both sites. Restore the connection to {site}, or, if it is down, use an unplanned "
        "failover (opendr.vcda.failover with recovery_mode: unplanned).",
    }


def _pending(run: Mapping[str, Any]) -> list[Record]:
    site = run["active_site"]
    return [
        record
        for record in run["vms"]
        if record["start"]
        and not record["error"]
        and not is_protected(record["start"], site)
        and not is_recovered(record["start"], site)
    ]


def _other_site(record: Record, site: str) -> str:
    state = record["start"]
    return str(state["source_site"] if state["destination_site"] == site else state["destination_site"])


def _given_waves(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the waves of the user's variables."""
    waves = values.get("recovery_waves")
    return [wave for wave in waves if isinstance(wave, Mapping)] if isinstance(waves, list) else []
