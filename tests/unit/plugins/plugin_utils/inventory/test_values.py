# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of the service and encrypted values are never evaluated."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.values import as_data, decrypted, trusted

TEMPLATE = "{{ 1 + 1 }}"


class Encrypted:
    """As the classes of ansible-core for encrypted text: no text and not hashable, but str() gives the text."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: str) -> None:
        self._text = text

    def __eq__(self, other: object) -> bool:
        return str(other) == self._text

    def __str__(self) -> str:
        return self._text


def evaluated(value: Any) -> Any:
    templar: Any = Templar(loader=DataLoader())  # type: ignore[no-untyped-call]
    return templar.template(value)


def test_only_an_expression_that_is_trusted_is_evaluated() -> None:
    assert str(evaluated(trusted(TEMPLATE))) == "2"
    assert evaluated(as_data({"names": [TEMPLATE, "vm-1", None, 7]})) == {"names": [TEMPLATE, "vm-1", None, 7]}
    assert evaluated(decrypted(Encrypted(TEMPLATE))) == TEMPLATE


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Encrypted("s3"), "s3"),
        ([{"password": Encrypted("s3"), "site": "a"}], [{"password": "s3", "site": "a"}]),
        ({"of": {"of": [[Encrypted("s3")]]}}, {"of": {"of": [["s3"]]}}),
        ([None, True, 7, 1.5, "text"], [None, True, 7, 1.5, "text"]),
    ],
)
def test_encrypted_values_become_text_wherever_they_are(value: Any, plain: Any) -> None:
    found = decrypted(value)
    assert found == plain
    assert "Encrypted" not in repr(found)
