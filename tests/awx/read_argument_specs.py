# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the argument specs of the collection awx.awx into the file that the tests hold extensions/awx against.

Usage: python -m tests.awx.read_argument_specs FOLDER, which holds ansible_collections/awx/awx.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("awx_awx.json")
MODULES = (
    "credential",
    "credential_type",
    "execution_environment",
    "host",
    "inventory",
    "inventory_source",
    "inventory_source_update",
    "job_template",
    "notification_template",
    "project",
    "role",
    "schedule",
    "team",
    "workflow_job_template",
    "workflow_job_template_node",
)
KEPT = ("type", "elements", "required", "choices", "default", "aliases", "no_log")


class Reached(Exception):  # noqa: N818  it is no error
    """A module has told its argument spec."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self.spec = spec


def _tell(_self: Any, argument_spec: dict[str, Any], **_more: Any) -> None:
    raise Reached(argument_spec)


def spec_of(name: str) -> dict[str, Any]:
    """Return the argument spec of a module, with the suboptions that only its documentation tells."""
    api = importlib.import_module("ansible_collections.awx.awx.plugins.module_utils.controller_api")
    api.ControllerAPIModule.__init__ = _tell
    module = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{name}")
    try:
        module.main()
    except Reached as reached:
        spec = {**api.ControllerAPIModule.AUTH_ARGSPEC, **reached.spec}
    options = {option: {key: fields[key] for key in KEPT if key in fields} for option, fields in spec.items()}
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    for option, fields in documented.items():
        if fields.get("suboptions"):
            options[option]["options"] = _suboptions(fields["suboptions"])
    return options


def _suboptions(documented: dict[str, Any]) -> dict[str, Any]:
    described = {}
    for option, fields in documented.items():
        described[option] = {key: fields[key] for key in ("type", "elements", "required", "choices") if key in fields}
        if fields.get("suboptions"):
            described[option]["options"] = _suboptions(fields["suboptions"])
    return described


def main(folder: Path) -> None:
    """Write the file."""
    sys.path.insert(0, str(folder))
    manifest = (folder / "ansible_collections/awx/awx/MANIFEST.json").read_text(encoding="utf-8")
    version = re.search(r'"version": "([^"]+)"', manifest)
    found = {"version": version.group(1) if version else "", "modules": {name: spec_of(name) for name in MODULES}}
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
