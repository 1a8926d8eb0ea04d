# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command, and interfere once the simulator shows that it is in the middle of its work.

Arguments: ``kill`` or ``finish``, the control port's address, and the command.

kill: once every replication is busy, kill the command and all that it started; fails if it ends before.
finish: once the command waits for tasks, finish them all; ends as the command does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from typing import Any

TIMEOUT = 240.0


def ask(address: str, path: str, data: bytes | None = None) -> Any:
    """Return what the control port answers."""
    with urllib.request.urlopen(address + path, data=data, timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def is_busy(address: str) -> bool:
    """Tell whether there is work under way for every replication."""
    return all(vm["busy"] for vm in ask(address, "/state")["vm_replications"])


def is_waited_for(address: str) -> bool:
    """Tell whether somebody has looked at tasks by their ids since the log was cleared."""
    return any(entry["path"] == "/tasks" and "ids" in str(entry["query"]) for entry in ask(address, "/log"))


def main() -> int:
    """Do it and return the exit code."""
    action, address, *command = sys.argv[1:]
    ask(address, "/log/clear", b"{}")
    process = subprocess.Popen(command, start_new_session=True)
    is_time = {"kill": is_busy, "finish": is_waited_for}[action]
    limit = time.monotonic() + TIMEOUT
    while not is_time(address):
        if process.poll() is not None or time.monotonic() > limit:
            sys.stderr.write(f"It was never time to {action}; the command ended with {process.poll()}.\n")
            process.kill()
            return 1
        time.sleep(0.05)
    if action == "finish":
        ask(address, "/finish", b"{}")
        return process.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
