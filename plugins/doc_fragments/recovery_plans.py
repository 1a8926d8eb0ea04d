# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What an operation does where a recovery plan of the product holds a replication.
    DOCUMENTATION = r"""
options:
  respect_recovery_plans:
    description:
      - Whether to refuse a replication that belongs to a recovery plan of the product which is V(RUNNING) or
        V(SUSPENDED), with the error code V(RECOVERY_PLAN_ACTIVE). Such a plan still means to run its later steps
        itself.
      - With V(false) the module operates on it nevertheless, and warns.
      - The module looks for plans with one request, and only if there is something to do. How plans are listed is not
        documented, so a service that answers otherwise counts as one that offers none.
      - If the service cannot be asked at all, V(true) refuses, and V(false) warns.
    type: bool
    default: false
"""

    # For the modules about the plans themselves.
    INFERRED = r"""
options: {}
notes:
  - B(What is inferred.) The vendor documents how a plan is tested, failed over and migrated, and its execution report
    (API 4.6 and 4.7). That plans are listed and read at C(/recovery-plans), that a clean-up is a C(DELETE) of the test,
    and where steps and executions show, is inferred and has not been confirmed at a real system.
"""
