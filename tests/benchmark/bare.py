# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send start requests with the standard library alone, and print the seconds: no client in Python needs less.

It does only what the service demands: a login, the extension to the peer, a reverse of each replication. It reads no
replication, waits for no task, checks nothing, and has no answer to an error. The connection is that of the
environment variables of the collection.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# The default number of connections of a module (max_concurrent).
CONNECTIONS = 16

_ENVIRONMENT = os.environ
_HEADERS = {"Accept": "application/vnd.vmware.h4-v4.7+json;charset=UTF-8", "Content-Type": "application/json"}
_of_thread = threading.local()


def main(file: str) -> None:
    """Reverse the replications whose ids a JSON file holds."""
    ids = json.loads(Path(file).read_text(encoding="utf-8"))
    trust = ssl.create_default_context(cafile=_ENVIRONMENT["VCDA_CA_PATH"])
    start = time.monotonic()
    token, _session = _post(trust, "/sessions", _HEADERS, _credentials("vcdCredentials", "vcdUser", "vcdPassword", ""))
    headers = {**_HEADERS, "X-VCAV-Auth": token}
    peer = _credentials("credentials", "vcdUsername", "vcdPassword", "PEER_")
    _post(trust, "/sessions/extend", headers, {**peer, "site": _ENVIRONMENT["VCDA_PEER_SITE"]})
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        list(executor.map(lambda one: _post(trust, f"/vm-replications/{one}/reverse", headers), ids))
    print(time.monotonic() - start)


def _credentials(kind: str, user: str, password: str, whose: str) -> dict[str, str]:
    return {
        "type": kind,
        user: _ENVIRONMENT[f"VCDA_{whose}USERNAME"],
        password: _ENVIRONMENT[f"VCDA_{whose}PASSWORD"],
    }


def _post(trust: ssl.SSLContext, path: str, headers: dict[str, str], body: Any = None) -> tuple[str, Any]:
    """Return the token in the headers of the answer, and the answer."""
    connection = _connection(trust)
    connection.request("POST", path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status not in (200, 202):
        sys.exit(f"POST {path}: HTTP {response.status} {answer[:200]!r}")
    return response.getheader("X-VCAV-Auth") or "", json.loads(answer)


def _connection(trust: ssl.SSLContext) -> http.client.HTTPSConnection:
    if not hasattr(_of_thread, "connection"):
        host, port = _ENVIRONMENT["VCDA_HOSTNAME"], int(_ENVIRONMENT["VCDA_PORT"])
        _of_thread.connection = http.client.HTTPSConnection(host, port, context=trust)
    found: http.client.HTTPSConnection = _of_thread.connection
    return found


if __name__ == "__main__":
    main(sys.argv[1])
