# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sum shows every change of the data, and no change of how it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import is_intact, sealed

REPORT: dict[str, Any] = {"b": [1, 2.5, None, True], "a": {"name": "db-1 \u65e5\u672c \ud800"}}


def test_another_way_of_writing_is_no_change() -> None:
    report = sealed(REPORT)
    assert len(report["sha256"]) == 64
    assert is_intact(json.loads(json.dumps(report, indent=8)))
    assert is_intact(dict(reversed(list(report.items()))))
    assert sealed(report) == report


@pytest.mark.parametrize(
    "change", [{"a": {}}, {"b": [1, 2.5, None, False]}, {"c": 1}, {"sha256": "0" * 64}, {"sha256": None}]
)
def test_a_change_of_the_data_is_seen(change: dict[str, Any]) -> None:
    assert is_intact({**sealed(REPORT), **change}) is False


def test_a_report_without_a_sum_tells_nothing() -> None:
    assert is_intact(REPORT) is None
