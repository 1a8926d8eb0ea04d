# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that a file of answers may repeat are those of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.probe.words import KEYS, OTHER_WORD, WORDS, known_word
from ansible_collections.opendr.vcda.tests import contract

FOLDER = Path(contract.__file__).parent


def named(node: Any, what: str) -> Iterator[str]:
    """Yield the property names, or the words of enumerations, of a part of the contract."""
    if isinstance(node, list):
        for item in node:
            yield from named(item, what)
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    if what == "keys" and isinstance(properties, dict):
        yield from properties
    if what == "words":
        values = node.get("enum")
        yield from (word for word in (values if isinstance(values, list) else []) if isinstance(word, str))
    for item in node.values():
        yield from named(item, what)


@pytest.mark.parametrize(("what", "known"), [("keys", KEYS), ("words", WORDS)])
def test_every_word_of_the_contract_is_known(what: str, known: frozenset[str]) -> None:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.yaml")]
    missing = {word for file in files for word in named(file, what)} - known
    assert not missing, f"Add to {what.upper()} in plugins/module_utils/probe/words.py: {' '.join(sorted(missing))}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("COMPLETE", True),
        ("VmReplicationNotFound", True),
        ("reverseReplication", True),
        ("TEST_IN_PROGRESS", True),
        ("failover-test-cleanup", True),
        ("SimulatorBusy", False),
        ("payroll", False),
        ("failoverPayroll", False),
        ("sync2", False),
        ("sync 10.0.0.1", False),
        ("sync\nsync", False),
        ("syncSyncSyncSyncSyncSyncSyncSyncSync", False),
        ("", False),
    ],
)
def test_a_word_is_told_only_if_all_of_it_is_known(text: str, told: bool) -> None:
    assert known_word(text) == (text if told else OTHER_WORD)
