# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service lists, as a history takes it."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.lineages import Lineages
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.listing import protected_now
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document


def test_what_has_failed_over_is_not_protected() -> None:
    lineages = Lineages()
    lineages.mark(protected_now([document(1), document(2, state="COMPLETE"), document(3, state="TEST")]), 1.0)
    newest = [vm.newest for vm in lineages.all()]
    assert [(one.runs_at, one.replicates_to, one.protected) for one in newest] == [
        ("site-1", "site-2", True),
        ("site-2", "", False),
        ("site-1", "site-2", True),
    ]
