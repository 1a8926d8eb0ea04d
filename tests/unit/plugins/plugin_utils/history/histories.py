# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history of reports, for the tests of its page and of its summary."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST


def history(*reports: dict[str, Any], days: float = 10) -> dict[str, Any]:
    made = History(FIRST + days * DAY)
    for number, one in enumerate(reports):
        assert not made.take(one, f"{number}.json")
    return made.document(90)
