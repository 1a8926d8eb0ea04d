# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts the replications that the service lists now for the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.status import status


def protected_now(documents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the data of each replication that the history needs.

    :param documents: the API objects
    :returns: the arguments of ``Lineages.mark``
    """
    return [
        {
            "ids": (item["id"],),
            "name": item["vm_name"],
            "organization": item["organization"] or "",
            "runs_at": item["runs_at"] or "",
            "replicates_to": item["replicates_to"] or "",
            "protected": item["recovery_state"] != "COMPLETE",
        }
        for item in status(documents, 0.0)
    ]
