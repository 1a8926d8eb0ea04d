# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of the service and encrypted values are never evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.values import as_data, decrypted


class Encrypted:
    """As the classes of ansible-core for encrypted text: no text and not hashable, but str() gives the text."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: str) -> None:
        self._text = text

    def __eq__(self, other: object) -> bool:
        return str(other) == self._text

    def __str__(self) -> str:
        return self._text


@pytest.mark.parametrize("evil", ["{{ 1 + 1 }}", "{% raw %}", "a#b", "line\n"])
def test_data_that_could_be_a_template_is_never_trusted(evil: str) -> None:
    found = as_data({"names": [evil, "vm-1", None, 7], "of": {"name": evil}}, "may {}".format, "never {}".format)
    never = f"never {evil}"
    assert found == {"names": [never, "may vm-1", None, 7], "of": {"name": never}}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Encrypted("s3"), "never s3"),
        ([{"password": Encrypted("s3"), "site": "a"}], [{"password": "never s3", "site": "a"}]),
        ({"of": {"of": [[Encrypted("s3")]]}}, {"of": {"of": [["never s3"]]}}),
        ([None, True, 7, 1.5, "text"], [None, True, 7, 1.5, "text"]),
    ],
)
def test_encrypted_values_become_text_that_is_never_evaluated(value: Any, plain: Any) -> None:
    assert decrypted(value, "never {}".format) == plain
