# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible may evaluate: expressions of the user, and never data of the service or an encrypted value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible import template
from ansible.utils.unsafe_proxy import wrap_var

# Since ansible-core 2.19 a text is a template only if it is marked as one; before, every text is unless it is wrapped.
trusted: Callable[[Any], Any] = getattr(template, "trust_as_template", lambda value: value)
_untrusted: Callable[[Any], Any] = (lambda value: value) if hasattr(template, "trust_as_template") else wrap_var

# Text that is the same with and without templating. If it stayed untrusted, it would be shown as an object.
_PLAIN = re.compile(r"[\w .,:@+/-]*\Z")


def as_data(value: Any) -> Any:
    """Mark data of the service as untrusted so that Ansible never evaluates it: a VM name could be a template."""
    if isinstance(value, Mapping):
        return {key: as_data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_data(item) for item in value]
    if isinstance(value, str):
        return trusted(value) if _PLAIN.match(value) else _untrusted(value)
    return value


def decrypted(value: Any) -> Any:
    """Return an option, nested ones as well, with plain text for each encrypted value, which is never evaluated."""
    if isinstance(value, Mapping):
        return {key: decrypted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decrypted(item) for item in value]
    # Each version of ansible-core has other classes for encrypted text, but str() decrypts all of them.
    is_plain = value is None or isinstance(value, (str, bool, int, float))
    return value if is_plain else _untrusted(str(value))
