# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the service made printable; ``tests/unit/plugins/test_hidden_characters.py`` looks where it is shown."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK, Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden, printable


@pytest.mark.parametrize(
    "text", ["db-1", "Büro 1", "データベース", "база", "قاعدة", "हिन्दी", "🗄 db", "a\\x1bb", "{{ x }}"]
)
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_of_all_characters_none_controls_anything_once_it_is_shown() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = printable(everything)
    shown.encode()
    assert len(shown.splitlines()) == 1
    assert not any(map(is_hidden, shown))
    assert printable(shown) == shown


def test_a_secret_is_masked_in_what_is_shown_of_it() -> None:
    secrets = Secrets(["pass\x1bword"])
    assert secrets.redact(str(VcdaError("Wrong: pass\x1bword"))) == f"Wrong: {MASK}"
