# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of an AWX: what its modules store, compare and delete, and what AWX refuses.

Written from what AWX 24.6.1 was seen to do. A record is the arguments of the module that made it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.tests.awx import surveys
from ansible_collections.opendr.vcda.tests.awx.credentials import check_credential_type, check_inputs
from ansible_collections.opendr.vcda.tests.awx.projects import playbooks_in
from ansible_collections.opendr.vcda.tests.awx.refusal import Refused
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

Arguments = dict[str, Any]
LINKS = ("success_nodes", "failure_nodes", "always_nodes")
# What tells two records of a kind apart; others go by their name and their organization.
_KEYS = {
    "credential_type": ("name",),
    "execution_environment": ("name",),
    "host": ("name", "inventory"),
    "inventory_source": ("name", "inventory"),
    "role": ("role", "teams", "job_templates", "workflows"),
    "schedule": ("name", "unified_job_template"),
    "workflow_job_template_node": ("identifier", "workflow_job_template"),
}
# Arguments that say how to work, not what to store.
_NOT_STORED = {
    "state",
    "update_secrets",
    "update_project",
    "wait",
    "interval",
    "timeout",
    "workflow_nodes",
    "destroy_current_nodes",
    "lookup_organization",
}
_RUNNABLE = ("job_template", "inventory_source", "workflow_job_template", "project")


@dataclass
class Awx:
    """An AWX, as far as its setup can tell."""

    records: dict[str, dict[str, Arguments]] = field(default_factory=dict)
    administrator: bool = True
    git_answers: bool = True
    # What each address of a repository, and each folder of a project without one, holds.
    trees: dict[str, str] = field(default_factory=lambda: {"https://github.com/opendr/ansible-vcda": str(ROOT)})
    # Nodes whose approval a running workflow waits for, and those whose approval was deleted meanwhile.
    waiting: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Arguments]:
        """Return the records of a kind, in the order in which they were made."""
        return list(self.records.get(kind, {}).values())

    def named(self, kind: str, name: str) -> Arguments:
        """Return the one record of a name.

        Raises:
            Refused: There is none, or several.
        """
        found = [record for record in self.of(kind) if record["name"] == name]
        if len(found) != 1:
            raise Refused(400, f"{len(found)} {kind} records are called {name}")
        return found[0]

    def apply(self, kind: str, given: Arguments) -> bool:
        """Do what a module of awx.awx does and return whether it reports a change.

        Raises:
            Refused: AWX would not accept it.
        """
        wanted = {name: value for name, value in given.items() if value is not None}
        key = " / ".join(str(wanted.get(part)) for part in _KEYS.get(kind, ("name", "organization")))
        old = self.records.setdefault(kind, {}).get(key)
        state = wanted.get("state")
        if state == "absent":
            return self._delete(kind, key)
        if state == "exists" and old is not None:
            return False
        stored = {name: value for name, value in wanted.items() if name not in _NOT_STORED}
        merged = {**(old or {}), **stored}
        differs = old is None or merged != old or _writes_secrets(kind, wanted)
        if differs:
            _CHECKS.get(kind, _accept)(self, merged, old)
        if kind == "workflow_job_template":
            differs |= self._replace_nodes(wanted)
        self.records[kind][key] = merged
        return differs

    def start_workflow(self) -> None:
        """Let a workflow run that waits for each of its approvals."""
        self.waiting = [node for node in self._nodes() if "approval_node" in self._nodes()[node]]

    def _nodes(self) -> dict[str, Arguments]:
        return self.records.setdefault("workflow_job_template_node", {})

    def _delete(self, kind: str, key: str) -> bool:
        if key in self.waiting:
            self.waiting.remove(key)
            self.lost.append(key)
        return self.records[kind].pop(key, None) is not None

    def _replace_nodes(self, wanted: Arguments) -> bool:
        """Make the nodes that the workflow itself names, each anew with its approval: that always is a change."""
        named = wanted.get("workflow_nodes") or []
        if wanted.get("destroy_current_nodes"):
            for key in list(self._nodes()):
                self._delete("workflow_job_template_node", key)
        for node in named:
            of_template = node["unified_job_template"]
            made: Arguments = {"identifier": node["identifier"], "workflow_job_template": wanted["name"]}
            if of_template["type"] == "workflow_approval":
                made["approval_node"] = {name: of_template.get(name) for name in ("name", "description", "timeout")}
            else:
                made["unified_job_template"] = of_template["name"]
            for link in LINKS:
                made[link] = [target["identifier"] for target in node.get("related", {}).get(link, ())]
            self._nodes()[f"{node['identifier']} / {wanted['name']}"] = made
        return bool(named)


def _writes_secrets(kind: str, wanted: Arguments) -> bool:
    """Whether a module writes secrets that it cannot compare, and calls that a change."""
    if kind == "notification_template":
        return bool({"password", "token"} & set(wanted.get("notification_configuration", ())))
    secrets = {"password", "access_token", "cookie", "vcd_cookie"} & set(wanted.get("inputs", ()))
    return kind == "credential" and bool(secrets) and bool(wanted.get("update_secrets"))


def _accept(_awx: Awx, _new: Arguments, _old: Arguments | None) -> None:
    """Accept what AWX has no particular rules for."""


def _credential_type(awx: Awx, new: Arguments, old: Arguments | None) -> None:
    in_use = any(item["credential_type"] == new["name"] for item in awx.of("credential"))
    if not awx.administrator or (old is not None and in_use and old["inputs"] != new["inputs"]):
        raise Refused(403, "You don't have permission to PATCH to /api/v2/credential_types/1/ (HTTP 403).")
    check_credential_type(new)


def _credential(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    check_inputs(awx.named("credential_type", new["credential_type"]), new["inputs"])


def _project(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    if new["scm_type"] in {"manual", ""}:
        if new.get("local_path") not in awx.trees:
            raise Refused(400, "Invalid path choice.")
    elif not awx.git_answers:
        raise Refused(500, "Project update failed")


def _tree(awx: Awx, project: str) -> Path:
    record = awx.named("project", project)
    return Path(awx.trees[record["local_path" if record["scm_type"] in {"manual", ""} else "scm_url"]])


def _host(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    awx.named("inventory", new["inventory"])


def _inventory_source(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    awx.named("inventory", new["inventory"])
    awx.named("credential", new["credential"])
    if awx.named("project", new["source_project"])["scm_type"] in {"manual", ""}:
        raise Refused(400, "Cannot use manual project for SCM-based inventory.")
    if not (_tree(awx, new["source_project"]) / new["source_path"]).is_file():
        raise Refused(400, f"{new['source_path']} is not in the project")


def _job_template(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    awx.named("inventory", new["inventory"])
    types = [awx.named("credential", name)["credential_type"] for name in new["credentials"]]
    if len(types) != len(set(types)):
        raise Refused(400, "Cannot assign multiple credentials of one type.")
    if new["playbook"] not in playbooks_in(_tree(awx, new["project"])):
        raise Refused(400, "Playbook not found for project.")
    if int(new["job_slice_count"]) < 1 or int(new["forks"]) < 0:
        raise Refused(400, "Ensure this value is greater than or equal to 0.")
    _survey_and_notifications(awx, new)


def _survey_and_notifications(awx: Awx, new: Arguments, _old: Arguments | None = None) -> None:
    if new.get("survey_spec"):
        surveys.check(new["survey_spec"])
    elif new.get("survey_enabled"):
        raise Refused(400, "The survey has no questions")
    for event in ("started", "success", "error", "approvals"):
        for name in new.get(f"notification_templates_{event}", ()):
            awx.named("notification_template", name)


def _node(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    awx.named("workflow_job_template", new["workflow_job_template"])
    nodes = {node["identifier"] for node in awx.of("workflow_job_template_node")} | {new["identifier"]}
    unknown = {target for link in LINKS for target in new.get(link, ())} - nodes
    if unknown:
        raise Refused(400, f"Could not find workflow_job_template_nodes entry with name {sorted(unknown)}")
    if "unified_job_template" in new:
        _runnable(awx, new["unified_job_template"])
    elif not isinstance(new.get("approval_node", {}).get("timeout"), int):
        raise Refused(400, "A valid integer is required.")


def _runnable(awx: Awx, name: str) -> Arguments:
    found = [record for kind in _RUNNABLE for record in awx.of(kind) if record["name"] == name]
    if len(found) != 1:
        raise Refused(400, f"{len(found)} templates are called {name}")
    return found[0]


def _schedule(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    template = _runnable(awx, new["unified_job_template"])
    if "DTSTART" not in new["rrule"] or "RRULE" not in new["rrule"]:
        raise Refused(400, "Valid DTSTART required in rrule.")
    _kept, ignored = surveys.answered(template, new.get("extra_data", {}))
    if ignored:
        raise Refused(400, f"Variables {sorted(ignored)} are not allowed on launch.")


def _role(awx: Awx, new: Arguments, _old: Arguments | None) -> None:
    for kind, names in (("team", "teams"), ("job_template", "job_templates"), ("workflow_job_template", "workflows")):
        for name in new.get(names, ()):
            awx.named(kind, name)
    if new["role"] == "approval" and new.get("job_templates"):
        raise Refused(400, "Resource has no role approval_role")


_CHECKS: dict[str, Callable[[Awx, Arguments, Arguments | None], None]] = {
    "credential": _credential,
    "credential_type": _credential_type,
    "host": _host,
    "inventory_source": _inventory_source,
    "job_template": _job_template,
    "project": _project,
    "role": _role,
    "schedule": _schedule,
    "workflow_job_template": _survey_and_notifications,
    "workflow_job_template_node": _node,
}


def load(path: Path) -> Awx:
    """Return the AWX that a file keeps, or an empty one."""
    return Awx(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Awx()


def save(awx: Awx, path: Path) -> None:
    """Keep an AWX in a file."""
    path.write_text(json.dumps(asdict(awx)), encoding="utf-8")


def answer(path: Path, kind: str, given: Arguments, *, check: bool) -> Arguments:
    """Return what a module returns, for the AWX that a file keeps; in check mode nothing is kept."""
    awx = load(path)
    try:
        changed = awx.apply(kind, given)
    except Refused as refused:
        return {"failed": True, "msg": str(refused)}
    if not check:
        save(awx, path)
    return {"changed": changed}
