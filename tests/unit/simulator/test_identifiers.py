# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identifiers: documented forms, the same in every run."""

from __future__ import annotations

import base64

from ansible_collections.opendr.vcda.tests.simulator import identifiers
from ansible_collections.opendr.vcda.tests.simulator.identifiers import Identifiers


def test_documented_forms() -> None:
    ids = Identifiers(1)
    assert identifiers.UUID.fullmatch(ids.uuid())
    assert identifiers.VM_REPLICATION.fullmatch(ids.vm_replication())
    assert identifiers.VAPP_REPLICATION.fullmatch(ids.vapp_replication())
    assert ids.instance().startswith("replica-")
    assert ids.moref() != ids.moref()


def test_a_token_is_the_base64_of_20_bytes() -> None:
    token = Identifiers(1).token()
    assert len(token) == 28
    assert token.endswith("=")
    assert len(base64.b64decode(token)) == 20


def test_the_same_seed_gives_the_same_ids() -> None:
    assert Identifiers(7).uuid() == Identifiers(7).uuid()
    assert Identifiers(7).uuid() != Identifiers(8).uuid()
