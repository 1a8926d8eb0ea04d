# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The inputs of a module run: its parameters, its mode, and its client."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, check_header
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid

Result = dict[str, Any]


@dataclass
class Context:
    """The inputs of one module run, and its client.

    :param params: the validated module parameters
    :param check_mode: only reading requests may be sent
    :param new_client: creates the client; replaced in tests
    :param progress: called with each line of progress; None for no progress
    :param hand_over: keeps the client's session open for later tasks of the play
    :param client: the client, once it is created
    """

    params: Mapping[str, Any]
    check_mode: bool = False
    new_client: Callable[..., Client] = Client
    progress: Callable[[str], None] | None = None
    hand_over: Callable[[Client], None] = Client.keep_session
    client: Client | None = field(default=None, init=False)

    def connect(self) -> Client:
        """Create the client, without sending anything.

        :raises VcdaError: category invalid_request, if a connection option cannot be used
        """
        connection = Connection.from_params(self.params)
        on_prem_auth = self.params.get("on_prem_auth")
        check_header("on_prem_auth", on_prem_auth)
        self.client = self.new_client(connection, max_concurrent=self.params.get("max_concurrent") or 16)
        self.client.secrets.add(on_prem_auth)
        if self.params.get("wait_timeout") and self.params.get("wait") is not False:
            self.client.limit(self.params["wait_timeout"])
        return self.client


def check_operation(params: Mapping[str, Any]) -> None:
    """Refuse invalid values of the options of operations, before anything is sent."""
    for option in ("wait_timeout", "poll_interval", "max_concurrent"):
        value = params.get(option)
        if value is not None and not 0 < value < math.inf:
            raise invalid(option, f"{value} is {'not more than 0' if value <= 0 else 'no finite number'}")
    if "active_site" in params and params["active_site"] is not None and not params["active_site"].strip():
        raise invalid("active_site", "the name of the site is empty")
