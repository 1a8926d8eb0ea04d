# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without an end: what their pieces are, and that the server sends them until the client has gone."""

from __future__ import annotations

import itertools
import socket
import ssl

import pytest

from ansible_collections.opendr.vcda.tests.simulator.drips import pieces
from ansible_collections.opendr.vcda.tests.simulator.exchange import DRIPS, Break
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

BEGINNINGS = {
    Break.DRIP_BODY: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n  ",
    Break.DRIP_CHUNKS: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1\r\n \r\n1\r\n \r\n",
    Break.DRIP_HEAD: b"HTTP/1.1 200 OK\r\nX-Long: xx",
    Break.DRIP_HEADERS: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-More: 1\r\nX-More: 1\r\n",
    Break.DRIP_INTERIM: b"HTTP/1.1 100 Continue\r\n\r\n" * 3,
}


@pytest.mark.parametrize("how", DRIPS)
def test_an_answer_begins_well_and_never_ends(how: Break) -> None:
    assert b"".join(itertools.islice(pieces(how), 3)) == BEGINNINGS[how]
    assert len(list(itertools.islice(pieces(how), 1000))) == 1000


def test_the_server_sends_piece_after_piece() -> None:
    simulator = Simulator()
    simulator.fault("drip_interim", path_regex="/sites")
    with SimulatorServer(simulator) as server:
        context = ssl.create_default_context(cafile=str(server.ca_file))
        plain = socket.create_connection(("127.0.0.1", server.ports["site-1"]), timeout=10)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            connection.sendall(b"GET /sites HTTP/1.1\r\nHost: x\r\n\r\n")
            received = b""
            while len(received) < len(BEGINNINGS[Break.DRIP_INTERIM]):
                received += connection.recv(1024)
    assert received == BEGINNINGS[Break.DRIP_INTERIM]
