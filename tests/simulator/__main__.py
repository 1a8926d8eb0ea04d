# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator on the command line: ``python -m tests.simulator``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from . import accounts, settings
from .clock import RealClock
from .server import SimulatorServer
from .settings import Settings
from .simulator import Simulator
from .twin import Twin, read_answers, twin_of

if TYPE_CHECKING:
    from ..contract import ContractRecorder

PARENT_CHECK_SECONDS = 0.5
SESSION_TIMES = ("idle_timeout", "hard_timeout")
CONTRACT_BROKEN = 3


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped by a signal.

    :returns: the exit code: 0, 2 for wrong switches, 3 if the contract was checked and violated
    """
    options = _parser().parse_args(arguments)
    parent = os.getppid() if options.stop_with_parent else None
    try:
        twin = twin_of(read_answers(Path(options.answers))) if options.answers else None
        switches = Settings.from_dict({**(twin.switches if twin else {}), **_switches(options, twin)})
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    simulator = Simulator(switches, RealClock(options.speed))
    simulator.seed(vms=options.vms, vapps=options.vapps)
    recorder = _recorder(simulator) if options.contract else None
    server = SimulatorServer(
        simulator, port_base=options.port_base, control_port=options.control_port, ca_file=options.ca_file
    )
    with server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stopped.set())
        if options.ready_file:
            _write_ready_file(Path(options.ready_file), server)
        print("\n".join([*(twin.report() if twin else []), _banner(server)]), flush=True)
        _wait(server.stopped, parent)
    if recorder is not None and recorder.violations:
        print(f"The contract was broken. {recorder.report()}", file=sys.stderr)
        return CONTRACT_BROKEN
    return 0


def _recorder(simulator: Simulator) -> ContractRecorder:
    # Import only on request: the packages that the contract needs may be missing.
    from ..contract import ContractRecorder  # noqa: PLC0415

    return ContractRecorder(simulator)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--vms", type=int, default=6, help="VM replications outside vApps (default: %(default)s)")
    parser.add_argument("--vapps", type=int, default=2, help="vApp replications (default: %(default)s)")
    parser.add_argument("--port-base", type=int, default=0, help="port of the first site (default: any free one)")
    parser.add_argument("--control-port", type=int, default=0, help="control port (default: any free one)")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second (default: %(default)s)")
    parser.add_argument("--task-seconds", type=float, help="simulated duration of a task (default: 20)")
    parser.add_argument("--api-version", help="profile of the API, 3.0 to 4.7 (default: 4.7)")
    parser.add_argument("--set", action="append", default=[], metavar="SWITCH=VALUE", help="any switch of the README")
    parser.add_argument("--answers", metavar="FILE", help="behave as the service that opendr.vcda.probe has asked")
    parser.add_argument("--ready-file", help="file to write the addresses to, as JSON, once everything is open")
    parser.add_argument("--ca-file", help="file to write the certificate authority to (default: a temporary one)")
    parser.add_argument("--contract", action="store_true", help="end with exit code 3 if the contract was not kept")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the starting process is gone")
    return parser


def _switches(options: argparse.Namespace, twin: Twin | None) -> dict[str, object]:
    """Return the switches that were given; scale session times so that a faster clock does not shorten sessions."""
    own = twin.switches if twin else {}
    values: dict[str, object] = {name: own.get(name, getattr(Settings, name)) * options.speed for name in SESSION_TIMES}
    for pair in options.set:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"--set wants SWITCH=VALUE, not {pair!r}")
        values[name] = settings.parsed(name, text)
    if options.task_seconds is not None:
        values["task_seconds"] = options.task_seconds
    if options.api_version is not None:
        values["api_version"] = options.api_version
    return values


def _banner(server: SimulatorServer) -> str:
    lines = ["Simulated sites, on loopback only:", ""]
    for site in server.ports:
        lines += [f"  {site}  {server.address(site)}", f"          thumbprint {server.thumbprint(site)}"]
        for account in (*accounts.VCD_ACCOUNTS, accounts.ROOT, accounts.SSO):
            lines.append(f"          {account.user} / {accounts.password(account, site)}")
        tenant = accounts.VCD_ACCOUNTS[0]
        lines.append(f"          access token {accounts.token(tenant, site)} in {tenant.org}")
        lines.append(f"          VCD cookie   {accounts.cookie(tenant, site)}")
        lines.append("")
    lines += [f"Certificate authority: {server.ca_file}", f"Control port:          {server.control_url}", ""]
    return "\n".join(
        [*lines, "Try it:", "", _example(server), "", "Stop with Ctrl-C or POST /stop to the control port."]
    )


def _example(server: SimulatorServer) -> str:
    site = list(server.ports)[-1]
    tenant = accounts.VCD_ACCOUNTS[0]
    values = {
        "hostname": "127.0.0.1",
        "port": server.ports[site],
        "username": tenant.user,
        "password": accounts.password(tenant, site),
        "ca_path": str(server.ca_file),
    }
    pairs = " ".join(f"{name}={value}" for name, value in values.items())
    return f"  ansible localhost -m opendr.vcda.vm_replication_info -a '{pairs}'"


def _write_ready_file(path: Path, server: SimulatorServer) -> None:
    """Write the file in one step, so that a waiting process never reads a part of it."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps({**server.addresses(), "pid": os.getpid()}), encoding="utf-8")
    partial.replace(path)


def _wait(stopped: threading.Event, parent: int | None) -> None:
    while not stopped.wait(PARENT_CHECK_SECONDS if parent is not None else None):
        if os.getppid() != parent:
            return


if __name__ == "__main__":
    sys.exit(main())
