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
      - Whether the replication is to exist.
      - V(present) starts it if O(source) is given and there is none, and otherwise changes what differs from the
        options given.
      - V(absent) stops it. What the user does not see counts as absent. See O(force).
    type: str
    choices: [present, absent]
    default: present
  paused:
    description:
      - Whether the replication is to be paused. Left out, that stays as it is.
    type: bool
  owner:
    description:
      - Owner that the replication is to have, of the form C(organization@site). Left out, that stays as it is.
      - Only provider administrators may change the owner. What a provider starts is hidden from the tenant until it
        is handed over in this way.
    type: str
  rpo:
    description:
      - Recovery point objective in minutes, at least 1. The policy of the organization sets the smallest allowed value.
    type: int
  quiesced:
    description:
      - Whether the guest file system is quiesced for each instance.
    type: bool
  retention:
    description:
      - Rules by which older instances are kept. An empty list asks for a policy without rules.
    type: list
    elements: dict
    suboptions:
      instances:
        description:
          - Number of instances to keep by this rule, at least 1.
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
      - Id of the SLA profile, which takes the place of O(rpo), O(retention) and O(data_connection_type). It cannot be
        combined with them. The API knows it since version 4.1.
    type: str
  description:
    description:
      - Description of the replication.
    type: str
  storage_profile:
    description:
      - Id of the storage profile of the replica at the destination. A change may move the replica.
      - V(*) takes any when the replication is started, and asks for nothing later.
    type: str
  target_disk_type:
    description:
      - How the disks of the replica are allocated. It cannot be changed later; a replication that has another type is
        refused with the error code V(FIXED_AT_START).
    type: str
    choices: [THIN, PREALLOCATED, PREALLOCATED_ZEROS]
  initial_sync_time:
    description:
      - When the first synchronisation is to start. Left out, or in the past, it starts at once. Used only when the
        replication is started.
      - Either ISO 8601 with a time zone, for example V(2026-05-01T22:00:00+02:00), or milliseconds since the epoch.
    type: str
  is_migration:
    description:
      - Whether to set it up as a migration, whose workload is to end up at the destination, and not as a protection.
        It cannot be changed later; a replication of the other sort is refused with the error code V(FIXED_AT_START).
    type: bool
  force:
    description:
      - Whether to stop a replication that is recovered or has an active test. Counts for O(state=absent) only.
      - Without it such a replication is refused, with the error code V(RECOVERED) or V(TEST_ACTIVE). The vendor does
        not document what stopping it does to the recovered workload.
    type: bool
    default: false
notes:
  - B(Second run.) Only what differs is changed, so a second run changes nothing. Options that are left out stay as
    they are.
  - B(Order of the changes.) Settings first, then the storage profile, then pause or resume, and the owner last,
    because a new owner may see what the present one does not.
  - With O(wait=false) only the first change is started for each replication. What is left for the next run is
    returned as RV(ignore:pending).
  - B(Only documented settings are sent.) An option that does not belong to the type of O(source) or O(destination),
    or that the API version in use does not document, is refused before anything is sent.
  - Error code V(FIXED_AT_START) means that the replication exists and differs in something that no documented call
    changes. Leave the option out, or stop the replication and start it anew.
  - Error code V(NOT_SHOWN) means that the service does not show a setting that was asked for, so that it cannot be
    compared. Leave the option out.
  - Error code V(OTHER_DESTINATION) means that O(source) is replicated already, but to another site than
    O(destination.site). A workload has one destination only. Name that site, or stop that replication first.
attributes:
  diff_mode:
    support: full
    details:
      - Shows the settings that change, for every replication.
  check_mode:
    support: full
    details:
      - Validates, logs in, reads and decides as usual, and sends nothing but reading requests besides.
  idempotent:
    support: full
    details:
      - Compares with what the service shows of each replication.
"""
