# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and names of VMs in sentences: long lists are cut, and the rest is counted."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed, vms_in_words


@pytest.mark.parametrize(
    ("number", "most", "text"),
    [(0, 2, ""), (1, 2, "vm-1"), (2, 2, "vm-1, vm-2"), (3, 2, "vm-1, vm-2 and 1 more"), (9, 1, "vm-1 and 8 more")],
)
def test_the_first_names_are_told_and_the_others_counted(number: int, most: int, text: str) -> None:
    assert listed([f"vm-{one + 1}" for one in range(number)], most) == text


def test_at_most_twenty_names_are_told_by_default() -> None:
    assert listed([str(one) for one in range(21)]).endswith(", 19 and 1 more")


@pytest.mark.parametrize(("number", "text"), [(0, "0 VMs"), (1, "1 VM"), (2, "2 VMs")])
def test_a_number_of_vms_agrees_with_its_noun(number: int, text: str) -> None:
    assert vms_in_words(number) == text
