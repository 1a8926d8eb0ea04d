# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of tasks that Ansible cannot load is told before a run, and one that it can load is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.task import Task

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.hook_files import problem_of_tasks

GOOD = {
    "nothing": "",
    "no task": "---\n# later\n",
    "a task": "- name: One\n  ansible.builtin.debug:\n    msg: '{{ recovery_result }}'\n  when: x is defined\n",
    "a short name": "- debug: msg=x\n",
    "a module of this collection": "- opendr.vcda.site_info:\n  register: sites\n  loop: [1]\n  no_log: true\n",
    "old forms": "- action: command ls\n- local_action: {module: debug, msg: x}\n- debug: {}\n  with_items: [1]\n",
    "a block": "- block:\n    - debug: {}\n  rescue:\n    - fail: {}\n  always: []\n  become: true\n",
    "roles": "- include_role: {name: x, apply: {tags: y}}\n- import_role: {name: y}\n- meta: flush_handlers\n",
    "a template": "- include_tasks: '{{ item }}.yml'\n  loop: [a]\n- debug: {msg: '{{ broken'}\n",
    "a file that is elsewhere": "- include_tasks: somewhere/else.yml\n- import_tasks: {file: more.yml}\n",
    "itself": "- include_tasks: hook.yml\n",
    "the status": "- include_role: {name: opendr.vcda.recovery, tasks_from: status}\n",
    "a good one": "- include_tasks: good.yml\n- import_tasks: {file: good.yml}\n",
}
BAD: dict[str, tuple[str | bytes, str]] = {
    "no YAML": ("- a: [\n", ""),
    "no text": (b"- debug: {msg: \xff}\n", ""),
    "a mapping": ("a: 1\n", "no list of tasks"),
    "a text": ("hello\n", "no list of tasks"),
    "a list of texts": ("- hello\n", "no task"),
    "a play": ("- hosts: all\n  tasks: []\n", "a play"),
    "an unknown module": ("- no.such.module: {}\n", "no.such.module"),
    "a typing error": ("- ansible.builtin.no_such: {}\n", "no_such"),
    "two actions": ("- ansible.builtin.debug: {}\n  ansible.builtin.command: ls\n", "conflicting"),
    "an unknown keyword": ("- ansible.builtin.debug: {}\n  no_such_keyword: x\n", "no_such_keyword"),
    "no action": ("- name: Nothing\n", "no module"),
    "an error in a block": ("- block: []\n  always:\n    - block:\n        - a.b.c: {}\n", "a.b.c"),
    "an error in a file that is included": ("- include_tasks: bad.yml\n", "bad.yml"),
    "an error in a file that is imported": ("- ansible.builtin.import_tasks: {file: bad.yml}\n", "bad.yml"),
    "an end of the play": ("- meta: end_play\n  when: false\n", "meta: end_play would end the run"),
    "an end of the host in a block": ("- block:\n    - ansible.builtin.meta: end_host\n", "meta: end_host"),
    "an end of the batch in a rescue": ("- block: []\n  rescue: [ansible.builtin.meta: ' end_batch ']\n", "end_batch"),
    "another run": ("- import_role: {name: opendr.vcda.recovery}\n", "another run"),
    "another run of an entry point": (
        "- ansible.builtin.include_role: {name: opendr.vcda.recovery, tasks_from: readiness.yml}\n",
        "another run",
    ),
    "this role": ("- opendr.vcda.recovery_batch: {}\n", "another run"),
    "an end in a file that is included": ("- include_tasks: end.yml\n", "meta: end_play"),
    "encrypted with an unknown password": ("$ANSIBLE_VAULT;1.1;AES256\n6231\n", ""),
}


def problem(folder: Path, content: str | bytes, *, is_role: bool = False) -> str:
    (folder / "good.yml").write_text("- debug: {}\n")
    (folder / "bad.yml").write_text("- name: [\n")
    (folder / "end.yml").write_text("- meta: end_play\n")
    path = folder / "hook.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    loader = DataLoader()  # type: ignore[no-untyped-call]
    task = Task.load({"ansible.builtin.include_tasks": str(path)}, loader=loader)  # type: ignore[no-untyped-call]
    return problem_of_tasks(str(path), task, loader, is_role=is_role)


@pytest.mark.parametrize("is_role", [False, True])
@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_what_ansible_can_load_is_no_problem(tmp_path: Path, content: str, is_role: bool) -> None:
    assert problem(tmp_path, content, is_role=is_role) == ""


@pytest.mark.parametrize(("content", "named"), BAD.values(), ids=BAD)
def test_what_ansible_cannot_load_is_told_in_one_line(tmp_path: Path, content: str | bytes, named: str) -> None:
    told = problem(tmp_path, content)
    assert named in told
    assert told.startswith(("hook.yml: ", "bad.yml: ", "end.yml: "))
    assert "\n" not in told
    assert not told.endswith(".")


def test_a_role_may_know_modules_that_the_play_does_not(tmp_path: Path) -> None:
    assert problem(tmp_path, BAD["an unknown module"][0], is_role=True) == ""
    assert problem(tmp_path, BAD["a mapping"][0], is_role=True) != ""


@pytest.mark.parametrize(("is_role", "ends"), [(True, []), (False, ["end_role"])])
def test_a_role_may_end_itself_and_a_task_file_may_not(tmp_path: Path, is_role: bool, ends: list[str]) -> None:
    told = problem(tmp_path, "- meta: end_role\n", is_role=is_role)
    assert [one for one in ("end_role",) if one in told] == ends
    assert "end_host" in problem(tmp_path, "- meta: end_host\n", is_role=is_role)
