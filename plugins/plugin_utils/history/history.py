# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a folder of reports: reads one report after another and builds one document.

The document follows ``playbooks/files/history.schema.json``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.accounts import (
    DRILL,
    FAILBACK,
    FAILOVER,
    KINDS,
    Entry,
    run_of,
    sighting_of,
    started_at,
    text,
    wave_figures,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.lineages import Lineages, Vm, passages
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.reading import (
    FORMAT_OF_HISTORY,
    NESTED_TOO_DEEPLY,
    reports_in,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import iso
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import is_intact

DAY = 86400.0
# Reports of this format hold no checksum of their data; newer ones do.
_WITHOUT_SUM = "1.0"
_NOT_WITHOUT_SUM = {"versions", "readiness"}
# The operations that prove that a VM can be recovered.
_PROOFS = (DRILL, FAILOVER, FAILBACK)
_OF_DUE = ("name", "organization", "ids", "runs_at", "replicates_to", "last_recovery")
_SAME_RUN = ("id", "entry_point", "started", "predicted", "service", "user", "launched_by", "active_site")


class History:
    """Collects reports, keeping only what the history needs, and returns the history.

    :param now: the current time, in seconds since the epoch
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._runs: list[Entry] = []
        self._members: list[array[int]] = []
        self._lineages = Lineages()
        self._left_out: list[dict[str, str]] = []
        self._listed: set[str] | None = None

    def take_folder(self, folder: Path) -> None:
        """Add all reports of a folder.

        :raises OSError: if the folder cannot be listed
        """
        for found in reports_in(folder):
            try:
                problem = found.problem or self.take(found.report or {}, found.file)
            except RecursionError:
                problem = NESTED_TOO_DEEPLY
            if problem:
                self._left_out.append({"file": found.file, "reason": problem})

    def take(self, report: Mapping[str, Any], file: str) -> str:
        """Add a report.

        :param report: from ``reading.reports_in``
        :param file: the path of the report
        :returns: why the report is left out; empty if it was added
        """
        at = started_at(report)
        if at is None:
            return "It is no report: its run has no time at which it began, or one before 1970."
        if at > self._now + DAY:
            return "Its run begins in the future."
        intact = is_intact(report)
        if intact is None and (text(report.get("schema_version")) != _WITHOUT_SUM or _NOT_WITHOUT_SUM & set(report)):
            intact = False
        run = run_of(report, file)
        run.update(at=at, started=iso(at), intact=intact, waves=wave_figures(report) if intact is not False else {})
        members = set()
        for vm in report.get("vms", ()):
            sighting = sighting_of(vm, report, at, file, counts=intact is not False)
            self._lineages.take(sighting, at, file)
            members.add(hash((sighting.ids[:1], sighting.name)) & 0xFFFFFFFFFFFFFFFF)
        self._runs.append(run)
        self._members.append(array("Q", sorted(members)))
        return ""

    def take_listing(self, replications: Iterable[dict[str, Any]]) -> None:
        """Add the replications that the service lists now: only their VMs count as protected, whatever reports say.

        :param replications: see ``lineages.Lineages.mark``
        """
        replications = list(replications)
        self._lineages.mark(replications, self._now)
        self._listed = {one for replication in replications for one in replication["ids"]}

    def document(self, max_age_days: float) -> dict[str, Any]:
        """Return the history.

        :param max_age_days: how old the last drill of a protected VM may be; 0 for any age
        """
        runs = self._distinct_runs()
        vms = sorted(
            (self._vm(vm, max_age_days) for vm in self._lineages.all()), key=lambda vm: (vm["name"], vm["ids"])
        )
        order = {"never": 0, "too_old": 1}
        due = sorted(
            (vm for vm in vms if vm["drill_due"]), key=lambda vm: (order[vm["drill_due"]], bool(vm["last_recovery"]))
        )
        return {
            "format": FORMAT_OF_HISTORY,
            "created": iso(self._now),
            "max_drill_age_days": max_age_days or None,
            "summary": {
                "vms": len(vms),
                **_proof(vms),
                "never_drilled": sum(vm["drill_due"] == "never" for vm in vms),
                "drill_too_old": sum(vm["drill_due"] == "too_old" for vm in vms),
                "runs": len(runs),
                "changed_afterwards": sum(run["intact"] is False for run in runs),
                "left_out": len(self._left_out),
            },
            "drill_due": [
                {
                    **{key: vm[key] for key in _OF_DUE},
                    "reason": vm["drill_due"],
                    "last_drill": vm["last"]["drill"]["at"] if vm["last"]["drill"] else None,
                }
                for vm in due
            ],
            "vms": vms,
            "waves": _waves(runs),
            "runs": [{key: value for key, value in run.items() if key not in {"at", "waves"}} for run in runs],
            "left_out": self._left_out,
        }

    def _distinct_runs(self) -> list[Entry]:
        """Return the runs, newest first, without reports for single hosts that the report of the run includes."""
        by_run: dict[tuple[Any, ...], list[int]] = {}
        for number, run in enumerate(self._runs):
            by_run.setdefault(tuple(run[key] for key in _SAME_RUN), []).append(number)
        kept: list[Entry] = []
        for numbers in by_run.values():
            # Largest first; among equals prefer the report that was not changed, then the first by name.
            numbers.sort(key=lambda number: (-len(self._members[number]), self._runs[number]["intact"] is False))
            whole: list[set[int]] = []
            for number in numbers:
                members = set(self._members[number])
                if not any(members <= other for other in whole):
                    whole.append(members)
                    kept.append(self._runs[number])
                elif self._runs[number]["intact"] is False:
                    kept.append(self._runs[number])
        return sorted(kept, key=lambda run: (-run["at"], run["file"]))

    def _vm(self, vm: Vm, max_age_days: float) -> dict[str, Any]:
        newest = vm.newest
        protected = newest.protected
        if self._listed is not None and not vm.ids & self._listed:
            protected = False
        drill = vm.last.get(DRILL)
        due = None
        if protected and drill is None:
            due = "never"
        elif protected and drill and max_age_days and self._now - drill.at > max_age_days * DAY:
            due = "too_old"
        last: dict[str, Any] = dict.fromkeys(KINDS)
        for kind, passage in passages(vm):
            last[kind] = {**passage._asdict(), "at": iso(passage.at)}
        return {
            "name": newest.name,
            "organization": newest.organization,
            "ids": sorted(vm.ids),
            "protected": protected,
            "runs_at": newest.runs_at,
            "replicates_to": newest.replicates_to,
            "last_seen": iso(vm.seen_at),
            "drill_due": due,
            "last_recovery": max((kind for kind in _PROOFS if kind in vm.last), key=vm.when, default=None),
            "last": last,
            "last_failure": (
                {"at": iso(vm.failed[0]), "step": vm.failed[1], "file": vm.failed[2]} if vm.failed else None
            ),
        }


def _proof(vms: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many VMs are protected, and how many of these were recovered, how fast and when."""
    protected = [vm for vm in vms if vm["protected"]]
    last = [(vm["name"], vm["last"][vm["last_recovery"]]) for vm in protected if vm["last_recovery"]]
    timed = [(passage["seconds"], name) for name, passage in last if passage["seconds"] is not None]
    seconds, name = max(timed, default=(None, ""))
    return {
        "protected": len(protected),
        "recovered": len(last),
        "never_recovered": len(protected) - len(last),
        "slowest_seconds": seconds,
        "slowest": name,
        "newest_proof": max((passage["at"] for _name, passage in last), default=None),
        "oldest_proof": min((passage["at"] for _name, passage in last), default=None),
    }


def _waves(runs: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the measurements over time for each wave and each site at which it was recovered."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for run in reversed(list(runs)):
        for name, figures in run["waves"].items():
            point = {
                "at": run["started"],
                "entry_point": run["entry_point"],
                "file": run["file"],
                **figures,
                "target_seconds": run["recovery_time"]["target_seconds"],
            }
            found.setdefault((name, run["active_site"]), []).append(point)
    return [{"name": name, "site": site, "points": found[name, site]} for name, site in sorted(found)]
