# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does between a template and ansible-runner: credentials, surveys, inventories, slices, artifacts.

Written from the documentation of AWX: custom credential types, surveys, job slicing, workflows (docs.ansible.com).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.opendr.vcda.tests.awx.setup import Applied, Arguments
from ansible_collections.opendr.vcda.tests.tools.commands import output_of
from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS, FIELD, ROOT, tool_environment

IDENT = "job"
# AWX lets no credential set these.
_NOT_TO_INJECT = ("ANSIBLE_", "PATH", "PYTHONPATH", "VIRTUAL_ENV", "JOB_ID")
# What it sets for the update of an inventory, and no user need set.
_OF_AN_UPDATE = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_VERBOSE_TO_STDERR": "True"}
_LONGEST = 600.0


class Refused(Exception):  # noqa: N818  AWX refuses, nothing is broken
    """AWX would not accept this."""


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
    def changed(self) -> int:
        """How many tasks changed something."""
        ends = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return sum(ends[-1]["changed"].values()) if ends else 0


@dataclass
class Controller:
    """An AWX that has been set up."""

    applied: Applied
    folder: Path
    inventory: dict[str, Any] = field(default_factory=dict)
    launched: int = 0

    def template(self, name: str) -> Arguments:
        """Return a job template."""
        return next(item for item in self.applied["job_template"] if item["name"] == name)

    def update_inventory(self) -> None:
        """Update the inventory from its source, as AWX does: by ansible-inventory with the credential of the source."""
        [source] = self.applied["inventory_source"]
        environment = self._injected([source["credential"]], self._new_folder()) | _OF_AN_UPDATE
        path = ROOT / source["source_path"]
        code, output = output_of("ansible-inventory", "-i", path, "--list", "--export", environment=environment)
        if code != 0:
            raise AssertionError(output)
        self.inventory = json.loads(output)

    def launch(
        self, name: str, answers: Arguments, *, slices: int = 1, limit: str = "", artifacts: Arguments | None = None
    ) -> list[Job]:
        """Launch a job template, in slices side by side; the inventory is updated before where its source says so."""
        if self.applied["inventory_source"][0]["update_on_launch"]:
            self.update_inventory()
        return [
            self.launch_slice(name, answers, (number, slices), limit=limit, artifacts=artifacts)
            for number in range(slices)
        ]

    def launch_slice(
        self,
        name: str,
        answers: Arguments,
        which: tuple[int, int] = (0, 1),
        *,
        limit: str = "",
        artifacts: Arguments | None = None,
    ) -> Job:
        """Launch one slice of a job template: its number from 0, and of how many."""
        template = self.template(name)
        folder = self._new_folder()
        for part in ("env", "inventory"):
            (folder / part).mkdir()
        (folder / "project").symlink_to(ROOT)
        environment = self._injected(template["credentials"], folder)
        extra = {
            **template["extra_vars"],
            **answered(template, answers),
            **(artifacts or {}),
            "awx_job_id": self.launched,
            "awx_job_launch_type": "workflow",
            "awx_user_name": "admin",
        }
        arguments = f"--forks {template['forks']}" + (f" --limit {limit}" if limit else "")
        files = {
            "env/extravars": json.dumps(extra),
            "env/cmdline": arguments,
            "env/envvars": json.dumps(_job_variables(environment, self.launched)),
            "env/settings": json.dumps({"idle_timeout": 0, "job_timeout": 0, "pexpect_timeout": 5}),
        }
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8")
        script = folder / "inventory" / "hosts"
        script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(sliced(self.inventory, *which))!r})\n")
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

    def _injected(self, credentials: list[str], folder: Path) -> dict[str, str]:
        """Return the environment of a job: what its credentials inject, on top of that of the execution environment."""
        environment = tool_environment()
        stored = {item["name"]: item for item in self.applied["credential"]}
        types = {item["name"]: item for item in self.applied["credential_type"]}
        for name in credentials:
            credential_type = types[stored[name]["credential_type"]]
            environment |= inject(credential_type, stored[name]["inputs"], folder)
        return environment


def inject(credential_type: Arguments, inputs: Arguments, folder: Path) -> dict[str, str]:
    """Return the environment variables that a credential injects, its files being written to a folder."""
    fields = credential_type["inputs"]["fields"]
    unknown = set(inputs) - {item["id"] for item in fields}
    missing = set(credential_type["inputs"].get("required", ())) - set(inputs)
    if unknown or missing:
        raise Refused(f"unknown fields {unknown}, missing fields {missing}")
    namespace: Arguments = {name: value for name, value in inputs.items() if value or value is False}
    for item in fields:
        if item["type"] == "boolean":
            namespace.setdefault(item["id"], False)
    sandbox = ImmutableSandboxedEnvironment()
    filenames = {}
    for label, text in credential_type["injectors"].get("file", {}).items():
        path = folder / f"tmp_{label}"
        path.write_text(sandbox.from_string(text).render(**namespace), encoding="utf-8")
        filenames[label.partition(".")[2]] = str(path)
    namespace["tower"] = {"filename": filenames}
    templates = credential_type["injectors"]["env"]
    return {name: sandbox.from_string(text).render(**namespace) for name, text in templates.items()}


def check_credential_type(credential_type: Arguments) -> None:
    """Check what AWX checks when a credential type is saved."""
    if credential_type["kind"] not in {"cloud", "net"}:
        raise Refused("only cloud and net can be defined")
    fields = credential_type["inputs"]["fields"]
    for item in fields:
        known = {"id", "label", "type", "help_text", "secret", "multiline", "choices", "default", "format"}
        if set(item) - known or item["type"] not in {"string", "boolean"} or not item["id"].isidentifier():
            raise Refused(str(item))
        if item["type"] == "boolean" and item.get("secret"):
            raise Refused("a boolean cannot be secret")
    labels = [label.partition(".")[2] for label in credential_type["injectors"].get("file", {})]
    namespace: Arguments = {item["id"]: "EXAMPLE" for item in fields}
    namespace["tower"] = {"filename": dict.fromkeys(labels, "EXAMPLE_FILENAME")}
    strict = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for name, text in credential_type["injectors"]["env"].items():
        if name.startswith(_NOT_TO_INJECT):
            raise Refused(name)
        strict.from_string(text).render(**namespace)


def answered(template: Arguments, answers: Arguments) -> Arguments:
    """Return the variables that the answers to a survey make, checked as AWX checks them; others are not accepted."""
    spec = template["survey_spec"]["spec"] if template["survey_enabled"] else []
    questions = {item["variable"]: item for item in spec}
    kept = {name: value for name, value in answers.items() if name in questions}
    for name, question in questions.items():
        if name not in kept and question.get("default") not in (None, ""):
            kept[name] = question["default"]
        if question["required"] and name not in kept:
            raise Refused(f"{name} is required")
        if name in kept:
            _check_answer(question, kept[name])
    return kept


def _check_answer(question: Arguments, value: Any) -> None:
    kinds: dict[str, type] = {"integer": int, "text": str, "multiplechoice": str}
    if not isinstance(value, kinds[question["type"]]):
        raise Refused(f"{question['variable']} is no {question['type']}")
    if question["type"] == "multiplechoice" and value not in question["choices"]:
        raise Refused(f"{value} is not among the choices of {question['variable']}")
    size = len(value) if isinstance(value, str) else value
    if not question.get("min", size) <= size <= question.get("max", size):
        raise Refused(f"{question['variable']} is out of its limits")


def sliced(inventory: dict[str, Any], number: int, slices: int) -> dict[str, Any]:
    """Return the share of the inventory that a slice gets: every nth host, in the order of their names."""
    hostvars = inventory["_meta"]["hostvars"]
    hosts = sorted(hostvars)[number::slices]
    share: dict[str, Any] = {"_meta": {"hostvars": {host: hostvars[host] for host in hosts}}, "all": {"hosts": hosts}}
    for name, group in inventory.items():
        if name not in {"_meta", "all"}:
            share[name] = {"hosts": [host for host in group.get("hosts", ()) if host in hosts]}
    return share


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
