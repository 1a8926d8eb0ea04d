# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the site: links that fit it, links that lead nowhere, and a navigation that leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.tools import docs_pages

OTHER = "# Other\n\n## One thing: `a_b`, and more!\n\n```sh\n# no heading\n```\n\n## Twice\n\n## Twice\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand for a page of the site beside another one, in a checkout that has a file besides."""
    monkeypatch.setattr(docs_pages, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text(OTHER, encoding="utf-8")
    (tmp_path / "SECURITY.md").write_text("# Policy\n", encoding="utf-8")
    (tmp_path / "plugins" / "modules").mkdir(parents=True)
    (tmp_path / "plugins" / "modules" / "site_info.py").touch()
    return tmp_path / "docs" / "page.md"


def fitted(page: Path, text: str) -> str:
    page.write_text(text, encoding="utf-8")
    return docs_pages.fitted(page, {page: "concepts/page.md", page.parent / "other.md": "other.md"})


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("[other](other.md)", "[other](../other.md)"),
        ("[other](other.md#twice-1)", "[other](../other.md#twice-1)"),
        ("[policy](../SECURITY.md#policy)", f"[policy]({docs_pages.FORGE}/blob/main/SECURITY.md#policy)"),
        ("[elsewhere](https://example.com/#x)", "[elsewhere](https://example.com/#x)"),
        ("# Page\n[here](#page)", "# Page\n[here](#page)"),
        ("`site_info`", "[`site_info`](../reference/site_info_module.rst)"),
        ("`site_infos`", "`site_infos`"),
        ("```sh\n[x](nowhere.md) `site_info`\n```", "```sh\n[x](nowhere.md) `site_info`\n```"),
    ],
)
def test_links_are_made_to_fit_the_site(page: Path, text: str, fitting: str) -> None:
    assert fitted(page, text) == fitting + "\n"


@pytest.mark.parametrize(
    "link", ["nowhere.md", "other.md#no-heading", "../SECURITY.md#twice", "#none", "../../outside"]
)
def test_a_link_that_leads_nowhere_ends_the_build(page: Path, link: str) -> None:
    with pytest.raises(docs_pages.PageError, match="leads"):
        fitted(page, f"# Page\n[text]({link})")


def test_anchors_are_made_as_the_forge_makes_them() -> None:
    assert docs_pages.anchors(OTHER) == {"other", "one-thing-a_b-and-more", "twice", "twice-1"}


def test_a_page_in_no_part_of_the_navigation_ends_the_build() -> None:
    with pytest.raises(docs_pages.PageError, match=r"lost\.md"):
        docs_pages.navigation({Path("index"): docs_pages.START, Path("lost"): "lost.md"})


def test_every_page_of_the_checkout_is_in_the_navigation() -> None:
    assert "contributing.md" in docs_pages.navigation(docs_pages.pages())


def test_the_release_notes_come_without_a_table_of_contents() -> None:
    text = "Notes\n=====\n\n.. contents:: Topics\n   :depth: 2\n\nv1.0.0\n"
    assert docs_pages.without_contents(text) == "Notes\n=====\n\n\nv1.0.0\n"
