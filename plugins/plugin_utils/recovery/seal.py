# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SHA-256 checksum of a report's data. It detects changes, but it is not a signature: anyone can recompute it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

KEY = "sha256"


def sealed(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report with the checksum of its data."""
    return {**report, KEY: sum_of(report)}


def sum_of(report: Mapping[str, Any]) -> str:
    """Return the checksum of all data except the checksum itself, as 64 hexadecimal digits.

    It is computed from the data as JSON with sorted keys, without blanks, in ASCII, so that it does not depend on the
    format of the file.

    :param report: the data of a report
    """
    return _sum_of(report, sort_keys=True)


def _sum_of(report: Mapping[str, Any], *, sort_keys: bool) -> str:
    data = {key: value for key, value in report.items() if key != KEY}
    text = json.dumps(data, sort_keys=sort_keys, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def is_intact(report: Mapping[str, Any]) -> bool | None:
    """Tell whether the data of a report matches its checksum.

    :returns: None if the report holds no checksum
    """
    if KEY not in report:
        return None
    # Try without sorting first, which is faster: the keys of a file that the role has written are sorted already.
    return any(report[KEY] == _sum_of(report, sort_keys=sort_keys) for sort_keys in (False, True))
