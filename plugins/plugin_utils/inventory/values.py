# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible may evaluate: expressions of the user, and never data of the service or an encrypted value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Mark = Callable[[Any], Any]

# Text that is the same with and without templating. If it stayed untrusted, it would be shown as an object.
_PLAIN = re.compile(r"[\w .,:@+/-]*\Z")


def as_data(value: Any, trusted: Mark, untrusted: Mark) -> Any:
    """Mark data of the service as untrusted so that Ansible never evaluates it: a VM name could be a template.

    :param trusted: marks a text that Ansible may evaluate
    :param untrusted: marks a text that Ansible never evaluates
    """

    def marked(item: Any) -> Any:
        if not isinstance(item, str):
            return item
        return trusted(item) if _PLAIN.match(item) else untrusted(item)

    return _in_each(value, marked)


def decrypted(value: Any, untrusted: Mark) -> Any:
    """Return an option, nested ones as well, with plain text for each encrypted value.

    :param untrusted: marks a text that Ansible never evaluates
    """

    def plain(item: Any) -> Any:
        # Each version of ansible-core has other classes for encrypted text, but str() decrypts all of them.
        is_plain = item is None or isinstance(item, (str, bool, int, float))
        return item if is_plain else untrusted(str(item))

    return _in_each(value, plain)


def _in_each(value: Any, change: Mark) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_each(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_each(item, change) for item in value]
    return change(value)
