# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set a stand-in of AWX up: with modules that check arguments by the specs of awx.awx and keep what AWX would."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.tests.awx.stand_in import Arguments, Awx, load, save
from ansible_collections.opendr.vcda.tests.tools.commands import output_of
from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS, ROOT, tool_environment

SPECS = json.loads(Path(__file__).with_name("awx_awx.json").read_text(encoding="utf-8"))["modules"]
CONFIGURE = str(ROOT / "extensions" / "awx" / "configure.yml")
BY_NAME = "opendr.vcda.awx_setup"
_CHANGED = re.compile(r"^localhost +: .*?changed=(\d+)", re.MULTILINE)
# An action plugin costs no process of its own, which a module does.
_STAND_IN = """
import json
import pathlib
from ansible.plugins.action import ActionBase
from ansible_collections.opendr.vcda.tests.awx.stand_in import answer


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        given = self.validate_argument_spec(json.loads({spec!r}))[1]
        result.update(answer(pathlib.Path({store!r}), {name!r}, given, check=self._task.check_mode))
        return result
"""


@dataclass(frozen=True)
class Run:
    """How a run of the setup ended."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        found = _CHANGED.search(self.output)
        assert found, self.output
        return int(found.group(1))


class Setup:
    """A folder with an AWX, and with the collection whose modules talk to it."""

    def __init__(self, folder: Path, collection: str = "awx.awx") -> None:
        self.folder = folder
        self.collection = collection
        self.store = folder / "awx.json"
        namespace, _dot, name = collection.partition(".")
        actions = folder / "ansible_collections" / namespace / name / "plugins" / "action"
        actions.mkdir(parents=True)
        for module, spec in SPECS.items():
            text = _STAND_IN.format(spec=json.dumps(spec), store=str(self.store), name=module)
            (actions / f"{module}.py").write_text(text, encoding="utf-8")

    @property
    def awx(self) -> Awx:
        """The AWX as it is now. Give it back with keep()."""
        return load(self.store)

    def keep(self, awx: Awx) -> None:
        """Change the AWX."""
        save(awx, self.store)

    def run(self, variables: Arguments, *arguments: str, playbook: str = CONFIGURE, core: Path | None = None) -> Run:
        """Run the setup.

        Args:
            variables: Extra variables.
            arguments: Further arguments of ansible-playbook.
            playbook: Its file, or its name.
            core: Folder with the programs of another ansible-core.

        Returns:
            How it ended.
        """
        values = self.folder / "variables.json"
        values.write_text(json.dumps({"vcda_awx_collection": self.collection, **variables}), encoding="utf-8")
        environment = tool_environment() | {"ANSIBLE_COLLECTIONS_PATH": f"{self.folder}:{COLLECTIONS}"}
        program = core / "ansible-playbook" if core else "ansible-playbook"
        command = (program, "-e", f"@{values}", *arguments, playbook)
        return Run(*output_of(*command, cwd=self.folder, environment=environment))

    def must_run(self, variables: Arguments, **options: Any) -> Run:
        """Run the setup, which has to succeed; the parameters are those of run()."""
        done = self.run(variables, **options)
        if done.code != 0:
            raise AssertionError(done.output)
        return done
