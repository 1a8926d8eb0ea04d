# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On which hosts the playbooks run: never on none, which ansible-playbook would call a success."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

# Of all playbooks but those that run at one place only.
PLAYBOOKS = [
    path
    for path in sorted((Path(__file__).parents[2] / "playbooks").glob("*.yml"))
    if "hosts: localhost" not in path.read_text(encoding="utf-8")
]
GROUPS = {"all": ["db-1", "web-1"], "ungrouped": [], "vcda": ["db-1", "web-1"], "shop": ["db-1"]}

try:  # Since ansible-core 2.19 only what is trusted is a template.
    from ansible.template import trust_as_template
except ImportError:

    def trust_as_template(value: str) -> str:  # type: ignore[misc]
        return value


def hosts_of(playbook: Path, value: Any) -> Any:
    (play,) = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    variable = "probe_hosts" if playbook.stem == "probe" else "recovery_hosts"
    templar = Templar(DataLoader(), variables={"groups": GROUPS, variable: value})  # type: ignore[no-untyped-call]
    return templar.template(trust_as_template(play["hosts"]))


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.stem)
@pytest.mark.parametrize("value", [None, "", "  ", [], "[]", "None", "null", "localhost"], ids=repr)
def test_a_blank_pattern_is_localhost(playbook: Path, value: Any) -> None:
    assert hosts_of(playbook, value) == "localhost"


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.stem)
@pytest.mark.parametrize(
    "value", ["vcda", "shop", "db-1", "vcda:!db-1", "db-*", "~w.*", "all", ["shop", "web-1"], "shop,web-1"], ids=repr
)
def test_a_pattern_is_taken_as_it_is(playbook: Path, value: Any) -> None:
    assert hosts_of(playbook, value) == value


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.stem)
@pytest.mark.parametrize("value", ["vdca", ["vdca"], "vcda:!vcda", "ungrouped", "db-9", [None]], ids=repr)
def test_a_pattern_that_matches_nothing_is_an_error(playbook: Path, value: Any) -> None:
    with pytest.raises(AnsibleError, match="_hosts matches no host of the inventory"):
        hosts_of(playbook, value)


def test_there_are_playbooks() -> None:
    assert len(PLAYBOOKS) >= 7
