# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a page: it escapes what it shows, and a misspelt name in the template is no empty place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    records,
    run,
)

TEMPLATE = (Path(__file__).parents[5] / "roles/recovery/templates/report.html.j2").read_text(encoding="utf-8")


def report(name: str) -> dict[str, Any]:
    built: dict[str, Any] = FILTERS["report"](run(records(document(1, name, state="COMPLETE"))))
    return built


def test_the_page_shows_the_report_and_needs_nothing_else() -> None:
    page = render(report("db-1"), TEMPLATE)
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "db-1" in page
    assert "src=" not in page
    assert "<script" not in page


def test_what_comes_from_the_service_is_escaped() -> None:
    page = render(report("<script>alert(1)</script>"), TEMPLATE)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_template_cannot_show_what_is_not_there() -> None:
    with pytest.raises(UndefinedError):
        render(report("db-1"), "{{ report.no_such_thing }}")
