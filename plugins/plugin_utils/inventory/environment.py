# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment says of the connection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options


@contextmanager
def without_blank_variables() -> Iterator[None]:
    """Leave out the blank environment variables of the connection for a while: for the modules they are not set either.

    Ansible itself would take a blank for a value, and end with an error where an option is no text.
    """
    variables = [option["env"] for option in connection_options().values() if "env" in option]
    blank = {name: os.environ.pop(name) for name in variables if not os.environ.get(name, "-").strip()}
    try:
        yield
    finally:
        os.environ.update(blank)
