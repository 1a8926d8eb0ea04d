# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate the tables and the picture of the guide from the code: python -m tests.tools.guide_tables.

A generated table is between two comments with its name. A unit test fails if the guide and the code differ.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ansible_collections.opendr.vcda.plugins.module_utils.client import errors as errors_file
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import VERBS, Verb
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS, READABLE
from ansible_collections.opendr.vcda.plugins.module_utils.operation import decision_table, phases
from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import answer_text
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, CONTRADICTORY
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS

from .phase_picture import PICTURE, drawn
from .places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import Decision, Rule

GUIDE = ROOT / "docs" / "concepts"
HOOK_SCHEMA = ROOT / "roles" / "recovery" / "files" / "hook.schema.json"
CONFIRMED = ROOT / "docs" / "confirmed"
TOLD = (ANSWERED, CONTRADICTORY)
RECOVERY = {"test": "test", "recover": "failover, migrate", "reverse": "reverse", "cleanup": "cleanup"}
UPKEEP = {
    "start": "start",
    "sync": "sync",
    "pause": "pause",
    "resume": "resume",
    "configure": "change settings",
    "hand over": "change owner",
    "stop": "stop",
    "forced stop": "stop with `force`",
}


def decisions(columns: dict[str, str]) -> list[list[str]]:
    """Return the part of the decision table with some verbs, a row for each state; states with equal rows share one.

    Args:
        columns: The heading for each column of the table in the code.
    """
    rows: dict[tuple[str, ...], list[str]] = {}
    for state, row in decision_table.TABLE.items():
        rows.setdefault(tuple(_cell(row[intent]) for intent in columns), []).append(_state(state))
    rows[(_outcome(decision_table.UNKNOWN_STATE),) * len(columns)] = ["anything else"]
    return [["recovery state", *columns.values()], *([", ".join(states), *cells] for cells, states in rows.items())]


def turned(rows: list[list[str]]) -> list[list[str]]:
    """Return a table with a row for each verb."""
    return [["verb", *(row[0] for row in rows[1:])], *map(list, list(zip(*rows, strict=True))[1:])]


def refusals() -> str:
    """Return the codes of refusals with their meanings and remedies."""
    reasons = decision_table._REASONS
    return _table(
        ["code", "it is refused because", "what to do"],
        *([f"`{code}`", reasons[code], remedy] for code, remedy in decision_table.REMEDIES.items()),
    )


def categories() -> str:
    """Return the error categories and what to do about each."""
    rows = [
        [f"`{name}`", "yes" if errors_file.VcdaError("", category=name).retriable else "no", hint]
        for name, hint in errors_file.HINTS.items()
    ]
    return _table(["category", "`retriable`", "what to do"], *rows)


def verbs() -> str:
    """Return the request of each operation, and whether it works at both sites."""
    rows = [
        [verb.name, f"`{verb.method} .../{{id}}{verb.suffix}`", _both_sites(verb)]
        for verb in VERBS.values()
        if verb.intent != "start"
    ]
    return _table(["operation", "request", "works at both sites"], *rows)


def _both_sites(verb: Verb) -> str:
    if verb.may_lack_peer:
        return "yes, if both are up"
    return "yes" if verb.needs_peer else "no"


def unknowns() -> str:
    """Return the questions that the vendor's documentation leaves open, and the answers of real services."""
    sent_in = confirmations()
    rows = [
        [
            question.asks,
            question.does,
            question.level or "none",
            f"`{question.switch}`" if question.switch else f"fault `{question.fault}`",
            confirmed(question.id, sent_in),
        ]
        for question in QUESTIONS.values()
        if question.does
    ]
    head = ["not documented", "what the collection does", "asked by the probe at level", "switch", "confirmed by"]
    count = f"Real services that have answered: {len(sent_in)}." if sent_in else "No real service has answered yet."
    return f"{_table(head, *rows)}\n\n{count}"


def confirmations() -> dict[str, dict[str, Any]]:
    """Return the submitted files of answers by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(CONFIRMED.glob("*.json"))}


def confirmed(question: str, sent_in: dict[str, dict[str, Any]]) -> str:
    """Return the answers to a question in the submitted files."""
    told = {name: document["answers"].get(question, {}) for name, document in sent_in.items()}
    shown = [f"{name}: `{answer_text(answer)}`" for name, answer in told.items() if answer.get("outcome") in TOLD]
    return "<br>".join(shown) or "nobody yet"


def transitions() -> str:
    """Return the transitions between the phases of a replication in a run, with their causes."""
    rows = [[start, why.value, target] for start, why, target in phases.TRANSITIONS if why is not phases.Why.GIVEN_UP]
    given_up = [", ".join(phases.OPEN), phases.Why.GIVEN_UP.value, phases.ENDED]
    return _table(["phase", "what happens", "next phase"], *rows, given_up)


def hook_data(definition: str) -> str:
    """Return the keys of a part of the data for hooks, as described in the schema.

    Args:
        definition: A key of ``$defs`` in the schema; empty for the whole.
    """
    schema = json.loads(HOOK_SCHEMA.read_text(encoding="utf-8"))
    part = schema["$defs"][definition] if definition else schema
    rows = [[f"`{name}`", _type(key), key["description"]] for name, key in part["properties"].items()]
    return _table(["key", "type", "meaning"], *rows)


def _type(key: dict[str, Any]) -> str:
    """Return the type of a key of a JSON schema in words."""
    if "anyOf" in key:
        return " or ".join(_type(one) for one in key["anyOf"])
    if "$ref" in key:
        return str(key["$ref"]).rpartition("/")[2]
    if "enum" in key:
        return ", ".join("null" if one is None else f"`{one}`" for one in key["enum"])
    types = key.get("type", "string")
    words = {"string": "text", "array": "list"}
    return " or ".join(words.get(one, one) for one in ([types] if isinstance(types, str) else types))


_EFFECTS = {"blocks": "blocks if", "warns": "warns if", "unknown": "cannot be told:"}


def readiness() -> str:
    """Return the readiness checks, with the findings, the data and the cost of each."""
    rows = [
        [
            f"`{check.name}`",
            f"{_EFFECTS[check.effect]} {_options(check.finds)}",
            _options(check.code if " " in check.code else f"`{check.code}`"),
            re.sub(r"((?:GET|POST) [\w/{}-]+)", r"`\1`", check.reads),
            _options(check.requests),
            ".".join(map(str, check.since)) if check.since else "3.0",
            _options(check.remedy),
        ]
        for check in (READABLE, *CHECKS.values())
    ]
    return _table(["check", "finding", "code", "read from", "requests", "since version", "what to do"], *rows)


def _options(text: str) -> str:
    """Return a text with the names of options formatted as code."""
    return re.sub(r"(?<![`/])\b((?:max|min|extend|initial|require|network|guest)_\w+)", r"`\1`", text)


TABLES: dict[str, Callable[[], str]] = {
    "recovery decisions": lambda: _table(*decisions(RECOVERY)),
    "upkeep decisions": lambda: _table(*turned(decisions(UPKEEP))),
    "refusals": refusals,
    "categories": categories,
    "verbs": verbs,
    "unknowns": unknowns,
    "transitions": transitions,
    "readiness": readiness,
    "hook run": lambda: hook_data(""),
    "hook vm": lambda: hook_data("vm"),
    "hook nic": lambda: hook_data("nic"),
}


def renewed(text: str) -> str:
    """Return a page with up-to-date generated tables."""
    pattern = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n\n{match[3]}", text)


def main() -> None:
    """Update all pages of the guide, and the picture."""
    PICTURE.write_text(drawn(), encoding="utf-8")
    for path in sorted(GUIDE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if renewed(text) != text:
            path.write_text(renewed(text), encoding="utf-8")
            print(f"{path.relative_to(ROOT)} is renewed")


def _state(state: str) -> str:
    return state if state == decision_table.NO_INFO else f"`{state}`"


def _cell(rules: Sequence[Rule]) -> str:
    if len(rules) == 1:
        return _outcome(rules[0][1])
    lines = []
    for condition, decision in rules:
        words = "otherwise" if condition is decision_table.ALWAYS else condition.text
        words = re.sub(r"(active_site|isReversed)", r"`\1`", words)
        lines.append(f"{words}: {_outcome(decision)}")
    return "<br>".join(lines)


def _outcome(decision: Decision) -> str:
    if decision.kind == "refuse":
        unless = "done if a task shows that it was reversed, else " if decision.unless_reversed else ""
        return f"{unless}refuse `{decision.code}`"
    return {"act": "**act**", "done": "done", "busy": "attach or wait, else `BUSY`"}[decision.kind]


def _table(head: Sequence[str], *rows: Sequence[str]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
