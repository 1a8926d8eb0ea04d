# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the role with hooks: several in one process, and what each of its hooks got."""

from __future__ import annotations

import json
from typing import Any

from .estate import RECOVERY, Estate

STAGES = ("start", "before", "verify", "after", "end", "failure")
# What text of a tenant would do if it were taken for a template.
EVIL = "{{ lookup('ansible.builtin.pipe', 'touch evaluated') }}"


class Plays:
    """Runs of the role in one process, with a hook that records what it gets in each stage."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.tasks: list[dict[str, Any]] = []
        self.given: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.write("record.yml", _recording())
        self.write("broken.yml", [{"name": "Fail", "ansible.builtin.fail": {"msg": "This hook is broken."}}])

    def write(self, name: str, tasks: list[dict[str, Any]]) -> None:
        (self.estate.folder / name).write_text(json.dumps(tasks), encoding="utf-8")

    def add(self, entry_point: str, *, check: bool = False, **variables: Any) -> None:
        """Add a run of an entry point, whose failure does not end the play."""
        hooks = {f"hooks_{stage}": ["record.yml"] for stage in STAGES}
        given = {
            "connection": self.estate.connection(),
            "active_site": RECOVERY,
            "source_is_down": True,
            "report_files": False,
            "poll_interval": 0.2,
            **hooks,
            **variables,
        }
        number = len(self.tasks)
        keep = {
            "name": "Keep the report",
            "ansible.builtin.set_fact": {"reports": "{{ reports | default([]) + [recovery_report | to_json] }}"},
        }
        run = {
            "name": entry_point,
            "ansible.builtin.include_role": {
                "name": "opendr.vcda.recovery",
                "tasks_from": entry_point,
                "apply": {"check_mode": check},
            },
            "vars": {**{"recovery_" + name: value for name, value in given.items()}, "run_number": number},
        }
        note = {"name": "Go on", "ansible.builtin.debug": {"msg": "It failed."}}
        self.tasks.append({"name": "Run", "block": [run], "rescue": [note], "always": [keep]})

    def run(self, **environment: str) -> str:
        """Run them all; nothing that a tenant has named may have been evaluated."""
        content = "{{ {'recorded': recorded | default([]), 'reports': reports} | to_json }}"
        end = {"ansible.builtin.copy": {"content": content, "dest": "{{ playbook_dir }}/kept.json", "mode": "0600"}}
        code, output = self.estate.run(
            self.estate.playbook(*self.tasks, {"name": "Keep all", **end}), "-e", json.dumps(self.given), **environment
        )
        assert code == 0, output
        assert not (self.estate.folder / "evaluated").exists()
        kept = json.loads((self.estate.folder / "kept.json").read_text(encoding="utf-8"))
        self.records = [json.loads(line) for line in kept["recorded"]]
        self.reports = [json.loads(line) for line in kept["reports"]]
        return output

    def calls(self, number: int) -> list[dict[str, Any]]:
        """What the hooks of a run got, in order."""
        return [entry["hook"] for entry in self.records if entry["run"] == number]


def _recording() -> list[dict[str, Any]]:
    entry = "{{ [{'run': run_number, 'hook': recovery_hook} | to_json] }}"
    return [
        {
            "name": "Record what the hook gets",
            "ansible.builtin.set_fact": {"recorded": "{{ recorded | default([]) + " + entry[3:]},
        }
    ]
