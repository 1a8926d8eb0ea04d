# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every ansible-core must find in the files of the role, and only a run with each of them would show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TASKS = Path(__file__).parents[2] / "roles" / "recovery" / "tasks"
IMPORTS = [
    pytest.param(file, target, id=f"{file.relative_to(TASKS)} imports {target}")
    for file in sorted(TASKS.rglob("*.yml"))
    for target in re.findall(r"import_tasks: (\S+)", file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("file", "target"), IMPORTS)
def test_an_import_is_found_from_the_file_itself(file: Path, target: str) -> None:
    # Where it is not, ansible-core 2.16 looks further up, and breaks off at the import_role of a playbook.
    assert (file.parent / target).is_file()


def test_there_are_imports() -> None:
    assert IMPORTS


# Ansible prints names of tasks and labels of loops as they are.
PRINTED = [
    pytest.param(name, id=f"{file.relative_to(TASKS)} {name}")
    for file in sorted(TASKS.rglob("*.yml"))
    for text in re.findall(r"(?:- name|label): (?:>-\n)?(.*)", file.read_text(encoding="utf-8"))
    for name in re.findall(r"\{\{.*?(?:active_site|vm_name|vapp_name).*?\}\}", text)
]


@pytest.mark.parametrize("template", PRINTED)
def test_a_name_of_the_service_is_printed_without_control_characters(template: str) -> None:
    assert "regex_replace('[^" in template


def test_there_are_names_that_are_printed() -> None:
    assert len(PRINTED) >= 5
