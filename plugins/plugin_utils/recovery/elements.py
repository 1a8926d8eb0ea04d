# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of an HTML page: everything that is not an element itself is text, and is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Union

from markupsafe import Markup, escape

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable

# What an element holds: elements, text, numbers, nothing, or several of them.
Content = Union[str, float, None, Iterable["Content"]]

_META = Markup(
    '<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n"""
)
# Elements that end a line of the file, which keeps it readable.
_ON_A_LINE = frozenset(
    {"dd", "div", "dl", "h1", "h2", "head", "li", "p", "section", "table", "thead", "title", "tr", "ul"}
)


def element(name: str, *content: Content, **attributes: str | float | None) -> Markup:
    """Return an element.

    :param name: such as ``p``
    :param content: elements stay as they are; text is made printable and escaped
    :param attributes: ``data_label`` becomes ``data-label``, and ``class_`` becomes ``class``; those without a value
        are left out
    """
    given = "".join([f' {_attribute(key)}="{_html(value)}"' for key, value in attributes.items() if value is not None])
    end = "\n" if name in _ON_A_LINE else ""
    return Markup(f"<{name}{given}>{_html(content)}</{name}>{end}")  # noqa: S704  all parts are escaped


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _html(content: Content) -> str:
    """Return content as HTML: elements as they are, all other text printable and escaped."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return escape(printable(content))
    if content is None:
        return ""
    if isinstance(content, (int, float)):
        return str(content)
    return "".join(map(_html, content))


def document(title: str, style: Path, *body: Content) -> str:
    """Return a whole page, which needs no other file and loads nothing.

    :param title: of the window
    :param style: a file with the style sheet, after a comment with its licence
    :param body: the content of the page
    """
    _licence, _end, sheet = style.read_text(encoding="utf-8").partition("*/")
    head = (
        _META,
        element("title", title),
        element("style", Markup(sheet)),  # noqa: S704  a file of the collection
    )
    page = element("html", element("head", head), element("body", body), lang="en")
    return f"<!DOCTYPE html>\n{page}"


def section(key: str, heading: str, *content: Content) -> Markup:
    """Return a section with a heading, by which assistive technology names it.

    :param key: the identifier of the heading, unique on the page
    """
    return element("section", element("h2", heading, id=key), content, aria_labelledby=key)


def table(kind: str, headings: Sequence[str], rows: Iterable[Markup]) -> Markup:
    """Return a table; on a narrow screen each row becomes a list.

    :param kind: a class of the style sheet; may be empty
    :param rows: each from ``row``
    """
    top = element("tr", [element("th", heading, scope="col") for heading in headings])
    return element("table", element("thead", top), element("tbody", rows), class_=f"stack {kind}".rstrip())


def row(heading: Content, cells: Iterable[Content]) -> Markup:
    """Return a row of a table.

    :param heading: the content of the first cell
    :param cells: each from ``cell``
    """
    return element("tr", element("th", heading, scope="row"), cells)


def cell(label: str, *content: Content, kind: str | None = None) -> Markup:
    """Return a cell of a row.

    :param label: the heading of the column, which stands before the content on a narrow screen
    :param kind: a class of the style sheet
    """
    return element("td", content, class_=kind, data_label=label)


def below(content: Content) -> Content:
    """Return content that begins on a line of its own in its cell."""
    return Markup("<br>"), content


def toned(text: str, tone: str) -> Markup:
    """Return text in the colour of its meaning.

    :param tone: ``bad``, ``good``, or empty for none
    """
    return element("span", text, class_=f"text-{tone}" if tone else None)


def name_of(text: str) -> Markup:
    """Return a name so that its writing direction does not affect the text around it."""
    return element("bdi", text)


def moment(time: str | None) -> str:
    """Return a time in ISO 8601 as text, such as ``2026-05-08 06:00:00 UTC``; empty for None."""
    return (time or "").replace("T", " ").replace("Z", " UTC")
