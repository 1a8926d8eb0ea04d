# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does between a template and ansible-runner: credentials, surveys, inventories, slices, artifacts.

Written from the documentation of AWX (credential types, surveys, job slicing), and from what AWX 24.6.1 was seen to do.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.tests.awx.credentials import inject
from ansible_collections.opendr.vcda.tests.awx.stand_in import Arguments, Awx
from ansible_collections.opendr.vcda.tests.awx.surveys import answered
from ansible_collections.opendr.vcda.tests.tools.commands import output_of
from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS, FIELD, tool_environment

IDENT = "job"
# What it sets for the update of an inventory, and no user need set.
_OF_AN_UPDATE = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_VERBOSE_TO_STDERR": "True"}
_LONGEST = 600.0


class UpdateError(Exception):
    """The update of an inventory ended with an error."""


@dataclass
class Job:
    """One process of ansible-runner with its private data directory."""

    folder: Path
    process: subprocess.Popen[str]
    stdout: str = ""

    def wait(self) -> str:
        """Wait for the end and return the status: successful, failed or canceled."""
        self.stdout = self.process.communicate(timeout=_LONGEST)[0]
        return (self.folder / "artifacts" / IDENT / "status").read_text(encoding="utf-8")

    def cancel(self) -> None:
        """Cancel as AWX does: by a signal to the runner."""
        self.process.send_signal(signal.SIGTERM)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The job events, which AWX stores and shows."""
        paths = (self.folder / "artifacts" / IDENT / "job_events").glob("*.json")
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    @property
    def artifacts(self) -> Arguments:
        """What the job handed on with set_stats."""
        ends = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return dict(ends[-1].get("artifact_data") or {}) if ends else {}

    @property
    def ended(self) -> str:
        """When the last event happened, as text that can be compared."""
        return max((event["created"] for event in self.events), default="")

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        ends = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return sum(ends[-1]["changed"].values()) if ends else 0


@dataclass
class Controller:
    """An AWX that has been set up, and runs jobs."""

    awx: Awx
    folder: Path
    # Folder with the programs of the ansible-core in the execution environment, if another one than that of the tests.
    core: Path | None = None
    inventory: dict[str, Any] = field(default_factory=dict)
    launched: int = 0

    def template(self, name: str) -> Arguments:
        """Return a job template."""
        return self.awx.named("job_template", name)

    def update_inventory(self) -> None:
        """Update the inventory from its source: from Git, then by ansible-inventory with the credential of the source.

        Raises:
            UpdateError: Git does not answer, or ansible-inventory fails.
        """
        [source] = self.awx.of("inventory_source")
        if not self.awx.git_answers:
            raise UpdateError("the project cannot be fetched")
        environment = self._injected([source["credential"]], self._new_folder()) | _OF_AN_UPDATE
        path = self._tree(source["source_project"]) / source["source_path"]
        code, output = output_of("ansible-inventory", "-i", path, "--list", "--export", environment=environment)
        if code != 0:
            raise UpdateError(output)
        self.inventory = json.loads(output)

    def launch(
        self,
        name: str,
        answers: Arguments,
        *,
        slices: int | None = None,
        limit: str = "",
        check: bool = False,
        artifacts: Arguments | None = None,
    ) -> list[Job]:
        """Launch a job template, in slices side by side.

        Args:
            name: Name of the template.
            answers: What is answered to the survey, and further variables where the template takes them.
            slices: How many, where it is asked for at launch; at most as many as the inventory has hosts.
            limit: Limit, where it is asked for at launch.
            check: Whether to run in check mode.
            artifacts: What the nodes before have handed on.
        """
        template = self.template(name)
        wish = slices if slices and template.get("ask_job_slice_count_on_launch") else int(template["job_slice_count"])
        count = max(1, min(wish, len(self._hosts_of(template)["_meta"]["hostvars"])))
        options: Arguments = {"limit": limit if template.get("ask_limit_on_launch") else ""}
        options |= {"check": check and bool(template.get("ask_job_type_on_launch")), "artifacts": artifacts}
        return [self.launch_slice(name, answers, (number, count), **options) for number in range(count)]

    def launch_slice(
        self,
        name: str,
        answers: Arguments,
        which: tuple[int, int] = (0, 1),
        *,
        limit: str = "",
        check: bool = False,
        artifacts: Arguments | None = None,
    ) -> Job:
        """Launch one slice of a job template: its number from 0, and of how many."""
        template = self.template(name)
        folder = self._new_folder()
        for part in ("env", "inventory"):
            (folder / part).mkdir()
        (folder / "project").symlink_to(self._tree(template["project"]))
        environment = self._injected(template["credentials"], folder)
        kept, _ignored = answered(template, answers)
        extra = {
            **template["extra_vars"],
            **kept,
            **(artifacts or {}),
            "awx_job_id": self.launched,
            "awx_job_launch_type": "workflow",
            "awx_user_name": "admin",
        }
        arguments = f"--forks {template['forks']}" + (f" --limit {limit}" if limit else "") + " --check" * check
        files = {
            "env/extravars": json.dumps(extra),
            "env/cmdline": arguments,
            "env/envvars": json.dumps(_job_variables(environment, self.launched)),
            "env/settings": json.dumps({"idle_timeout": 0, "job_timeout": 0, "pexpect_timeout": 5}),
        }
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8")
        script = folder / "inventory" / "hosts"
        share = sliced(self._hosts_of(template), *which)
        script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(share)!r})\n")
        script.chmod(0o700)
        command = [FIELD / "bin" / "ansible-runner", "run", folder, "-p", template["playbook"], "--ident", IDENT]
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Job(folder, process)

    def _new_folder(self) -> Path:
        self.launched += 1
        made = self.folder / f"awx_{self.launched}"
        made.mkdir(parents=True)
        return made

    def _tree(self, project: str) -> Path:
        record = self.awx.named("project", project)
        return Path(self.awx.trees[record.get("scm_url") or record["local_path"]])

    def _hosts_of(self, template: Arguments) -> dict[str, Any]:
        """Return the inventory of a template: what its source found, or the hosts that were entered."""
        entered = {
            item["name"]: item["variables"]
            for item in self.awx.of("host")
            if item["inventory"] == template["inventory"]
        }
        return {"_meta": {"hostvars": entered}} if entered else self.inventory

    def _injected(self, credentials: list[str], folder: Path) -> dict[str, str]:
        """Return the environment of a job: what its credentials inject, on top of that of the execution environment."""
        environment = tool_environment()
        if self.core:
            environment["PATH"] = f"{self.core}{os.pathsep}{environment['PATH']}"
        for name in credentials:
            stored = self.awx.named("credential", name)
            environment |= inject(
                self.awx.named("credential_type", stored["credential_type"]), stored["inputs"], folder
            )
        return environment


def sliced(inventory: dict[str, Any], number: int, slices: int) -> dict[str, Any]:
    """Return the share of the inventory that a slice gets: every nth host, in the order of their names."""
    hostvars = inventory["_meta"]["hostvars"]
    hosts = sorted(hostvars)[number::slices]
    share: dict[str, Any] = {"_meta": {"hostvars": {host: hostvars[host] for host in hosts}}, "all": {"hosts": hosts}}
    for name, group in inventory.items():
        if name not in {"_meta", "all"}:
            share[name] = {"hosts": [host for host in group.get("hosts", ()) if host in hosts]}
    return share


def handed_on(jobs: list[Job]) -> Arguments:
    """Return what the next node gets from a job in slices: the artifacts of the slice that finished last."""
    return max(jobs, key=lambda job: job.ended).artifacts


def _job_variables(environment: dict[str, str], number: int) -> dict[str, str]:
    injected = {name: value for name, value in environment.items() if name.startswith("VCDA_")}
    return injected | {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_FORCE_COLOR": "false",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "AWX_HOST": "https://awx.example.com",
        "HOME": os.environ.get("HOME", "/"),
        "INVENTORY_ID": "1",
        "JOB_ID": str(number),
        "MAX_EVENT_RES": "700000",
    }
