# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to log in, at both sites, meets every failure: nothing that a module returns or prints holds a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, execute
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operation
from ansible_collections.opendr.vcda.tests.processes.test_secrets import FAULTS, LOGINS, ON_PREM
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response

from .laboratory import PRIMARY, USER, Laboratory, password

PEERS: dict[str, dict[str, Any]] = {
    "credentials": {"username": USER, "password": password(PRIMARY)},
    "vcd_access_token": {"access_token": f"jwt-operator-{PRIMARY}"},
    "cookie": {"cookie": f"cookie-operator-{PRIMARY}"},
    "wrong credentials": {"username": USER, "password": "no-secret-of-site-1"},
}
FAILURES: dict[str, list[dict[str, Any]]] = {
    **FAULTS,
    "refused start": [{"kind": "answer", "path_regex": "/reverse$", "status": 403, "times": 0, "body": "{}"}],
    "unknown outcome": [
        {"kind": "reset_after", "path_regex": "/reverse$"},
        {"kind": "html_502", "path_regex": "^/tasks$", "nth": 3, "times": 0},
    ],
    "broken login": [{"kind": "truncated", "path_regex": "^/sessions$", "times": 0}],
    "extension fails": [{"kind": "status_500", "path_regex": "^/sessions/extend$", "times": 0}],
}
SECRET_OPTIONS = ("password", "access_token", "vcd_cookie", "cookie")


def _echo(laboratory: Laboratory, path_regex: str, secrets: set[str]) -> None:
    """Let the service complain of a request by quoting it."""
    quoted = json.dumps({"msg": f"cannot read {json.dumps(sorted(secrets))}", "args": sorted(secrets)})
    laboratory.simulator.fault("answer", path_regex=path_regex, status=400, times=0, body=quoted)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("login", LOGINS)
def test_no_failure_tells_a_secret(login: str, peer: str) -> None:
    for failure in (*FAILURES, "echo at login", "echo at the peer", "echo of a start"):
        laboratory = Laboratory()
        laboratory.simulator.seed(vms=1, state="COMPLETE")
        options: dict[str, Any] = {**laboratory.connection(), **LOGINS[login], "on_prem_auth": ON_PREM}
        auth_type = peer if peer in ("vcd_access_token", "cookie") else "credentials"
        options["extend_sites"] = [{"site": PRIMARY, "auth_type": auth_type, **PEERS[peer]}]
        own = {options[name] for name in SECRET_OPTIONS if options.get(name)}
        secrets = own | {ON_PREM} | {PEERS[peer][name] for name in SECRET_OPTIONS if name in PEERS[peer]}
        for fault in FAILURES.get(failure, []):
            laboratory.simulator.fault(**fault)
        if failure.startswith("echo"):
            place = {"echo at login": "^/sessions$", "echo at the peer": "/extend$", "echo of a start": "/reverse$"}
            _echo(laboratory, place[failure], secrets)

        def note(_site: str, _request: Request, response: Response | None, secrets: set[str] = secrets) -> None:
            headers = {name.lower(): value for name, value in (response.headers if response else {}).items()}
            secrets |= {headers["x-vcav-auth"]} if "x-vcav-auth" in headers else set()

        laboratory.simulator.observers.append(note)
        context = laboratory.context({**options, "vm_names": ["vm-01"], "active_site": "site-2", "wait_timeout": 900})
        lines: list[str] = []
        context.progress = lines.append
        result = execute(Definition({}, operation(VM, REVERSE)), context)

        told = json.dumps(result, ensure_ascii=False) + "\n".join(lines)
        assert not [secret for secret in secrets if secret in told], failure
        assert "com.vmware." not in told, failure
        assert bool(result.get("failed")) == ("error" in result), failure
