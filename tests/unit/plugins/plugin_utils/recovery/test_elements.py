# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of a page: whatever is not an element is escaped, wherever it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import elements
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import element
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import Page


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("code"), "<code></code>"),
        (element("code", None, "", [], [None]), "<code></code>"),
        (element("code", "a", 1, 2.5, ["b", ("c", element("b", "d"))]), "<code>a12.5bc<b>d</b></code>"),
        (element("code", element("b", "<&>")), "<code><b>&lt;&amp;&gt;</b></code>"),
        (element("code", f"{element('b')}"), "<code>&lt;b&gt;&lt;/b&gt;</code>"),
        (element("td", "\u202e\n"), "<td>\\u202e\\n</td>"),
        (element("td", class_="x", data_label="a b", id=None, y=3), '<td class="x" data-label="a b" y="3"></td>'),
        (elements.toned("done", ""), "<span>done</span>"),
        (elements.toned("done", "good"), '<span class="text-good">done</span>'),
        (elements.name_of("<i>"), "<bdi>&lt;i&gt;</bdi>"),
        (elements.cell("Wave", ""), '<td data-label="Wave"></td>'),
        (elements.cell("Age", "1 s", kind="number"), '<td class="number" data-label="Age">1 s</td>'),
    ],
)
def test_an_element_holds_what_it_is_given(made: str, expected: str) -> None:
    assert made == expected


def test_a_line_of_the_file_ends_with_a_block_only() -> None:
    assert element("p", "a", element("b", "c")) == "<p>a<b>c</b></p>\n"


@given(text=st.text())
def test_all_text_can_be_read_back_and_makes_no_element(text: str) -> None:
    shown = Page(element("div", element("i", text, title=text), elements.name_of(text)))
    assert [name for name, _attributes in shown.elements] == ["div", "i", "bdi"]
    assert shown.all("i") == [{"title": printable(text)}]
    assert "".join(shown.texts).strip() == (printable(text) * 2).strip()


@pytest.mark.parametrize(
    ("time", "expected"), [("2026-05-08T06:00:00Z", "2026-05-08 06:00:00 UTC"), ("", ""), (None, "")]
)
def test_a_time_is_shown_with_its_zone(time: Any, expected: str) -> None:
    assert elements.moment(time) == expected


def test_a_section_is_named_by_its_heading() -> None:
    shown = Page(elements.section("to-do", "Still to be done", "nothing"))
    assert shown.all("section") == [{"aria-labelledby": "to-do"}]
    assert shown.all("h2") == [{"id": "to-do"}]


def test_a_table_names_its_rows_and_columns() -> None:
    shown = Page(elements.table("", ("VM", "Wave"), [elements.row("db-1", [elements.cell("Wave", "a")])]))
    assert [cell["scope"] for cell in shown.all("th")] == ["col", "col", "row"]
    assert shown.all("table") == [{"class": "stack"}]
    assert shown.text == "VM Wave db-1 a"


def test_a_document_has_its_style_without_the_licence(tmp_path: Path) -> None:
    style = tmp_path / "page.css"
    style.write_text("/*\nhttps://licence\n*/\nb > i { color: red; } /* why */\n")
    made = elements.document("<title>", style, element("p", "text"))
    assert made.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<style>\nb > i { color: red; } /* why */\n</style>" in made
    assert "&lt;title&gt;" in made
