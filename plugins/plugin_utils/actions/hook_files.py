# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks before a run whether Ansible can load the task files of hooks, and whether a task of them would end the run.

Ansible ends the whole run when it includes a file that it cannot load. The run would then have no report, not even of
what it has recovered, and if ``meta`` ends it, it would not even fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.playbook.task import Task

_INCLUDES = tuple(
    f"{prefix}{name}" for prefix in ("", "ansible.builtin.") for name in ("include_tasks", "import_tasks")
)
_META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")
_ENDS = ("end_play", "end_batch", "end_host", "end_role")
_ROLES = tuple(f"{prefix}{name}" for prefix in ("", "ansible.builtin.") for name in ("include_role", "import_role"))
# The entry points of this role that do not begin a run.
_NO_RUN = ("status", "report")


def problem_of_tasks(path: str, task: Task, loader: Any, *, is_role: bool = False) -> str:
    """Tell why Ansible cannot load a file of tasks, or one that it includes by a name beside it.

    :param path: of the file
    :param task: the task that the tasks would be included by
    :param loader: reads files, and decrypts them if needed
    :param is_role: whether the file belongs to a role, which may know other modules; only its form is checked then
    :returns: a sentence without its end; empty if Ansible can load it
    """
    seen: set[Path] = set()
    left = [Path(path)]
    try:
        while left:
            file = left.pop()
            if file.resolve() not in seen:
                seen.add(file.resolve())
                for entry in _tasks_in(loader.load_from_file(str(file))):
                    _check_end(entry, is_role=is_role)
                    _check_run(entry)
                    if not is_role:
                        Task.load(entry, task_include=task, loader=loader)  # type: ignore[no-untyped-call]
                    left += [place for place in _included(entry, file.parent) if place.is_file()]
    except (AnsibleError, UnicodeError) as error:
        return f"{file.name}: {' '.join(str(getattr(error, 'message', '') or error).split())}".rstrip(".")
    return ""


def _tasks_in(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the tasks of a file, and those of its blocks.

    :raises AnsibleParserError: if it holds something else
    """
    if data is None:
        return
    if not isinstance(data, list):
        raise AnsibleParserError("it holds no list of tasks")
    for entry in data:
        if not isinstance(entry, Mapping):
            raise AnsibleParserError("an entry of its list is no task")
        if "hosts" in entry:
            raise AnsibleParserError("it holds a play and no tasks")
        if "block" not in entry:
            yield entry
        for part in ("block", "rescue", "always"):
            yield from _tasks_in(entry.get(part))


def _check_end(entry: Mapping[str, Any], *, is_role: bool) -> None:
    """Raise an error if a task would end the run before its report; a role may end itself."""
    given = [entry[name].strip() for name in _META if isinstance(entry.get(name), str)]
    if any(one in _ENDS and not (is_role and one == "end_role") for one in given):
        raise AnsibleParserError(f"meta: {given[0]} would end the run before its report. Use when, or fail to stop it")


def _check_run(entry: Mapping[str, Any]) -> None:
    """Raise an error if a task would begin another run of this role, which would take the place of the first one."""
    given = [entry[name] for name in _ROLES if isinstance(entry.get(name), Mapping)]
    own = [one for one in given if one.get("name", one.get("role")) == "opendr.vcda.recovery"]
    begins = [one for one in own if str(one.get("tasks_from", "main")).partition(".")[0] not in _NO_RUN]
    if begins or "opendr.vcda.recovery_batch" in entry:
        raise AnsibleParserError("a hook cannot begin another run of the role opendr.vcda.recovery. Use the modules")


def _included(entry: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    for name in _INCLUDES:
        given = entry.get(name)
        file = given.get("file") if isinstance(given, Mapping) else given
        if isinstance(file, str) and "{{" not in file and "\0" not in file:
            yield folder / file.strip()
