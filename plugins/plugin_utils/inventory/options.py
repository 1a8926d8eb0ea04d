# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an inventory file as data, and what is made of them before Ansible checks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.modules import replication_filters
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.yaml_words import misread
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.values import Mark, decrypted

# The options of service_filters.
FILTERS = {name: option for name, option in info_options(VM.name).items() if name in replication_filters.OPTIONS}
# The options that, in addition to the file, determine which replications are read.
READING = ("hostname", "port", "site", "auth_type", "username", "organization", "kind", "sites", "service_filters")
# The options that are expressions or hold some, also if they are encrypted.
_EXPRESSIONS = ("inventory_hostname", "filters", "compose", "groups", "keyed_groups")
# The options that hold names.
_NAMES = {
    **connection_options(),
    "sites": {"type": "list", "elements": "str"},
    "service_filters": {"type": "dict", "options": FILTERS},
}
_SECRETS = [name for name, option in connection_options().items() if option.get("no_log") and option["type"] == "str"]


def plain_options(given: Mapping[str, Any], trusted: Mark, untrusted: Mark) -> dict[str, Any]:
    """Return the options of a file with plain text for encrypted values, because ansible-core 2.16 checks no others.

    :param trusted: marks a text that Ansible may evaluate
    :param untrusted: marks a text that Ansible never evaluates
    :raises ValueError: if YAML has read a name as true or false, or a secret is no text: Ansible would show it
    """
    plain = {name: decrypted(value, trusted if name in _EXPRESSIONS else untrusted) for name, value in given.items()}
    problem = misread(_NAMES, plain)
    if problem:
        raise ValueError(problem)
    wrong = [name for name in _SECRETS if isinstance(plain.get(name), (list, dict))]
    if wrong:
        raise ValueError(f"{wrong[0]}: it is a {type(plain[wrong[0]]).__name__} and no text.")
    return plain
