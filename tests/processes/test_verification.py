# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of recovered VMs: what a tenant lets a VM answer does not keep the run from its end."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator

import pytest

from .estate import RECOVERY, Estate

# Within a header, after which the body would follow.
BEGINNING = b"HTTP/1.1 200 OK\r\nX-Slow: "


class Dripping(socketserver.BaseRequestHandler):
    """Answers one byte after the other until the client or the test has gone."""

    end = threading.Event()

    def handle(self) -> None:
        self.request.recv(65536)
        try:
            self.request.sendall(BEGINNING)
            while not self.end.wait(0.5):
                self.request.sendall(b"x")
        except OSError:
            return


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server whose answers never end."""
    Dripping.end.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}/"
        Dripping.end.set()
        server.shutdown()


def test_an_answer_that_never_ends_fails_the_check_of_its_vm_alone_and_no_secret_of_an_address_is_shown(
    estate: Estate, dripping: str
) -> None:
    estate.simulator.seed(names=["slow", "web"])
    good, bad = f"{estate.server.control_url}/settings?token=hidden-4711", f"http://op:hidden-4711@{dripping}"
    variables = {
        "recovery_connection": estate.connection(),
        "recovery_active_site": RECOVERY,
        "recovery_all": True,
        "recovery_source_is_down": True,
        "recovery_checks": [{"vm_name": "slow", "url": bad}, {"vm_name": "web", "url": good}],
        "recovery_verify_timeout": 1,
        "recovery_report_dir": "reports",
    }
    role = {"name": "opendr.vcda.recovery", "tasks_from": "failover"}
    code, output = estate.run(estate.playbook({"ansible.builtin.import_role": role, "vars": variables}), "-v")
    assert code == 2, output
    [path] = (estate.folder / "reports").glob("*.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert {vm["name"]: vm["outcome"] for vm in report["vms"]} == {"slow": "not_verified", "web": "changed"}
    assert [one["step"] for one in report["failures"]] == ["verify"]
    assert f"http://{dripping}" in report["failures"][0]["message"]
    assert "hidden-4711" not in output + json.dumps(report)
