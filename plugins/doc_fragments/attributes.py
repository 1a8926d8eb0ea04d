# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is said of every module in the same words; each module adds its own support and details.
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description:
      - Name under which C(module_defaults) sets options for this and all other modules of the collection.
    support: full
    membership:
      - opendr.vcda.vcda
  check_mode:
    description:
      - Whether the module reports in check mode what it would change, and changes nothing.
  diff_mode:
    description:
      - Whether the module shows in diff mode what it changed or, in check mode, would change.
  idempotent:
    description:
      - Whether a second run with the same options changes nothing.
  platform:
    description:
      - Platforms that the module can run on.
    support: full
    platforms: posix
"""

    # A module that only reads.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Only reads, also without check mode.
  diff_mode:
    support: N/A
    details:
      - Changes nothing.
  idempotent:
    support: full
    details:
      - Never reports a change.
"""

    # A module that operates on replications and decides by their state.
    BY_STATE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Validates, logs in, reads and decides as usual, and sends only reading requests.
  diff_mode:
    support: full
    details:
      - Shows the recovery state, the direction and whether it is paused, for each replication that changes.
  idempotent:
    support: full
    details:
      - Decides by the state of each replication at the service.
"""
