# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How an operation is carried out.
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the tasks have ended.
      - With V(false) the module returns as soon as the service has accepted the requests, with
        RV(ignore:changed=true) and the running tasks. Run it again with V(true) to attach to them, or query them with
        M(opendr.vcda.task_info).
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the tasks, including requests that are repeated while the service does not answer.
      - After that time the module fails with the error category V(timeout). The tasks continue at the service; run
        the module again to attach to them. The module then ends within 15 seconds, in which it reads the present
        state of the replications and logs out.
    type: int
    default: 3600
  poll_interval:
    description:
      - Longest interval in seconds between two queries of the tasks. The interval is shorter at the beginning, and
        near the end that is expected from the progress of the tasks.
    type: float
    default: 10
  max_concurrent:
    description:
      - Highest number of requests at the same time.
    type: int
    default: 16
  continue_on_error:
    description:
      - Whether to continue with the other replications if one fails. The module then fails at its end and returns the
        results of all.
      - With V(false) nothing more is started after the first failure. The module still waits for operations that have
        been started.
    type: bool
    default: true
  compact:
    description:
      - Whether to omit the objects of the service from the results.
      - If it is not set, the objects are omitted with more than 200 replications, and a warning says so. Results then
        have less than half the size. Automation controller removes a result of more than 700,000 bytes from its events,
        by default, and ansible-core needs several seconds less for a result of 10,000 replications.
    type: bool
notes:
  - B(After an interruption) run the module again. All state is kept by the service. The module skips operations that
    have ended, attaches to those that are still running, and starts only those that have not begun.
  - B(Operations start exactly once.) If the answer to a start request is lost, the module queries the task and the
    state of the replication, and repeats the request only if it is proven that the first one was not accepted. If
    that cannot be proven, it fails with the error category V(unknown_outcome).
  - B(Unrecognised states are refused.) A replication in a state that the collection does not know is not changed, and
    reported with the error code V(UNKNOWN_STATE).
  - B(If another operation is running) on a replication, the module waits for it within O(wait_timeout) and then
    decides again. After that time, or with O(wait=false), it reports the replication with the error code V(BUSY).
"""

    # For a reverse, after which the workload runs where it already runs.
    REVERSE = r"""
options:
  active_site:
    description:
      - Name of the site where the workloads run after the operation. A reverse moves no workload, so this is the site
        to which they were failed over or migrated, and where they run now.
      - Optional, but recommended. With it the module does not reverse a replication of the other direction, and
        reliably recognises a replication that has already been reversed.
      - Without it, a recovered replication is reversed whatever its direction. One that is not recovered counts as
        done if the service marks it as reversed, or if the tasks of the service show that it was. Each reverse inverts
        the mark, so after two of them only the tasks tell, and the service keeps them for some time only. If it cannot
        be known, the replication is refused with V(NOT_RECOVERED).
    type: str
  compare_networks:
    description:
      - Whether to read the network settings of each recovered replication before and after its reverse, and to report
        the networks that were not carried over, in C(lost_mappings) and as warnings.
      - It costs two requests for each replication. Settings that cannot be read are a warning.
    type: bool
    default: false
notes:
  - B(Second run.) A replication whose source is already O(active_site) is done, and nothing is sent for it.
  - B(If the task fails because disks do not match), the number or the configuration of the disks of the original VM
    differs from that of the recovered VM. The service then cannot use them as the seed. This is documented.
  - B(Space at the original site.) A replication that starts with a seed needs twice its space on one datastore for a
    short time. This is documented for the start of a replication. A reverse uses the original disks as the seed, so
    expect the same there.
  - B(Policy of the original site.) It becomes the destination, so expect that its policy must allow incoming
    protections, which it does not by default. That a reverse checks the policy is not documented.
  - B(Full or partial copy.) From version 4.3 on, a reverse sends only the differences until
    the time in C(optimize_until), unless the original VM was powered on since the recovery or its disks were changed.
    Otherwise it is not refused but sends all data. This is documented.
  - B(Afterwards.) The original VM is removed from the inventory; its vApp stays, empty and powered off. From version
    4.4 on, a network mapping is inverted where it matches, and is the automatic one otherwise, also where several
    source networks had one destination. This is documented. How the service then shows the settings is not documented.
    Use O(compare_networks), or check the recovery settings, before the next recovery.
"""

    # For operations that bring the workload to the destination.
    TARGET_SITE = r"""
options:
  active_site:
    description:
      - Name of the site where the workloads run after the operation.
      - It makes the task safe to repeat. A workload that already runs there is not moved, even after its replication
        has been reversed. Without the name of the site, the same task would move the workload back.
      - A replication to another site is refused with the error code V(WRONG_DIRECTION).
    type: str
    required: true
notes:
  - B(Second run.) A workload that already runs at O(active_site) is done, whether its replication has been reversed
    or not. Nothing is sent for it.
"""

    # For operations that work at both ends.
    BOTH_SITES = r"""
options: {}
notes:
  - B(Both sites) must be up, and the session must be extended to the other one. Name it in O(extend_sites), unless
    O(session_token) belongs to a session that is already extended to it.
"""

    ON_PREM_AUTH = r"""
options:
  on_prem_auth:
    description:
      - Value of the HTTP header C(On-Prem-Auth). It is passed to the service without a change, and kept secret.
      - The vendor lists the header for the start and the reverse of replications without describing its value. Use it
        only if your provider gives you a value.
    type: str
"""
