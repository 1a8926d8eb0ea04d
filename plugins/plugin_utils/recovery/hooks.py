# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locates the hooks of a run: all must be found before the run begins, and none may belong to this collection."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import HOOKS, RecoveryInputError, names_of

_VARIABLES = "recovery_hooks_"
_TASK_FILE = re.compile(r"\.ya?ml\Z")
_COLLECTION = Path(__file__).resolve().parents[3]
_OUR_OWN = (_COLLECTION / "roles", _COLLECTION / "playbooks")
# A folder with one of these files is a role.
_ROLE_FILES = tuple(f"{part}/main{ending}" for part in ("tasks", "meta") for ending in (".yml", ".yaml", ".json", ""))

# Returns the folder of a role of this name; empty if there is none.
FindRole = Callable[[str], str]
# Tells why a file of tasks cannot be used; empty if it can. The second parameter: whether it belongs to a role.
CheckTasks = Callable[[str, bool], str]


def with_hooks(
    values: Mapping[str, Any], folders: Iterable[str], find_role: FindRole, check_tasks: CheckTasks
) -> dict[str, Any]:
    """Return the variables of the role with the located hooks.

    :param values: the variables
    :param folders: the folders that are searched for task files, in this order
    :param find_role: looks up a role as Ansible does
    :param check_tasks: loads a file of tasks as Ansible does, and looks for tasks that would end the run
    :returns: the variables; task files have their full path, roles their name
    :raises RecoveryInputError: if a hook is not found, cannot be read or used, or belongs to this collection
    """

    @cache
    def places() -> list[str]:
        return [folder for folder in dict.fromkeys(map(str, folders)) if not _is_our_own(Path(folder))]

    def located(variable: str, hooks: Any) -> list[str]:
        return [_locate(variable, hook, places(), find_role, check_tasks) for hook in names_of(hooks)]

    found = dict(values)
    for name in values:
        if name.startswith(_VARIABLES):
            found[name] = located(name, values[name])
    waves = values.get("recovery_waves") or ()
    found["recovery_waves"] = [
        {key: located(f"recovery_waves[{number}].{key}", one) if key in HOOKS else one for key, one in wave.items()}
        for number, wave in enumerate(waves)
    ]
    return found


def _locate(variable: str, hook: str, folders: list[str], find_role: FindRole, check_tasks: CheckTasks) -> str:
    is_role = not _TASK_FILE.search(hook)
    if not is_role:
        found = _task_file(hook, folders)
        missing = f"{variable}: the task file {hook!r} is not in {' or '.join(folders)}."
    else:
        found = find_role(hook)
        found = found if any(Path(found, name).is_file() for name in _ROLE_FILES) else ""
        missing = f"{variable}: there is no role {hook!r}, and the name of a task file ends in .yml or .yaml."
    if not found:
        raise RecoveryInputError(missing)
    if _is_our_own(Path(found)):
        raise RecoveryInputError(f"{variable}: {hook!r} belongs to this collection, so it cannot be a hook.")
    files = [Path(found, name) for name in _ROLE_FILES if name.startswith("tasks")] if is_role else [Path(found)]
    problem = next((problem for path in files if path.is_file() for problem in [check_tasks(str(path), is_role)]), "")
    if problem:
        raise RecoveryInputError(f"{variable}: the hook {hook!r} cannot be used: {problem}.")
    return hook if is_role else found


def _task_file(hook: str, folders: list[str]) -> str:
    """Return the full path of a readable task file; empty if there is none."""
    for folder in folders:
        # A name that is not valid for a file counts as a missing file.
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            path = Path(folder, Path(hook).expanduser())
            if path.is_file() and os.access(path, os.R_OK):
                return str(path)
    return ""


def _is_our_own(path: Path) -> bool:
    resolved = path.resolve()
    return any(folder == resolved or folder in resolved.parents for folder in _OUR_OWN)
