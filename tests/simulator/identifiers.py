# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identifiers, which are the same in every run with the same seed."""

from __future__ import annotations

import base64
import random
import re
import uuid

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID = re.compile(_UUID)
VM_REPLICATION = re.compile("C4-" + _UUID)
VAPP_REPLICATION = re.compile("C4VAPP-" + _UUID)


class Identifiers:
    """Creates ids of the documented forms (vendor reference 4.7, vm-replications and tasks)."""

    def __init__(self, seed: int) -> None:
        """Start the sequence of a seed."""
        self._random = random.Random(seed)
        self._serial = 0

    def uuid(self) -> str:
        """Return a random UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def vm_replication(self) -> str:
        """Return an id of a VM replication."""
        return f"C4-{self.uuid()}"

    def vapp_replication(self) -> str:
        """Return an id of a vApp replication."""
        return f"C4VAPP-{self.uuid()}"

    def instance(self) -> str:
        """Return the key of an instance."""
        return f"replica-{self.uuid()}"

    def moref(self) -> str:
        """Return the id of a vCenter VM."""
        self._serial += 1
        return f"vm-{1000 + self._serial}"

    def token(self) -> str:
        """Return a session token: Base64 of 20 bytes, as in the output of public clients."""
        return base64.b64encode(self._random.randbytes(20)).decode()
