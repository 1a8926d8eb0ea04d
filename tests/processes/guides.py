# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guide as steps: files to write, commands to run in one shell, and the output that they promise.

In a guide, a fenced block ``sh`` is a command, a block ``yaml`` whose first line is a comment with a file name is a
file, and a block ``text`` is output of the command before it. A comment before a command may say ``exit code N``, or
``runs beside the rest``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"(?:<!-- (?P<note>[^\n]*) -->\n)?```(?P<kind>sh|yaml|text)\n(?P<text>.*?)```\n", re.DOTALL)
_EXIT_CODE = re.compile(r"exit code (\d+)")


@dataclass
class Step:
    """One block of a guide.

    :param kind: sh, yaml or text
    :param exit_code: what the command must end with
    :param beside: whether the command goes on while the others run
    """

    kind: str
    text: str
    exit_code: int = 0
    beside: bool = False

    @property
    def file_name(self) -> str:
        """Of a file: its name."""
        return self.text.splitlines()[0].removeprefix("# ").strip()


def steps_of(guide: Path) -> list[Step]:
    """Return the steps of a guide, in order."""
    steps = []
    for match in _BLOCK.finditer(guide.read_text(encoding="utf-8")):
        note = match["note"] or ""
        code = _EXIT_CODE.search(note)
        step = Step(match["kind"], match["text"], int(code[1]) if code else 0, beside="runs beside" in note)
        steps.append(step)
    return steps


def missing_lines(promised: str, printed: str) -> list[str]:
    """Return the promised lines that were not printed, in that order; how many blanks there are does not matter.

    :param promised: the block of a guide; a line counts as printed where it is the beginning or another part of one
    :param printed: what the command printed
    """
    rest = [_plain(line) for line in printed.splitlines()]
    missing = []
    for line in map(_plain, promised.splitlines()):
        place = next((number for number, found in enumerate(rest) if line in found), None)
        if place is None:
            missing.append(line)
        else:
            rest = rest[place + 1 :]
    return missing


def _plain(line: str) -> str:
    return " ".join(line.replace('"', " ").split())
