# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An auditor reads everything that a run leaves behind, at the highest verbosity, and finds no secret."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response

from .estate import Estate

ON_PREM = "on-prem-auth-secret"
LOGINS: dict[str, dict[str, Any]] = {
    "vcd": {},
    "local_user": {"auth_type": "local_user", "username": "root", "password": "root-secret-site-2"},
    "sso": {"auth_type": "sso", "username": "administrator@vsphere.local", "password": "sso-secret-site-2"},
    "vcd_access_token": {
        "auth_type": "vcd_access_token",
        "username": None,
        "password": None,
        "access_token": "jwt-operator-site-2",
        "organization": "tenant-1",
    },
    "vcd_cookie": {
        "auth_type": "vcd_cookie",
        "username": None,
        "password": None,
        "vcd_cookie": "cookie-operator-site-2",
    },
}
FAULTS: dict[str, list[dict[str, Any]]] = {
    "success": [],
    "login refused": [{"kind": "answer", "path_regex": "^/sessions$", "status": 401, "times": 0, "body": "{}"}],
    "proxy page": [{"kind": "html_502", "path_regex": "^/vm-replications$", "times": 0}],
    "server error": [{"kind": "status_500", "path_regex": "^/vm-replications$", "times": 0}],
    "redirect": [{"kind": "redirect", "path_regex": "^/vm-replications$", "times": 0}],
    "broken answer": [{"kind": "broken_json", "path_regex": "^/vm-replications$", "times": 0}],
    "failed task": [{"kind": "task_fails"}],
    "lost start": [{"kind": "reset_after", "path_regex": "/reverse$"}],
    "expired session": [{"kind": "session_expired", "path_regex": "^/vm-replications$"}],
}


class Audit:
    """Collects the secrets of a run, and everything that a bystander could see of it."""

    def __init__(self, estate: Estate) -> None:
        self.tokens: set[str] = set()
        self.seen: list[str] = []
        self._estate = estate
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        estate.simulator.observers.append(self._note)

    def _note(self, _site: str, _request: Request, response: Response | None) -> None:
        headers = {name.lower(): value for name, value in (response.headers if response else {}).items()}
        if "x-vcav-auth" in headers:
            self.tokens.add(headers["x-vcav-auth"])

    def _watch(self) -> None:
        # Others on this machine may run the same simulator: only what the run itself has started is looked at.
        own = os.fsencode(self._estate.folder)
        while not self._over.wait(0.2):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if own in (process / "environ").read_bytes():
                        arguments = (process / "cmdline").read_bytes()
                        self.seen.append(arguments.replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue

    def __enter__(self) -> Audit:
        self._watcher.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._watcher.join()

    def leaks(self, output: str, secrets: set[str]) -> list[str]:
        """Return where which secret stands."""
        places = {"output": output, "process list": "\n".join(self.seen)}
        for path in self._files():
            places[path.name] = path.read_text(encoding="utf-8", errors="replace")
        found = secrets | self.tokens
        return [f"{secret} in {place}" for place, text in places.items() for secret in sorted(found) if secret in text]

    def _files(self) -> Iterator[Path]:
        for path in self._estate.folder.rglob("*"):
            # The playbook and the variables hold what the user wrote there.
            if path.is_file() and path.name not in ("play.yml", "vars.json"):
                yield path


def _secrets(connection: dict[str, Any]) -> set[str]:
    own = {connection.get(name) for name in ("password", "access_token", "vcd_cookie")}
    peers = {peer.get("password") for peer in connection["extend_sites"]}
    return {str(secret) for secret in own | peers if secret} | {ON_PREM}


def _audit(estate: Estate, connection: dict[str, Any], *, in_process: bool) -> tuple[list[str], str]:
    options = {**connection, "vm_names": ["vm-01"], "active_site": "site-2", "on_prem_auth": ON_PREM}
    variables = estate.folder / "vars.json"
    variables.write_text(json.dumps({"options": options}), encoding="utf-8")
    reverse = {name: "{{ options." + name + " }}" for name in options}
    playbook = estate.playbook(
        {"opendr.vcda.vm_replication_reverse": reverse, "register": "result", "ignore_errors": True},
        {"ansible.builtin.debug": {"var": "result"}},
        {"ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": str(estate.folder / "result.json")}},
        in_process=in_process,
    )
    environment = {
        "ANSIBLE_LOG_PATH": str(estate.folder / "ansible.log"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
        "JUNIT_OUTPUT_DIR": str(estate.folder / "junit"),
        "ANSIBLE_LOCAL_TEMP": str(estate.folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(estate.folder / "remote"),
        "ANSIBLE_KEEP_REMOTE_FILES": "0",
    }
    with Audit(estate) as audit:
        _code, output = estate.run(playbook, "-vvvvv", "--diff", "-e", f"@{variables}", **environment)
    assert any("ansible-playbook" in arguments for arguments in audit.seen)
    return audit.leaks(output, _secrets(connection)), output


@pytest.mark.parametrize("in_process", [True, False], ids=["in-process", "as-module"])
@pytest.mark.parametrize("login", LOGINS)
def test_no_login_leaves_its_secret(estate: Estate, login: str, in_process: bool) -> None:
    estate.simulator.seed(vms=1, state="COMPLETE")
    leaks, output = _audit(estate, estate.connection(**LOGINS[login]), in_process=in_process)
    assert not leaks
    assert '"failed": 0' in output


@pytest.mark.parametrize("failure", FAULTS)
def test_no_failure_leaves_a_secret_or_a_stack_trace(estate: Estate, failure: str) -> None:
    estate.simulator.seed(vms=1, state="COMPLETE")
    for fault in FAULTS[failure]:
        estate.simulator.fault(**fault)
    leaks, output = _audit(estate, estate.connection(request_timeout=2), in_process=True)
    assert not leaks
    assert "com.vmware." not in output
    assert "elsewhere.test" not in output


def test_a_service_that_echoes_what_it_was_sent_is_masked(estate: Estate) -> None:
    password = "operator-secret-site-2"
    body = '{"code": "BadUserInput", "msg": "cannot use ' + password + '", "args": ["' + password + '"]}'
    estate.simulator.fault("answer", path_regex="^/sessions$", status=400, times=0, body=body)
    leaks, output = _audit(estate, estate.connection(), in_process=True)
    assert not leaks
    assert "cannot use ********" in output
