# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential types as AWX checks them, and what a credential puts into the environment of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.opendr.vcda.tests.awx.refusal import Refused

Arguments = dict[str, Any]
# AWX lets no credential set these.
_NOT_TO_INJECT = ("ANSIBLE_", "PATH", "PYTHONPATH", "VIRTUAL_ENV", "JOB_ID")


def check_inputs(credential_type: Arguments, inputs: Arguments) -> None:
    """Check what AWX checks when a credential is saved.

    Raises:
        Refused: A field is unknown, or a required one is missing.
    """
    unknown = set(inputs) - {item["id"] for item in credential_type["inputs"]["fields"]}
    missing = set(credential_type["inputs"].get("required", ())) - set(inputs)
    if unknown or missing:
        raise Refused(400, f"unknown fields {unknown}, missing fields {missing}")


def inject(credential_type: Arguments, inputs: Arguments, folder: Path) -> dict[str, str]:
    """Return the environment variables that a credential injects, its files being written to a folder."""
    check_inputs(credential_type, inputs)
    namespace: Arguments = {name: value for name, value in inputs.items() if value or value is False}
    for item in credential_type["inputs"]["fields"]:
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
        raise Refused(400, "only cloud and net can be defined")
    fields = credential_type["inputs"]["fields"]
    for item in fields:
        known = {"id", "label", "type", "help_text", "secret", "multiline", "choices", "default", "format"}
        if set(item) - known or item["type"] not in {"string", "boolean"} or not item["id"].isidentifier():
            raise Refused(400, str(item))
        if item["type"] == "boolean" and item.get("secret"):
            raise Refused(400, "a boolean cannot be secret")
    labels = [label.partition(".")[2] for label in credential_type["injectors"].get("file", {})]
    namespace: Arguments = {item["id"]: "EXAMPLE" for item in fields}
    namespace["tower"] = {"filename": dict.fromkeys(labels, "EXAMPLE_FILENAME")}
    strict = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for name, text in credential_type["injectors"]["env"].items():
        if name.startswith(_NOT_TO_INJECT):
            raise Refused(400, name)
        strict.from_string(text).render(**namespace)
