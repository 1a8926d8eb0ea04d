# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and names of VMs in sentences."""

from __future__ import annotations

from collections.abc import Sequence

MAX_NAMES = 20


def vms_in_words(number: int) -> str:
    """Return a number of VMs as text, such as ``2 VMs``."""
    return "1 VM" if number == 1 else f"{number} VMs"


def listed(names: Sequence[str], most: int = MAX_NAMES) -> str:
    """Return the first names as text, with the number of the others.

    :param most: how many names are told
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
