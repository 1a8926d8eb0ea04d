# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What a replication can be told to be, for VMs and for vApps.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - State of the replication.
      - V(present) starts it if O(source) is given and there is none. Otherwise it changes the settings that differ
        from the given options.
      - V(absent) stops it. A replication that the user cannot see counts as absent. See O(force).
    type: str
    choices: [present, absent]
    default: present
  paused:
    description:
      - Whether the replication is paused. By default this is not changed.
    type: bool
  owner:
    description:
      - Owner of the replication, in the form C(organization@site). By default the owner is not changed.
      - Only provider administrators can change the owner. A tenant does not see a replication that a provider has
        started until the provider makes the tenant its owner.
    type: str
  rpo:
    description:
      - Recovery point objective in minutes, at least 1. The policy of the organization defines the lowest value.
    type: int
  quiesced:
    description:
      - Whether the guest file system is quiesced for each instance.
    type: bool
  retention:
    description:
      - Retention rules for older instances. An empty list means a policy without rules.
    type: list
    elements: dict
    suboptions:
      instances:
        description:
          - Number of instances that this rule keeps, at least 1.
        type: int
        required: true
      distance:
        description:
          - Minutes between two of these instances, at least 1.
        type: int
        required: true
  data_connection_type:
    description:
      - How the data is sent.
    type: str
    choices: [PLAIN, ENCRYPTED, ENCRYPTED_COMPRESSED]
  sla_profile:
    description:
      - Name or id of the SLA profile, as M(opendr.vcda.sla_profile_info) lists it. It replaces O(rpo), O(retention) and
        O(data_connection_type), and cannot be combined with them. Requires API version 4.1.
      - A name takes one request more than an id, and two profiles of the same name are refused.
    type: str
  description:
    description:
      - Description of the replication.
    type: str
  storage_profile:
    description:
      - Id of the storage profile of the replica at the destination. A change may move the replica.
      - V(*) means any storage profile when the replication is started, and no change later.
    type: str
  target_disk_type:
    description:
      - How the disks of the replica are allocated. It cannot be changed later; a replication that has another type is
        refused with the error code V(FIXED_AT_START).
    type: str
    choices: [THIN, PREALLOCATED, PREALLOCATED_ZEROS]
  initial_sync_time:
    description:
      - Start time of the first synchronisation. By default, or with a time in the past, it starts at once. Used only
        when the replication is started.
      - Either ISO 8601 with a time zone, for example V(2026-05-01T22:00:00+02:00), or milliseconds since the epoch.
    type: str
  is_migration:
    description:
      - Whether to start it as a migration and not as a protection. It cannot be changed later; a replication of the
        other kind is refused with the error code V(FIXED_AT_START).
    type: bool
  force:
    description:
      - Whether to stop a replication that is recovered or has an active test. Used with O(state=absent) only.
      - Without it such a replication is refused with the error code V(RECOVERED) or V(TEST_ACTIVE). The vendor does
        not document what stopping it does to the recovered workload.
    type: bool
    default: false
notes:
  - B(Second run.) Only settings that differ are changed, so a second run changes nothing. Settings whose option is
    not given are not changed.
  - B(Order of the changes.) First the settings, then the storage profile, then pause or resume, and the owner last,
    because the user may not see the replication after a change of owner.
  - With O(wait=false) only the first change of each replication is started. RV(ignore:pending) lists the changes for
    the next run.
  - B(Only documented settings are sent.) An option that does not belong to the type of O(source) or O(destination),
    or is not documented for the API version in use, is refused before anything is sent.
  - Error code V(FIXED_AT_START) means that the replication exists and differs in a setting that no documented call
    can change. Omit the option, or stop the replication and start a new one.
  - Error code V(NOT_SHOWN) means that the service does not return the present value of the setting, so that it cannot
    be compared. Omit the option.
  - Error code V(OTHER_DESTINATION) means that O(source) is already replicated to another site than
    O(destination.site). A workload has one destination only. Name that site, or stop that replication first.
attributes:
  diff_mode:
    support: full
    details:
      - Shows the settings that change, for each replication.
  check_mode:
    support: full
    details:
      - Validates, logs in, reads and decides as usual, and sends only reading requests.
  idempotent:
    support: full
    details:
      - Compares the options with the settings that the service returns for each replication.
"""
