# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: values, checks, and their table in the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import settings
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings

README = Path(settings.__file__).with_name("README.md")
ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<values>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)


def test_the_readme_explains_every_switch_with_its_values() -> None:
    rows = {row["name"]: row["values"] for row in ROW.finditer(README.read_text(encoding="utf-8"))}
    defaults = Settings().to_dict()
    assert list(rows) == list(defaults)
    for name, default in defaults.items():
        shown = settings.choices(name) or (as_text(default),)
        assert rows[name] == ", ".join(f"`{value}`" for value in shown), name


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_from_dict_and_to_dict() -> None:
    made = Settings.from_dict({"reverse_id": "new", "task_seconds": 3, "sites_down": ["site-1"]})
    assert made.reverse_id == "new"
    assert made.task_seconds == 3.0
    assert made.sites_down == ("site-1",)
    assert Settings.from_dict(made.to_dict()) == made


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"revers_id": "new"}, "unknown switch: revers_id"),
        ({"reverse_id": "other"}, "reverse_id is one of same, new"),
        ({"api_version": "4.8"}, "unknown API version"),
        ({"task_seconds": "3"}, "task_seconds is of type float"),
        ({"task_seconds": -1}, "must not be negative"),
        ({"limit_cap": True}, "limit_cap is of type int"),
        ({"limit_cap": 0}, "at least 1"),
        ({"sites_down": "site-1"}, "a list of names"),
        ({"queued_tasks": 1}, "queued_tasks is of type bool"),
    ],
)
def test_wrong_values_are_refused_and_change_nothing(values: dict[str, Any], message: str) -> None:
    made = Settings()
    with pytest.raises(ValueError, match=message):
        made.update({"split_vapp": False, **values})
    assert made == Settings()


def test_choices() -> None:
    assert settings.choices("reverse_id") == ("same", "new")
    assert settings.choices("task_seconds") == ()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("queued_tasks", "True", True),
        ("queued_tasks", "false", False),
        ("task_seconds", "1.5", 1.5),
        ("limit_cap", "7", 7),
        ("sites_down", "a,b", ("a", "b")),
        ("reverse_id", "new", "new"),
    ],
)
def test_parsed(name: str, text: str, value: Any) -> None:
    assert settings.parsed(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("queued_tasks", "yes"), ("nothing", "1"), ("limit_cap", "many")])
def test_parsed_refuses(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"true or false|unknown switch|invalid literal"):
        settings.parsed(name, text)
