# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The written pages of the documentation site: list, order, and conversion of links.

The pages are plain Markdown, which the forge also shows. For the site every relative link is resolved: to another page
of the site, or to the file on the forge. A broken link fails the build.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from .places import ROOT

FORGE = "https://github.com/opendr/ansible-vcda"
START = "index.md"
# Captions of the navigation, and the pages below each, by their path in the site; missing pages are left out.
NAVIGATION = {
    "Guides": [
        *(
            f"guides/{name}.md"
            for name in (
                "setup",
                "common-tasks",
                "readiness",
                "drill",
                "history",
                "failover",
                "failback",
                "waves",
                "hooks",
            )
        ),
        *(f"guides/{name}.md" for name in ("hooks", "tenant", "provider", "*")),
        "awx.md",
        "inventory.md",
        "events.md",
        "pipelines.md",
    ],
    "Concepts": [
        "concepts/life-cycle.md",
        "concepts/decisions.md",
        "concepts/readiness-checks.md",
        "concepts/hook-data.md",
        "concepts/exactly-once.md",
        "concepts/errors.md",
        "concepts/sessions.md",
        "concepts/security.md",
        "concepts/check-mode.md",
        "concepts/recovery-plans.md",
        "concepts/in-process.md",
        "concepts/unknowns.md",
    ],
    "Reference": ["Modules and role <reference/index>"],
    "Background": ["uri.md", "benchmark.md", "support.md", "changelog.rst"],
    "Contribute": ["contributing.md", "simulator.md"],
}
# Pages outside docs/.
ELSEWHERE = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.rst": "changelog.rst",
    "tests/simulator/README.md": "simulator.md",
}
# The page's own table of contents; the theme shows one beside the page.
_CONTENTS = re.compile(r"^\.\. contents::.*\n(?:[ ]+:.*\n)*", re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")
_CODE = re.compile(r"(?<![\[`])`(?:opendr\.vcda\.)?([a-z_]+)`(?![`\]])")


class PageError(Exception):
    """A page cannot be put into the site; the message says why."""


def pages() -> dict[Path, str]:
    """Return every page and picture of the site: its path in the checkout, and its path in the site."""
    found = {ROOT / path: place for path, place in ELSEWHERE.items()}
    for path in sorted((ROOT / "docs").rglob("*")):
        if path.suffix in {".md", ".svg", ".png"} and path.is_file():
            place = path.relative_to(ROOT / "docs").as_posix()
            found[path] = START if place == "README.md" else place
    return found


def write_pages(folder: Path) -> None:
    """Write all pages into the folder from which the site is built.

    Raises:
        PageError: A link is broken, or a page is missing in the navigation.
    """
    places = pages()
    for path, place in places.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = fitted(path, places) + (navigation(places) if place == START else "")
            target.write_text(text, encoding="utf-8")
        elif path.suffix == ".rst":
            target.write_text(without_contents(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            target.write_bytes(path.read_bytes())


def without_contents(text: str) -> str:
    """Return a page in reStructuredText without its own table of contents, for which the theme shows an error."""
    return _CONTENTS.sub("", text)


def fitted(path: Path, places: dict[Path, str]) -> str:
    """Return the text of a page with its links converted for the site, and with links for the names of modules.

    Raises:
        PageError: A link is broken.
    """
    lines, in_code = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        in_code ^= line.lstrip().startswith("```")
        if in_code or line.startswith("```"):
            lines.append(line)
            continue
        fitting = _LINK.sub(lambda match: _target(path, match[1], places), line)
        lines.append(fitting if line.startswith("#") else _CODE.sub(lambda match: _named(match, places[path]), fitting))
    return "\n".join(lines) + "\n"


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, in the form that the forge and the site generate."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    return {slug if not (seen := slugs[:index].count(slug)) else f"{slug}-{seen}" for index, slug in enumerate(slugs)}


def _target(path: Path, link: str, places: dict[Path, str]) -> str:
    if re.match(r"[a-z]+:", link):
        return link
    file, hash_sign, anchor = link.partition("#")
    wanted = Path(os.path.normpath(path.parent / file)) if file else path
    if not wanted.exists() or not wanted.is_relative_to(ROOT):
        raise PageError(f"{path.relative_to(ROOT)}: the link {link} leads nowhere")
    if anchor and wanted.suffix == ".md" and anchor not in anchors(wanted.read_text(encoding="utf-8")):
        raise PageError(f"{path.relative_to(ROOT)}: the link {link} leads to no heading")
    if wanted == path:
        return link
    if wanted in places:
        return _relative(places[wanted], places[path]) + hash_sign + anchor
    return f"{FORGE}/{'tree' if wanted.is_dir() else 'blob'}/main/{wanted.relative_to(ROOT)}{hash_sign}{anchor}"


def _named(match: re.Match[str], place: str) -> str:
    """Return the name of a module as a link to its reference, and any other code unchanged."""
    if not (ROOT / "plugins" / "modules" / f"{match[1]}.py").is_file():
        return match[0]
    return f"[{match[0]}]({_relative(f'reference/{match[1]}_module.rst', place)})"


def _relative(place: str, seen_from: str) -> str:
    return os.path.relpath(place, Path(seen_from).parent)


def navigation(places: dict[Path, str]) -> str:
    """Return the table of contents of the site, for the end of the start page.

    Raises:
        PageError: A page is missing in it.
    """
    parts, named = [], {START}
    texts = {place for place in places.values() if place.endswith((".md", ".rst"))}
    for caption, patterns in NAVIGATION.items():
        found = [entry for pattern in patterns for entry in _entries(pattern, texts)]
        entries = [entry for entry in dict.fromkeys(found) if entry not in named]
        named.update(entries)
        if entries:
            parts.append("\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```"]))
    lost = sorted(texts - named)
    if lost:
        raise PageError(f"not in the navigation of tests/tools/docs_pages.py: {', '.join(lost)}")
    return "\n" + "\n\n".join(parts) + "\n"


def _entries(pattern: str, texts: set[str]) -> list[str]:
    if "reference/index" in pattern:
        return [pattern]
    return sorted(place for place in texts if Path(place).match(pattern) and place.count("/") == pattern.count("/"))
