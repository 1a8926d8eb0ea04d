# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in extensions/hooks do what they say, with arguments that the modules they use document."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS

from .estate import RECOVERY, Estate
from .hook_plays import EVIL, Plays

EXAMPLES = Path(__file__).parents[2] / "extensions" / "hooks"
TEXT = {"type": "str"}
SECRET = {"type": "str", "no_log": True}
INSTANCE = {"type": "dict", "options": {"host": TEXT, "username": TEXT, "password": SECRET}}
RECORD = {"instance": INSTANCE, "number": TEXT, "state": TEXT, "short_description": TEXT, "description": TEXT}
CLOSING = {"close_notes": TEXT, "impact": TEXT, "urgency": TEXT}
# The options that the examples use, as the documentation of these modules describes them.
INTERFACES: dict[str, dict[str, Any]] = {
    "community.general.nsupdate": {
        "server": {"type": "str", "required": True},
        "zone": TEXT,
        "key_name": TEXT,
        "key_secret": SECRET,
        "key_algorithm": {"type": "str", "choices": ["hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha512"]},
        "record": {"type": "str", "required": True},
        "type": TEXT,
        "ttl": {"type": "int"},
        "value": {"type": "list", "elements": "str"},
    },
    "community.general.haproxy": {
        "socket": {"type": "path"},
        "backend": TEXT,
        "host": {"type": "str", "required": True},
        "state": {"type": "str", "required": True, "choices": ["disabled", "drain", "enabled"]},
    },
    "servicenow.itsm.change_request": {
        **RECORD,
        **CLOSING,
        "type": {"type": "str", "choices": ["standard", "normal", "emergency"]},
        "requested_by": TEXT,
        "assignment_group": TEXT,
        "close_code": {"type": "str", "choices": ["successful", "successful_issues", "unsuccessful"]},
    },
    "servicenow.itsm.incident": {**RECORD, **CLOSING, "caller": TEXT},
}
MODULE = """
import json
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(argument_spec=json.loads({specification!r}), supports_check_mode=True)
with open({calls!r}, "a") as file:
    given = {{key: value for key, value in module.params.items() if value is not None}}
    file.write(json.dumps([{name!r}, given]) + "\\n")
module.exit_json(changed=True, record={{"number": "CHG0030001"}})
"""
NETWORKS = {"vm_network_settings": [{"vm": "web-1", "nics": [{"nic_index": 0, "ip_address": "192.0.2.10"}]}]}


class Others:
    """Modules of other collections, which record what they are called with."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "collections"
        self.calls_file = folder / "calls.jsonl"
        for name, specification in INTERFACES.items():
            namespace, collection, module = name.split(".")
            place = self.path / "ansible_collections" / namespace / collection / "plugins" / "modules"
            place.mkdir(parents=True, exist_ok=True)
            text = MODULE.format(specification=json.dumps(specification), calls=str(self.calls_file), name=name)
            (place / f"{module}.py").write_text(text, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return {"ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(COLLECTIONS), str(self.path)])}

    def calls(self, name: str) -> list[dict[str, Any]]:
        lines = self.calls_file.read_text(encoding="utf-8").splitlines() if self.calls_file.exists() else []
        return [given for called, given in map(json.loads, lines) if called == name]


@pytest.fixture
def chat() -> Iterator[tuple[str, list[Any]]]:
    """The address of a chat on this machine, and the bodies that were posted to it."""
    posted: list[Any] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", posted
        server.shutdown()


def examples(*names: str) -> list[str]:
    return [str(EXAMPLES / f"{name}.yml") for name in names]


def test_dns_load_balancer_servicenow_and_chat(estate: Estate, chat: tuple[str, list[Any]]) -> None:
    plays, others = Plays(estate), Others(estate.folder)
    estate.simulator.seed(names=["web-1", EVIL, "*", "web-2; disable server shop/x"])
    address, posted = chat
    instance = {"host": "https://snow.example.com", "username": "vcda", "password": "snow-secret"}
    given = {
        "hook_webhook_url": address,
        "hook_dns_server": "192.0.2.53",
        "hook_dns_zone": "example.com",
        "hook_dns_key_name": "vcda",
        "hook_dns_key_secret": "dns-secret",
        "hook_addresses": {"*": "192.0.2.66"},
        "hook_haproxy_host": "localhost",
        "hook_haproxy_backend": "shop",
        "hook_servicenow_instance": instance,
        "hook_servicenow_caller": "dr.operator",
    }
    hooks: dict[str, Any] = {
        "hooks_start": examples("servicenow"),
        "hooks_end": examples("nsupdate", "haproxy", "servicenow", "webhook"),
        "hooks_failure": examples("servicenow", "webhook"),
    }
    none: dict[str, Any] = {"hooks_before": [], "hooks_verify": [], "hooks_after": []}
    plays.add("failover", all=True, failover_options=NETWORKS, **hooks, **none)
    plays.add("failover", vm_names=["nobody"], **hooks, **none)
    plays.given = given
    output = plays.run(**others.environment)
    assert [report["outcome"] for report in plays.reports] == ["succeeded", "failed"]
    assert not [secret for secret in ("dns-secret", "snow-secret", address) if secret in output]

    dns = {"server": "192.0.2.53", "zone": "example.com", "key_name": "vcda", "key_secret": "dns-secret"}
    assert others.calls("community.general.nsupdate") == [
        {**dns, "key_algorithm": "hmac-sha256", "record": "web-1", "type": "A", "ttl": 60, "value": ["192.0.2.10"]}
    ]
    pool = {"socket": "/var/run/haproxy.sock", "backend": "shop"}
    assert others.calls("community.general.haproxy") == [
        {**pool, "host": "web-1-site-2", "state": "enabled"},
        {**pool, "host": "web-1-site-1", "state": "disabled"},
    ]

    begun, closed = others.calls("servicenow.itsm.change_request")
    assert (begun["instance"], begun["state"], begun["requested_by"]) == (instance, "new", "dr.operator")
    assert EVIL in begun["description"]
    assert (closed["number"], closed["close_code"]) == ("CHG0030001", "successful")
    assert "web-1: changed" in closed["close_notes"]
    [incident] = others.calls("servicenow.itsm.incident")
    assert "1 of 1 VMs: 1 failed." in incident["description"]

    ended, failed = (body["text"] for body in posted)
    assert ended.startswith("VCDA failover at site-2 has ended: succeeded (")
    assert EVIL in ended
    assert "has failed: 1 of 1 VMs: 1 failed. (nobody)" in failed


def test_the_recovered_vms_are_configured_although_another_failed(estate: Estate) -> None:
    for name in ("recover_and_configure", "add_hosts"):
        (estate.folder / f"{name}.yml").write_text((EXAMPLES / f"{name}.yml").read_text(encoding="utf-8"))
    estate.simulator.seed(names=["web-1", "web-2"])
    variables = {
        "recovery_connection": estate.connection(),
        "recovery_active_site": RECOVERY,
        "recovery_source_is_down": True,
        "recovery_vm_names": ["web-1", "web-2", "nobody"],
        "recovery_failover_options": NETWORKS,
        "recovery_report_files": False,
        "recovery_poll_interval": 0.2,
        "vcda_in_process": True,
        "ansible_python_interpreter": sys.executable,
    }
    code, output = estate.run(estate.folder / "recover_and_configure.yml", "-e", json.dumps(variables))
    assert code == 2
    assert "web-1 is at 192.0.2.10" in output
    assert "web-2 is at" not in output
    assert "nobody" in output.rpartition("TASK [Fail if the recovery has failed]")[2]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yml")), ids=lambda path: str(path.stem))
def test_every_example_is_shown_in_the_guide(path: Path) -> None:
    guide = (EXAMPLES.parents[1] / "docs" / "guides" / "hooks.md").read_text(encoding="utf-8")
    assert f"extensions/hooks/{path.name}" in guide
