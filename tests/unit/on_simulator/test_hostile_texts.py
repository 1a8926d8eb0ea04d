# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module at sites where somebody has chosen every text: the result is what it would be, and shows nothing odd."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.tests.unit.on_simulator.surroundings import (
    NAMES,
    cases_of,
    run_filled,
    simulator,
    texts_in,
)

# Each holds what is special to one reader of texts or to several: Jinja, terminals, pages, tables, YAML, JSON, Ansible.
TEXTS = {
    "templates": "{{ 7 * 7 }}{% raw %}<text>{# #}{{ lookup('pipe', 'id') }}",
    "a terminal": "\x1b[2J\x07\x9b<text>\u202e\u2066\x7f\x00\r\nok: [localhost]\u2028",
    "blanks": "\t <text>\u00a0 ",
    "markup": "!!str &a *a {<script>alert(1)</script>&amp;\"'`<text>|=cmd()\\]}: - # %@,",
    "half a character": "\ud83d<text>\udc00\ufffe\U0001f600",
    "long": "\u00fc" * 300 + "<text>",
}
# All texts are this one, so that nothing is told apart by its name.
WORDS = ("yes", " ", "{{")


def shown(result: dict[str, Any]) -> list[str]:
    """Return the texts of a result that are written for people."""
    error = result.get("error") or {}
    return [result["msg"], *result.get("warnings", ()), *(str(error.get(key, "")) for key in ("message", "hint"))]


def check(result: dict[str, Any]) -> None:
    assert result["msg"].strip()
    assert not [text for text in shown(result) if any(map(is_hidden, text))]
    # What reads it is no Python: halves of characters and numbers without end do not exist there.
    json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    everything = "\n".join(texts_in(result))
    assert "operator-secret" not in everything
    assert "SimulatedException" not in everything


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("module", NAMES)
def test_texts_change_nothing(module: str, text: str) -> None:
    for case in cases_of(module):
        sites = simulator(case, free_text=text)
        sites.fault("task_warns", code="SimulatorWarning", msg="Low space.", times=0)
        result = run_filled(case, sites)
        check(result)
        assert result.get("failed", False) is case.fails, result["msg"]
        assert sites.defects == []


@pytest.mark.parametrize("module", [name for name in NAMES if not name.endswith("_info")])
def test_messages_of_failed_tasks_are_shown_as_safely(module: str) -> None:
    for text in (TEXTS["a terminal"], TEXTS["templates"]):
        sites = simulator(cases_of(module)[0], free_text=text)
        sites.fault("task_fails", code="SimulatorFailure", msg="Out of space.", times=0)
        check(run_filled(cases_of(module)[0], sites))


@pytest.mark.parametrize("module", NAMES)
def test_nothing_is_taken_for_another_where_all_texts_are_the_same(module: str) -> None:
    for word in WORDS:
        sites = simulator(cases_of(module)[0], free_text=word)
        for name in ("first", "second"):
            sites.add_recovery_plan(name, [{"replications": []}])
        check(run_filled(cases_of(module)[0], sites))
        done = set(sites.counters()["effects"]) - {"login", "logout", "extend"}
        assert not done, (word, done)
