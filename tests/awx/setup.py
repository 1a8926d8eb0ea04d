# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply extensions/awx with stand-ins for the modules of awx.awx: they check arguments by its specs and take notes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.tests.tools.commands import output_of
from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS, ROOT, tool_environment

SPECS = json.loads(Path(__file__).with_name("awx_awx.json").read_text(encoding="utf-8"))["modules"]
Arguments = dict[str, Any]
# What was applied: module name to the arguments of its calls, in order.
Applied = dict[str, list[Arguments]]

_STAND_IN = """#!/usr/bin/python
import json
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec=json.loads({spec!r}))
with open({notes!r}, "a") as notes:
    notes.write(json.dumps([{name!r}, module.params]) + "\\n")
module.exit_json(changed=True)
"""


def apply(folder: Path, variables: Arguments) -> Applied:
    """Run the playbook that sets AWX up.

    Args:
        folder: Where the stand-ins and their notes are put.
        variables: Extra variables.

    Returns:
        What it would have made, without what it left to the defaults.
    """
    notes = folder / "notes"
    modules = folder / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    for name, spec in SPECS.items():
        text = _STAND_IN.format(spec=json.dumps(spec), notes=str(notes), name=name)
        (modules / f"{name}.py").write_text(text, encoding="utf-8")
    values = folder / "variables.json"
    values.write_text(json.dumps(variables), encoding="utf-8")
    environment = tool_environment() | {"ANSIBLE_COLLECTIONS_PATH": f"{folder}:{COLLECTIONS}"}
    playbook = ROOT / "extensions" / "awx" / "configure.yml"
    command = ("ansible-playbook", "-e", f"@{values}", playbook)
    code, output = output_of(*command, cwd=folder, environment=environment)
    if code != 0:
        raise AssertionError(output)
    applied: Applied = {name: [] for name in SPECS}
    for line in notes.read_text(encoding="utf-8").splitlines():
        name, arguments = json.loads(line)
        applied[name].append(_given(arguments))
    return applied


def _given(value: Any) -> Any:
    """Return arguments without the options that nobody has set."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_given(item) for item in value]
    return value
