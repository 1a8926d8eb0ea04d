# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source for ansible-rulebook: what happens to the replications of VMware Cloud Director Availability."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Events of replications
description:
  - Looks at a service again and again and tells, each once, when the health, the recovery state or the direction of a
    VM replication changes, when it violates its recovery point objective and when no longer, when a task has ended, and
    when a paired site or the service itself is lost or back.
  - At the first look it tells what is not as it should be. An event has a C(type), one of C(health), C(rpo_violation),
    C(recovery_state), C(direction), C(task), C(site), C(service), C(problem) and C(source).
  - When the service does not answer, it looks ever more seldom. When a session has ended, it logs in again, in every
    look once until that succeeds. What has happened meanwhile is told then.
  - Ids, site names, states and types are told only if they are of the form that these have. What is not becomes an
    event of the type C(problem). In all other texts braces, control characters and the C(#) of a C(#jinja2) header are
    escapes, such as C(\x7b), so that no event holds a template.
options:
  interval:
    description: Seconds between two looks.
    type: float
    default: 60
  max_interval:
    description: Seconds between two looks at the most, while the service does not answer.
    type: float
    default: 900
  max_rpo_violation:
    description: Minutes by which the recovery point objective may be violated before that is an event.
    type: int
    default: 0
  heartbeat:
    description:
      - Seconds after which an event of the type C(source) says that the source is well, or since when it is not, if
        nothing else was told meanwhile. 0 for never.
    type: float
    default: 0
  vm_replication_ids:
    description:
      - Ids of the VM replications to watch. By default, all that the user can see are watched. Excludes O(owner) and
        O(organizations).
      - A reverse may replace the id of a replication. The replication is then found by its VM and both sites, and
        watched on.
    type: list
    elements: str
    default: []
  owner:
    description:
      - Watch the replications of this owner, in the form C(organization@site), and go on with those that get another
        one.
    type: str
    default: ""
  organizations:
    description:
      - Watch the replications that belong to these organizations, and go on with those that get another owner.
    type: list
    elements: str
    default: []
  hostname:
    description:
      - Address of the service. This and all other options that the modules of the collection have for the connection
        can be given, and come from the same environment variables, C(VCDA_HOSTNAME) and so on, where they are not.
    type: str
"""

EXAMPLES = r"""
- opendr.vcda.replications:
    interval: 30
    hostname: vcda.site-2.example.com
    username: operator@tenant-1
    password: "{{ vcda_password }}"
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

# ansible-rulebook runs this file by its path, without the import system of ansible-core.
_COLLECTIONS = str(Path(__file__).absolute().parents[7])
if _COLLECTIONS not in sys.path:
    sys.path.append(_COLLECTIONS)

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.selection import Watched
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import (
    GuardedClient,
    Watch,
    connection_params,
    number,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.session_guard import Guard


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put events into the queue until cancelled.

    Args:
        queue: Takes the events.
        args: The options.

    Raises:
        VcdaError: An option cannot be used, or the service refuses the first look.
    """
    params = connection_params(args, os.environ)
    watched = Watched(args)
    # The guard: the Java machine of ansible-rulebook ends the process on a signal, and no Python code runs any more.
    # Not with "async": an ending event loop may take no more work, and the session has to be closed all the same.
    with Guard(params) as guard, GuardedClient(Connection.from_params(params), guard) as client:
        watch = Watch(
            client,
            interval=number("interval", args.get("interval"), 60),
            longest=number("max_interval", args.get("max_interval"), 900),
            max_rpo_violation=int(number("max_rpo_violation", args.get("max_rpo_violation"), 0)),
            heartbeat=number("heartbeat", args.get("heartbeat"), 0),
            watched=watched,
        )
        while True:
            for event in await asyncio.to_thread(watch.look):
                await queue.put(event)
            await asyncio.sleep(watch.delay)
