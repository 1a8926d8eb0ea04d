# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a self-contained HTML page: its header, its sections in order, and its footer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import (
    page_figures,
    page_picture,
    page_sections,
    page_vms,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import (
    Content,
    document,
    element,
    moment,
    name_of,
    section,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import (
    OUTCOMES,
    duration,
    grouped_to_do,
    note_on_clocks,
    title,
)

_STYLE = Path(__file__).parents[3] / "roles" / "recovery" / "files" / "report.css"
_TONES: Mapping[str, str] = {
    "succeeded": "good",
    "ready": "good",
    "unchanged": "good",
    "predicted": "plain",
    "failed": "bad",
    "not_ready": "bad",
}
_MODES: Mapping[str, str] = {"unplanned": "unplanned failover", "planned": "planned migration", "test": "test failover"}


def render(report: Mapping[str, Any]) -> str:
    """Return a report as a page.

    :param report: from ``build_report``
    """
    heading = title(report)[:1].upper() + title(report)[1:]
    return document(
        f"{heading}: {OUTCOMES[report['outcome']]}",
        _STYLE,
        _header(report, heading),
        element(
            "main",
            [element("p", note) for note in report["notes"]],
            _to_do(report),
            page_sections.failures(report),
            page_picture.picture(report),
            page_sections.waves(report),
            page_sections.readiness(report),
            page_vms.vms(report),
        ),
        _footer(report),
    )


def _header(report: Mapping[str, Any], heading: str) -> Markup:
    outcome = OUTCOMES[report["outcome"]]
    badge = element("span", outcome.capitalize(), class_=f"badge {_TONES[report['outcome']]}")
    prediction = " This is a prediction: nothing was changed." if report["run"]["predicted"] else None
    return element(
        "header",
        element("h1", heading),
        element("p", badge, prediction),
        page_figures.figures(report),
        element("dl", _facts(report), class_="facts"),
    )


def _facts(report: Mapping[str, Any]) -> Content:
    run, api = report["run"], report["versions"]["api"]
    facts: dict[str, Content] = {
        "Other site": ", ".join(run["from_sites"]) or "not known",
        "Active site": run["active_site"] or "not named",
        "Mode": _MODES.get(run["mode"], run["mode"]),
        "Start": (_time(run["started"]), ", by the clock of the controller"),
        "End": (_time(run["ended"]), f", after {duration(run['seconds'])}"),
        "Clocks": note_on_clocks(report),
        "User": (run["user"] or "not logged in")
        + (f", launched by {run['launched_by']}" if run["launched_by"] else ""),
        "Service": (run["service"] or "not named") + (f", API version {api}" if api else ""),
        "Operation ID": run["operation_id"],
    }
    return [(element("dt", term), element("dd", fact)) for term, fact in facts.items() if fact]


def _time(time: str) -> Markup:
    return element("time", moment(time), datetime=time)


def _to_do(report: Mapping[str, Any]) -> Content:
    entries = grouped_to_do(report)
    return section("to-do", "Still to be done", element("ul", map(_entry, entries))) if entries else None


def _entry(entry: Mapping[str, Any]) -> Markup:
    names = [(", " if number else "", element("strong", name_of(name))) for number, name in enumerate(entry["names"])]
    more = f" and {entry['more']} more" if entry["more"] else ""
    return element("li", names, f"{more}: " if names else None, entry["what"])


def _footer(report: Mapping[str, Any]) -> Markup:
    run, versions = report["run"], report["versions"]
    return element(
        "footer",
        f"Run {run['id']}, role opendr.vcda.recovery, entry point {run['entry_point']}, "
        f"report format {report['schema_version']}, collection {versions['collection']}, "
        f"ansible-core {versions['ansible_core']}, API {versions['api'] or 'version not known'}. SHA-256 of the data: ",
        element("code", report["sha256"]),
        ". Start and end of the run are by the clock of the controller; steps, recovery time and data age are by the "
        "clock of the service.",
    )
