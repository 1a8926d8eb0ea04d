# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Filters that the lists of VM and of vApp replications have in common. All that are given must match.
    DOCUMENTATION = r"""
options:
  owner:
    description:
      - Only replications of this owner, of the form C(organization@site). Provider administrators only.
    type: str
  source_site:
    description:
      - Only replications from this site. The vendor excludes the local site as a value.
    type: str
  source_site_type:
    description:
      - Only replications from sites of this type, backed by Cloud Director or a vCenter.
    type: str
    choices: [vcloud, vcenter]
  source_org:
    description:
      - Only replications from this organization. Upper and lower case matter.
    type: str
  source_vdc_id:
    description:
      - Only replications from the organization VDC with this id.
    type: str
  source_vdc_name:
    description:
      - Only replications from the organization VDC of this name.
    type: str
  destination_org:
    description:
      - Only replications to this organization. Upper and lower case matter.
    type: str
  destination_vdc_id:
    description:
      - Only replications to the organization VDC with this id.
    type: str
  destination_vdc_name:
    description:
      - Only replications to the organization VDC of this name.
    type: str
  instances:
    description:
      - Whether to read the instances, the points in time that can be recovered, of every VM replication found. That
        takes one request for each of them.
    type: bool
    default: false
notes:
  - Reads page by page until everything is there, whatever the service's largest page is.
  - Without any filter, everything is listed that the user may see. A tenant does not see replications that belong to
    somebody else, such as those that a provider started and did not hand over.
"""
