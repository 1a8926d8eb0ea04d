# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vapp_replication_ids:
    description:
      - Ids of vApp replications, of the form C(C4VAPP-) and a UUID.
      - Exactly one of O(vapp_replication_ids) and O(vapp_names) is required. An empty list is refused and never means
        all.
      - The id of a replication may change when it is reversed, and a vApp replication that is recovered in part is
        split in two of the same name. Prefer O(vapp_names) in playbooks that are run more than once.
    type: list
    elements: str
    aliases: [vapp_replication_id]
  vapp_names:
    description:
      - Exact names of the vApps whose replications are meant. Upper and lower case matter.
      - If the replication of a vApp has been split by a partial recovery, its name stands for all the parts, as long as
        the service shows that they belong together by a vApp that they share at either end.
      - A name that no replication has, or that unrelated replications share, is reported as an error for that vApp,
        with the candidates, and the others are not affected.
    type: list
    elements: str
    aliases: [vapp_name]
  owner:
    description:
      - Only consider replications of this owner, of the form C(organization@site). Needs O(vapp_names).
      - The service lets provider administrators filter by owner.
    type: str
"""

    # What keeps a workload from being recovered, for failover and migration.
    REFUSALS = r"""
options: {}
notes:
  - Error code V(TEST_ACTIVE) means that a test failover is active. Remove it with
    M(opendr.vcda.vapp_replication_failover_test) and
    O(opendr.vcda.vapp_replication_failover_test#module:state=absent), then run again.
  - Error code V(WRONG_DIRECTION) means that the replication does not lead to O(active_site) and the workload does not
    run there either. If the vApp was recovered and not reversed since, reverse it first with
    M(opendr.vcda.vapp_replication_reverse).
"""
