# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebooks of the collection and of its documentation, run by ansible-rulebook against the simulator."""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operate
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import connection_params
from ansible_collections.opendr.vcda.tests.events.fixtures import HERE, LONGEST, THERE, Start, environment
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def test_a_lost_site_raises_a_plan_that_changes_nothing(
    simulator: Simulator, closed: threading.Event, rulebook: Start
) -> None:
    running = rulebook("opendr.vcda.recovery")
    simulator.configure(sites_down=(THERE,))
    output = running.read_play("Check whether a recovery would work")
    assert "Readiness for a failover to site-2" in output
    running.stop()
    assert closed.wait(LONGEST)
    assert set(simulator.counters()["effects"]) <= {"login", "logout"}


def rename(simulator: Simulator, changes: list[dict[str, Any]]) -> None:
    """Let the service answer with its replications, of which the first ones are changed."""
    found = [simulator.document(row["id"]) for row in simulator.snapshot()["vm_replications"]]
    changed = [{**document, **change} for document, change in zip(found, changes, strict=False)]
    items = [*changed, *found[len(changed) :]]
    body = json.dumps({"items": items, "total": len(items), "offset": 0, "limit": 100})
    simulator.fault("answer", path_regex="/vm-replications$", method="GET", times=0, status=200, body=body)


def test_a_workload_that_is_protected_anew_is_drilled_and_names_run_no_code(
    simulator: Simulator, server: SimulatorServer, closed: threading.Event, rulebook: Start, tmp_path: Path
) -> None:
    running = rulebook("opendr.vcda.drill", "--print-events", "-i", "inventory")
    row, other = simulator.snapshot()["vm_replications"]
    command = f"{{{{ lookup('ansible.builtin.pipe', 'touch {tmp_path}/pwned') }}}}"
    turned = {"source": {"site": HERE}, "destination": {"site": command}}
    rename(simulator, [{"id": row["id"], **turned}, {"id": other["id"], "destination": {"site": HERE, "org": command}}])
    running.read_until("'type': 'problem'")
    simulator.clear_faults()
    params = {
        **connection_params({}, environment(server)),
        "vm_replication_ids": [row["id"]],
        "active_site": HERE,
        "poll_interval": 0.2,
    }
    for verb in (FAILOVER, REVERSE):
        result = operate(Context(params), VM, verb)
        assert not result.get("failed"), result["msg"]
    running.read_play("Test the recovery and clean up")
    running.stop()
    assert closed.wait(LONGEST)
    assert "secret" not in "".join(running.output)
    assert not (tmp_path / "pwned").exists()
    assert simulator.effects(row["id"])["reverse"] == 1
    assert simulator.effects(row["id"])["failover-test"] == 1


def test_the_rule_that_the_page_shows_is_safe(simulator: Simulator, rulebook: Start, tmp_path: Path) -> None:
    for text in re.findall(r"```yaml\n(# (?:red|report)\.yml.*?)```", PAGE, re.DOTALL):
        (tmp_path / text[2:].partition(".yml")[0]).with_suffix(".yml").write_text(text)
    command = f"{{{{ lookup('ansible.builtin.pipe', 'touch {tmp_path}/pwned') }}}}"
    # The careless rule hands on what it should not: the source has made it harmless.
    [ruleset] = yaml.safe_load((tmp_path / "red.yml").read_text())
    [rule] = ruleset["rules"]
    rule["action"]["run_playbook"]["extra_vars"]["careless"] = "{{ event.replication.vm_name }}"
    ruleset["sources"][0]["opendr.vcda.replications"]["interval"] = 0.5
    (tmp_path / "red.yml").write_text(yaml.safe_dump([ruleset]))
    [play] = yaml.safe_load((tmp_path / "report.yml").read_text())
    play["tasks"].append(
        {"ansible.builtin.debug": {"msg": "Careless: {{ careless }} {{ ansible_eda.event.replication }}"}}
    )
    (tmp_path / "report.yml").write_text(yaml.safe_dump([play]))
    running = rulebook("red.yml")
    rename(simulator, [{"vmName": command, "owner": command, "overallHealth": "RED"}])
    output = running.read_play("Report a replication")
    running.stop()
    assert "Careless: \\\\x7b\\\\x7b lookup" in output
    assert "Red: {{ lookup" in output
    assert not (tmp_path / "pwned").exists()


@pytest.fixture
def controller() -> Iterator[tuple[str, queue.Queue[dict[str, Any]]]]:
    """A stand-in for a controller with one job template: where it is, and what it was asked to launch."""
    launched: queue.Queue[dict[str, Any]] = queue.Queue()
    template = {
        "id": 7,
        "type": "job_template",
        "name": "VCDA readiness",
        "summary_fields": {"organization": {"name": "Default"}},
        "related": {"launch": "/api/v2/job_templates/7/launch/"},
        **{f"ask_{what}_on_launch": what == "variables" for what in ("limit", "labels", "inventory", "variables")},
    }

    class Controller(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "unified_job_templates" in self.path:
                return self._answer({"results": [template], "next": None})
            return self._answer({"version": "4.6", "id": 1, "status": "successful", "artifacts": {}, "created": "x"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            launched.put({"path": self.path, "token": self.headers["Authorization"], **body})
            self._answer({"id": 1, "url": "/api/v2/jobs/1/", "status": "pending", "created": "x"}, 201)

        def _answer(self, document: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Controller) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", launched
        listening.shutdown()


def test_an_activation_launches_the_job_template(
    simulator: Simulator,
    closed: threading.Event,
    rulebook: Start,
    controller: tuple[str, queue.Queue[dict[str, Any]]],
) -> None:
    url, launched = controller
    running = rulebook("opendr.vcda.controller", "--controller-url", url, "--controller-token", "t-1")
    simulator.configure(sites_down=(THERE,))
    job = launched.get(timeout=LONGEST)
    running.stop()
    assert closed.wait(LONGEST)
    assert job["path"] == "/api/v2/job_templates/7/launch/"
    assert job["extra_vars"] == {"recovery_active_site": HERE}
    assert set(simulator.counters()["effects"]) <= {"login", "logout"}
