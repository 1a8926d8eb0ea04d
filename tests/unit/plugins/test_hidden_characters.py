# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the service where it is shown: every kind of hidden character in every place that people look at."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from ansible_collections.opendr.vcda.plugins.action.recovery_step import ActionModule as RecoveryStep
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, error_from_answer
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden, printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, execute
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.progress import Progress
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions import module_action, recovery_action
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render
from ansible_collections.opendr.vcda.tests.unit.documents import task, vm
from ansible_collections.opendr.vcda.tests.unit.fakes import ManualClock
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
)

CHARACTERS = {
    "escape": ("\x1b", "\\x1b"),
    "bell": ("\x07", "\\x07"),
    "nul": ("\x00", "\\x00"),
    "delete": ("\x7f", "\\x7f"),
    "tab": ("\t", "\\t"),
    "line feed": ("\n", "\\n"),
    "carriage return": ("\r", "\\r"),
    "next line": ("\x85", "\\x85"),
    "control sequence of C1": ("\x9b", "\\x9b"),
    "line separator": ("\u2028", "\\u2028"),
    "paragraph separator": ("\u2029", "\\u2029"),
    "right to left override": ("\u202e", "\\u202e"),
    "embedding": ("\u202a", "\\u202a"),
    "isolate": ("\u2066", "\\u2066"),
    "end of isolate": ("\u2069", "\\u2069"),
    "left to right mark": ("\u200e", "\\u200e"),
    "right to left mark": ("\u200f", "\\u200f"),
    "Arabic letter mark": ("\u061c", "\\u061c"),
    "zero width space": ("\u200b", "\\u200b"),
    "zero width joiner": ("\u200d", "\\u200d"),
    "byte order mark": ("\ufeff", "\\ufeff"),
    "soft hyphen": ("\xad", "\\xad"),
    "variation selector": ("\ufe0f", "\\ufe0f"),
    "filler": ("\u3164", "\\u3164"),
    "tag": ("\U000e0041", "\\U000e0041"),
    "half a character": ("\ud800", "\\ud800"),
}


def shown_in_progress(text: str) -> str:
    lines: list[str] = []
    clock = ManualClock()
    progress = Progress(REVERSE, clock, lines.append)
    clock.advance(5)
    running = VM.parse(vm(vmName=text))
    progress.report([Item(VM, running.id, before=running, after=running, phase="running", task=parse_task(task(1)))])
    return "".join(lines)


def shown_by_the_action_plugin(text: str) -> str:
    lines: list[str] = []
    plugin = object.__new__(module_action.ModuleAction)
    plugin._variables = {"inventory_hostname": text}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module_action.display, "display", lambda line, **_options: lines.append(line))
        plugin._show("reverse")
    return "".join(lines)


def shown_as_warning_of_the_role(text: str) -> str:
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery_action, "Display", lambda: SimpleNamespace(warning=lines.append))
        object.__new__(RecoveryStep).warn(text)
    return "".join(lines)


def shown_as_error(text: str) -> str:
    return str(error_from_answer(409, {"msg": text}, "", action="POST /reverse"))


def shown_as_changed_error(text: str) -> str:
    problem = VcdaError("No.")
    problem.message = f"{text}: {problem.message}"
    return f"{problem} {VcdaError('', hint=text).hint}"


def shown_as_message_of_a_module(text: str) -> str:
    result = execute(Definition({}, lambda _context: {"msg": text, "warnings": [text], "data": text}), Context({}))
    assert result["data"] == text
    return str(result["msg"] + result["warnings"][0])


def shown_in_the_table(text: str) -> str:
    lines = FILTERS["table"](FILTERS["report"](run(records(document(1, text)))))
    assert not any(map(hides_something, lines))
    return "".join(lines)


def shown_in_the_message(text: str) -> str:
    one = records(document(1, text))
    failed = {"vm_replications": [item(one[0]["id"], "NOT_STARTED", error=error(message=text), changed=False)]}
    merged = FILTERS["merge"](one, failed, "failover", "site-2", asked=[one[0]["id"]])
    lines = FILTERS["message"](FILTERS["report"](run(merged))).split("\n")
    assert not any(map(hides_something, lines))
    return "".join(lines)


def shown_in_the_status(text: str) -> str:
    return "".join(FILTERS["status_table"](FILTERS["status"]([document(1, text, source=text)], 0)))


def shown_in_the_page(text: str) -> str:
    page = render(FILTERS["report"](run(records(document(1, text)))))
    page.encode()
    return page.replace("\n", "")


PLACES: tuple[Callable[[str], str], ...] = (
    printable,
    shown_in_progress,
    shown_by_the_action_plugin,
    shown_as_warning_of_the_role,
    shown_as_error,
    shown_as_changed_error,
    shown_as_message_of_a_module,
    shown_in_the_table,
    shown_in_the_message,
    shown_in_the_status,
    shown_in_the_page,
)


def hides_something(text: str) -> bool:
    return any(map(is_hidden, text))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize(("character", "escape"), CHARACTERS.values(), ids=CHARACTERS)
def test_hidden_characters_are_shown_as_escapes(place: Callable[[str], str], character: str, escape: str) -> None:
    shown = place(f"db{character}1")
    assert f"db{escape}1" in shown
    assert not hides_something(shown)
