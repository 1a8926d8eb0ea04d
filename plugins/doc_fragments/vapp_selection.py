# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vapp_replication_ids:
    description:
      - Ids of vApp replications, in the form C(C4VAPP-) and a UUID.
      - Exactly one of O(vapp_replication_ids) and O(vapp_names) is required. An empty list is refused and never means
        all.
      - The id of a replication may change when it is reversed, and a vApp replication that is partially recovered is
        split into two with the same name. Prefer O(vapp_names) in playbooks that run more than once.
    type: list
    elements: str
    aliases: [vapp_replication_id]
  vapp_names:
    description:
      - Exact names of vApps, to select their replications. Upper and lower case matter.
      - If the replication of a vApp has been split by a partial recovery, its name selects all parts, provided that
        they have the vApp at one of the sites in common.
      - A name without a replication, or with several unrelated replications, is reported as an error of that vApp,
        with the candidates. The other vApps are not affected.
    type: list
    elements: str
    aliases: [vapp_name]
  owner:
    description:
      - Only consider replications of this owner, in the form C(organization@site). Requires O(vapp_names).
      - Only provider administrators can filter by owner.
    type: str
"""

    # What keeps a workload from being recovered, for failover and migration.
    REFUSALS = r"""
options: {}
notes:
  - Error code V(TEST_ACTIVE) means that a test failover is active. Clean it up with
    M(opendr.vcda.vapp_replication_failover_test) and
    O(opendr.vcda.vapp_replication_failover_test#module:state=absent), then run again.
  - Error code V(WRONG_DIRECTION) means that O(active_site) is neither the destination of the replication nor the site
    where the workload runs. If the vApp has been recovered and not reversed yet, reverse it first with
    M(opendr.vcda.vapp_replication_reverse).
"""
