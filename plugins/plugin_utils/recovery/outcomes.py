# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a VM with an error, and whether a wave may start after the failures of the waves that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import TIMEOUT
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import is_protected

# The outcomes of VMs with an error or a failed hook, the most serious first, and their display text.
TROUBLES: Mapping[str, str] = {
    "failed": "failed",
    "not_verified": "not verified",
    "running": "still running",
    "hook_failed": "done, hook failed",
    "not_started": "not started",
}
_NOT_STARTED = ("WAVE_NOT_STARTED", "DEADLINE_PASSED")


def trouble_of(record: Record) -> str:
    """Return a key of ``TROUBLES`` for a VM; empty if it has neither an error nor a hook that failed."""
    error = record["error"]
    if not error:
        return "hook_failed" if record["hook_failures"] else ""
    code = error.get("code")
    if code == "HOOK_FAILED":
        return "not_started" if error.get("step") == "before" else "hook_failed"
    if code in _NOT_STARTED:
        return "not_started"
    if code == "NOT_VERIFIED":
        return "not_verified"
    return "running" if error.get("category") == TIMEOUT else "failed"


def outcome_of(record: Record, run: Mapping[str, Any]) -> str:
    """Return the outcome of a VM: a key of ``TROUBLES``, or ``changed``, ``predicted`` or ``unchanged``.

    :param run: ``dry``, ``active_site``, and ``failure``, which is not empty if the run as a whole was aborted
    """
    trouble = trouble_of(record)
    if trouble:
        return trouble
    if record["changed"]:
        return "predicted" if run["dry"] else "changed"
    state = record["now"]
    is_there = bool(state) and is_protected(state, run["active_site"])
    return "not_started" if run["failure"] and not is_there else "unchanged"


def obstacle(run: Mapping[str, Any], wave: Mapping[str, Any]) -> tuple[str, str]:
    """Return the wave that prevents another one from starting, because it had more failed VMs than its limit.

    A wave with ``needs`` depends on the waves that it names, any other on all earlier waves with a limit.

    :param run: the run, with ``waves`` in the order in which they are started
    :param wave: the wave to be started
    :returns: the name of the preventing wave and the outcomes of its VMs as text; both empty if there is none
    """
    names = [one["name"] for one in run["waves"]]
    for other in run["waves"][: names.index(wave["name"])]:
        has_budget = other["max_failures"] is not None
        is_regarded = has_budget if wave["needs"] is None else other["name"] in wave["needs"]
        errors = [record for record in run["vms"] if record["wave"] == other["name"] and record["error"]]
        if is_regarded and len(errors) > (other["max_failures"] or 0):
            return str(other["name"]), in_words(map(trouble_of, errors))
    return "", ""


def in_words(troubles: Iterable[str]) -> str:
    """Return the number of VMs for each outcome as text, such as ``2 failed, 1 still running``."""
    counted = Counter(troubles)
    return ", ".join(f"{counted[trouble]} {words}" for trouble, words in TROUBLES.items() if counted[trouble])
