# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of the quality gates, which tests/gates.toml lists.

Usage: python -m tests.tools.gates help | check | test | part NAME ... | run NAME ...

The last line is always "N passed, M failed": tests where a gate counts tests, else the gate itself.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .gate_runner import run_gates
from .places import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

DECLARATIONS = ROOT / "tests" / "gates.toml"


@dataclass(frozen=True)
class Gate:
    """One quality gate; the head of tests/gates.toml explains the fields."""

    name: str
    part: str
    proves: str
    command: str
    check: bool = False
    needs: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    timeout: float = 900.0


def load_gates() -> list[Gate]:
    """Read the declared gates in their order."""
    declared = tomllib.loads(DECLARATIONS.read_text(encoding="utf-8"))["gate"]
    return [Gate(**_fields(row)) for row in declared]


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def describe(gates: Sequence[Gate]) -> str:
    """Return the table that "make help" shows."""
    width = max(len(gate.name) for gate in gates)
    lines = ["Gates (make gate-NAME runs one; * is part of make check):"]
    part = ""
    for gate in sorted(gates, key=lambda gate: gate.part):
        if gate.part != part:
            part = gate.part
            lines.append(f"  {part}:")
        lines.append(f"  {'*' if gate.check else ' '} {gate.name:<{width}}  {gate.proves}")
    return "\n".join(lines)


def select(gates: Sequence[Gate], action: str, names: Sequence[str]) -> list[Gate]:
    """Return the gates that a command line selects; an unknown name is an error."""
    if action == "test":
        return list(gates)
    if action == "check":
        return [gate for gate in gates if gate.check]
    known = {gate.part if action == "part" else gate.name for gate in gates}
    unknown = sorted(set(names) - known)
    if unknown or not names:
        wrong = ", ".join(unknown) or "none named"
        raise SystemExit(f"No such gate or part: {wrong}. There are: {', '.join(sorted(known))}")
    return [gate for gate in gates if (gate.part if action == "part" else gate.name) in names]


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    action, *names = arguments or ["help"]
    gates = load_gates()
    if action == "help":
        print(describe(gates))
        return 0
    if action not in {"check", "test", "part", "run"}:
        raise SystemExit(__doc__)
    return run_gates(select(gates, action, names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
