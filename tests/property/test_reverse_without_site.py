# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reverses there and back as the API itself calls them, without active_site, and each of them again."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import MIGRATE, REVERSE

from .laboratory import PRIMARY, RECOVERY, Laboratory


@pytest.mark.parametrize("reverse_id", ["same", "new"])
@pytest.mark.parametrize("names", ["usual", "other"])
@pytest.mark.parametrize("kind", [VM, VAPP], ids=lambda kind: kind.name)
def test_there_and_back_without_naming_a_site(kind: Any, names: str, reverse_id: str) -> None:
    laboratory = Laboratory(reverse_id=reverse_id, task_type_names=names)
    seeded = laboratory.simulator.seed(vapps=1, vms_per_vapp=2, state="COMPLETE")
    if kind is VM:
        seeded = laboratory.simulator.seed(names=["web"], state="COMPLETE")
    name = {kind.names_option: ["web" if kind is VM else "vapp-01"]}
    for site in (RECOVERY, PRIMARY):
        at_site = {**name, **laboratory.connection(site)}
        if site == PRIMARY:
            from_there = {**at_site, "active_site": PRIMARY}
            assert laboratory.run(MIGRATE, kind, **from_there)["changed"]
        result = laboratory.run(REVERSE, kind, **at_site)
        assert result["changed"], result["msg"]
        again = laboratory.run(REVERSE, kind, **at_site)
        if names == "other" and reverse_id == "new" and site == PRIMARY:
            # Nothing of what is there tells it.
            assert again["error"]["code"] == "NOT_RECOVERED"
        else:
            assert (again["changed"], again.get("failed")) == (False, None), again["msg"]
    assert laboratory.simulator.completions((seeded.vm_ids or seeded.vapp_ids)[0])["reverse"] == 2
