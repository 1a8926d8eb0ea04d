# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes event data safe: rules pass it to playbooks as extra variables, which Ansible evaluates as templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM

_SITE = re.compile(r"[^\W_][\w .-]{0,127}\Z")
# Ids of tasks and resources, and the words for states and types.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}\Z")
# The form of the values by which a playbook selects what to work on.
_OF_REPLICATION: Mapping[str, re.Pattern[str]] = {
    VM.name + "_replication_id": VM.id_pattern,
    VAPP.name + "_replication_id": VAPP.id_pattern,
    "source_site": _SITE,
    "destination_site": _SITE,
    "recovery_state": _WORD,
    "overall_health": _WORD,
}
_OF_TASK: Mapping[str, re.Pattern[str]] = {
    "id": _WORD,
    "type": _WORD,
    "state": _WORD,
    "resource_id": _WORD,
    "site": _SITE,
}
_OF_SITE: Mapping[str, re.Pattern[str]] = {"name": _SITE}
_NEVER_EMPTY = frozenset({VM.name + "_replication_id", "source_site", "destination_site", "id", "state", "name"})
# Every Jinja template starts with a brace, unless the text begins with a header that sets other markers.
_BRACES = str.maketrans({"{": "\\x7b", "}": "\\x7d"})
_HEADER = "#jinja2"
_HARMLESS_HEADER = "\\x23jinja2"


def harmless(value: Any) -> Any:
    r"""Return data from the service without template markers and hidden characters.

    :param value: a JSON-like value
    :returns: the same structure; in texts, hidden characters, braces and the ``#`` of a header for Jinja are escaped,
        such as ``\x7b`` for a brace
    """
    if isinstance(value, Mapping):
        return {harmless(key): harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [harmless(item) for item in value]
    if not isinstance(value, str):
        return value
    return printable(value).translate(_BRACES).replace(_HEADER, _HARMLESS_HEADER)


def problem_of_replication(variables: Mapping[str, Any]) -> str | None:
    """Return why a replication cannot be passed on in an event; None if it can.

    :param variables: from ``inventory.hosts``
    """
    return _problem("replication", variables, _OF_REPLICATION)


def problem_of_task(described: Mapping[str, Any]) -> str | None:
    """Return why a task cannot be passed on in an event; see ``problem_of_replication``."""
    return _problem("task", described, _OF_TASK)


def problem_of_site(site: Mapping[str, Any]) -> str | None:
    """Return why a site cannot be passed on in an event; see ``problem_of_replication``."""
    return _problem("site", site, _OF_SITE)


def _problem(kind: str, fields: Mapping[str, Any], patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    identity = next(iter(patterns))
    for name, pattern in patterns.items():
        value = fields.get(name)
        named = f"A {kind}" if name == identity else f"The {kind} {fields[identity]}"
        if value in (None, ""):
            if name in _NEVER_EMPTY:
                return f"{named} is left out: it has no {name}."
        elif not (isinstance(value, str) and pattern.match(value)):
            return f"{named} is left out: its {name} {value!r} is not of the form that this has."
    return None
