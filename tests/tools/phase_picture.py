# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the phases of one replication in a run: a column for each phase, an arrow for each transition."""

from __future__ import annotations

from html import escape

from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import ENDED, OPEN, PHASES, TRANSITIONS, Why

from .places import ROOT

PICTURE = ROOT / "docs" / "images" / "life-in-a-run.svg"
_WIDTH, _ROW, _TOP = 150, 34, 60
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


def drawn() -> str:
    """Return the picture of the current phases and transitions."""
    rows = [(start, why, target) for start, why, target in TRANSITIONS if why is not Why.GIVEN_UP]
    width, height = _WIDTH * len(PHASES), _TOP + _ROW * (len(rows) + 1) + 20
    told = "; ".join(f"from {start} to {target}: {why.value}" for start, why, target in TRANSITIONS)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="title description" font-family="{_FONT}" font-size="13">',
        '  <title id="title">Life of one replication in a run</title>',
        f'  <desc id="description">{escape(told)}</desc>',
        '  <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="#334155"/></marker></defs>',
        f'  <rect width="{width}" height="{height}" rx="10" fill="#ffffff"/>',
        *(_column(phase, height) for phase in PHASES),
        *(_arrow(number, *row) for number, row in enumerate(rows)),
        _note(len(rows)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _middle(phase: str) -> int:
    return PHASES.index(phase) * _WIDTH + _WIDTH // 2


def _column(phase: str, height: int) -> str:
    middle, fill = _middle(phase), "#e6f4ea" if phase == ENDED else "#e0ecff"
    return (
        f'  <rect x="{middle - 60}" y="15" width="120" height="30" rx="8" fill="{fill}" stroke="#334155"/>'
        f'<text x="{middle}" y="35" text-anchor="middle" font-weight="600" fill="#0f172a">{phase}</text>'
        f'<line x1="{middle}" y1="45" x2="{middle}" y2="{height - 15}" stroke="#94a3b8" stroke-dasharray="3 4"/>'
    )


def _arrow(number: int, start: str, why: Why, target: str) -> str:
    y, begin, end = _TOP + _ROW * (number + 1), _middle(start), _middle(target)
    return f'  <line x1="{begin}" y1="{y}" x2="{end}" y2="{y}" stroke="#334155" marker-end="url(#arrow)"/>' + _text(
        (begin + end) // 2, y - 6, why.value
    )


def _note(number: int) -> str:
    words = f"from {', '.join(OPEN)} to {ENDED}: {Why.GIVEN_UP.value}"
    return _text(_WIDTH * len(PHASES) // 2, _TOP + _ROW * (number + 1), words)


def _text(x: int, y: int, words: str) -> str:
    # A white outline keeps the text readable where a line crosses it.
    halo = 'stroke="#ffffff" stroke-width="4" paint-order="stroke"'
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="#0f172a" {halo}>{escape(words)}</text>'
