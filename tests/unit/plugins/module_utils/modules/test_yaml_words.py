# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A word that YAML has read as true or false is no text, wherever an option wants one."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.modules.yaml_words import misread

OPTIONS: dict[str, Any] = {
    "names": {"type": "list", "elements": "str", "aliases": ["name"]},
    "owner": {"type": "str"},
    "plain": {},
    "file": {"type": "path"},
    "is_on": {"type": "bool"},
    "anything": {"type": "raw"},
    "by_name": {"type": "dict"},
    "numbers": {"type": "list", "elements": "int"},
    "word": {"type": "str", "choices": ["yes", "no"]},
    "inner": {"type": "dict", "options": {"organization": {"type": "str"}}},
    "waves": {"type": "list", "elements": "dict", "options": {"hosts": {"type": "list", "elements": "str"}}},
}


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "true", "False"])
@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("owner: {}", "owner"),
        ("plain: {}", "plain"),
        ("file: {}", "file"),
        ("names: {}", "names"),
        ("name: [a, {}]", "name[1]"),
        ("inner: {{organization: {}}}", "inner.organization"),
        ("by_name: {{{}: one}}", "by_name, key"),
        ("waves: [{{}}, {{hosts: [{}]}}]", "waves[1].hosts[0]"),
    ],
)
def test_the_place_of_the_word_is_told(given: str, place: str, word: str) -> None:
    told = misread(OPTIONS, yaml.safe_load(given.format(word)))
    assert re.match(rf"{re.escape(place)}( True| False)?: YAML reads words", told)
    assert not misread(OPTIONS, yaml.safe_load(given.format(f"'{word}'")))


@pytest.mark.parametrize(
    "given",
    [
        "is_on: yes",
        "anything: [no]",
        "numbers: [1]",
        "word: no",
        "names: [1, 007, 1.5, 2026-05-01, ~]",
        "owner: null",
        "inner: null",
        "waves: text",
        "unknown: yes",
        "inner: {unknown: yes}",
    ],
)
def test_all_other_values_are_left_to_ansible(given: str) -> None:
    assert misread(OPTIONS, yaml.safe_load(given)) == ""
