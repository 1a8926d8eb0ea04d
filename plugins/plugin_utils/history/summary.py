# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history in a few lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import duration
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.tenants import labelled
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed, vms_in_words

_MAX_NAMES = 20


def headline(history: Mapping[str, Any]) -> str:
    """Return a sentence that says whether all protected VMs have been drilled."""
    summary = history["summary"]
    protected, due = summary["protected"], summary["never_drilled"] + summary["drill_too_old"]
    if not protected:
        return "No report tells of a protected VM"
    if due:
        return f"{due} of {protected} protected VMs {'needs' if due == 1 else 'need'} a drill"
    return f"All {protected} protected VMs were drilled" if protected > 1 else "The protected VM was drilled"


def lines(history: Mapping[str, Any]) -> list[str]:
    """Return the history in a few lines of text, first the VMs that need a drill."""
    summary = history["summary"]
    never, old = (_due(history, reason) for reason in ("never", "too_old"))
    found = [f"{headline(history)} ({vms_in_words(summary['vms'])} in {summary['runs']} runs)"]
    if summary["recovered"]:
        slowest = (
            f", the slowest in {duration(summary['slowest_seconds'])}" if summary["slowest_seconds"] is not None else ""
        )
        found.append(
            f"Could be recovered: {summary['recovered']} of {vms_in_words(summary['protected'])}{slowest}; "
            f"last proven on {day(summary['newest_proof'])}"
        )
    if never:
        found.append(f"Never drilled: {listed(never)}")
    if old:
        found.append(f"Last drill more than {history['max_drill_age_days']:g} days ago: {listed(old)}")
    found += [f"Changed after it was written: {run['file']}" for run in history["runs"] if run["intact"] is False][
        :_MAX_NAMES
    ]
    found += [f"Left out: {one['file']}: {one['reason']}" for one in history["left_out"]][:_MAX_NAMES]
    return [printable(line) for line in found]


def _due(history: Mapping[str, Any], reason: str) -> list[str]:
    """Return the names of the VMs that need a drill for a reason, told apart from namesakes in the history."""
    vms = history["vms"]
    known = [{"id": ", ".join(vm["ids"]), "vm_name": vm["name"], "organization": vm["organization"]} for vm in vms]
    labels = {_key(vm): one["label"] for vm, one in zip(vms, labelled(known))}
    return [labels[_key(vm)] for vm in history["drill_due"] if vm["reason"] == reason]


def _key(vm: Mapping[str, Any]) -> tuple[Any, ...]:
    return vm["name"], vm["organization"], tuple(vm["ids"])


def day(moment: str | None) -> str:
    """Return the day of a time in ISO 8601; empty for None."""
    return (moment or "")[:10]
