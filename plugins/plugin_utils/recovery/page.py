# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a self-contained HTML page. The template escapes all values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import seconds_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import (
    OUTCOMES,
    STEP_WORDS,
    duration,
    grouped_to_do,
    listed,
    note_on_clocks,
    title,
    vms_in_words,
    words_of_steps,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.timeline import timeline


def render(report: Mapping[str, Any], template: str) -> str:
    """Render a report.

    :param report: from ``build_report``
    :param template: the text of a Jinja template; it gets ``report``, ``picture`` (from ``timeline``), ``to_do`` (from
        ``grouped_to_do``), ``title``, ``clocks`` (from ``note_on_clocks``), ``readiness``, the words for outcomes and
        steps, and the functions ``duration``, ``listed``, ``vms_in_words`` and ``words_of_steps``
    :returns: the page
    """
    environment = Environment(
        autoescape=True, finalize=_shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(str(template)).render(
        report=report,
        picture=timeline(report),
        to_do=grouped_to_do(report),
        outcomes=OUTCOMES,
        step_words=STEP_WORDS,
        title=title(report),
        clocks=note_on_clocks(report),
        readiness=[_answers(answers, report) for answers in report["readiness"]["runs"]],
        duration=duration,
        listed=listed,
        vms_in_words=vms_in_words,
        words_of_steps=words_of_steps,
    )


def _answers(answers: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of a readiness check with ``earlier``, its time before the run, and ``without_finding``."""
    begin, found = seconds_of(report["run"]["started"]), seconds_of(answers["started"])
    told = {finding["check"] for finding in answers["findings"]}
    return {
        **answers,
        "earlier": duration(begin - found) if begin is not None and found is not None else "",
        "without_finding": [name for name in answers["checks"] if name not in told],
    }


def _shown(value: Any) -> Any:
    """Make a value printable, except the output of a macro of the template, which is HTML already."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
