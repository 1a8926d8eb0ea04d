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
        RV(ignore:changed=true) and the running tasks. Run it again with V(true) to attach to them, or watch them with
        M(opendr.vcda.task_info).
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the tasks. Everything that the module does until then counts, requests that are repeated
        while the service is silent included.
      - When they have passed the module fails with the error category V(timeout). The tasks go on at the service; run
        the module again to attach to them. At the most 15 seconds later the module has ended, as it may still read
        what has become of everything and end its session.
    type: int
    default: 3600
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at the tasks. The first looks come sooner, and so does the one at
        the end that the progress of the tasks lets expect.
    type: float
    default: 10
  max_concurrent:
    description:
      - How many requests are sent at the same time.
    type: int
    default: 16
  continue_on_error:
    description:
      - Whether to go on with the other replications when one fails. The module fails in the end all the same, and
        returns the results of all.
      - With V(false) nothing more is started after the first failure; what was started already is waited for.
    type: bool
    default: true
  compact:
    description:
      - Whether to leave the objects of the service out of the results.
      - A result then has a quarter of the size, which tells with thousands of replications.
    type: bool
    default: false
notes:
  - B(After an interruption) run the module again. All state lies at the service. What has ended is recognised as
    done, what is still running is attached to, and only what never began is started.
  - B(No request is sent twice on a guess.) If the answer to a start request is lost, the module asks the service for
    the task and for the state of the replication, and repeats the request only if it is proven that the first one was
    not accepted. If that cannot be proven it fails with the error category V(unknown_outcome).
  - B(Unknown states are refused.) A replication in a state that the collection does not know is left alone, and
    reported with the error code V(UNKNOWN_STATE).
  - B(A replication that is busy) with another operation is waited for within O(wait_timeout), and then decided anew.
    If the time passes, or with O(wait=false), it is reported with the error code V(BUSY).
"""

    # For a reverse, after which the workload runs where it already runs.
    REVERSE = r"""
options:
  active_site:
    description:
      - Name of the site on which the workloads run once the operation is done. A reverse moves no workload, so this
        is the site to which they were recovered, the one on which they run now.
      - Optional, but say it whenever you know it. It is the guard against turning round a replication that runs in
        the other direction, and the sure sign that a replication has been reversed already.
      - Left out, a recovered replication is reversed whatever its direction, and one that is not recovered counts as
        done only if the service marks it as reversed. The vendor does not document when that mark is set, so such a
        replication may be refused with V(NOT_RECOVERED) instead.
    type: str
notes:
  - B(Second run.) A replication that already leads away from O(active_site) is done. Nothing is sent for it, and if
    that is so for all of them the task reports that nothing changed.
  - B(If the task fails because disks do not match), the number or the layout of the disks at the old source differs
    from that of the recovered VM. The service then cannot use them as the seed.
"""

    # For operations that bring the workload to the destination.
    TARGET_SITE = r"""
options:
  active_site:
    description:
      - Name of the site on which the workloads run once the operation is done.
      - Required, because it makes the task safe to repeat. A replication whose workload already runs there is left
        alone, even after it has been reversed; without the name of the site, the same task would send the workload
        back.
      - A replication that leads to some other site is refused with the error code V(WRONG_DIRECTION).
    type: str
    required: true
notes:
  - B(Second run.) A workload that already runs at O(active_site) is done, whether its replication has been reversed
    since or not. Nothing is sent for it.
"""

    # For operations that work at both ends.
    BOTH_SITES = r"""
options: {}
notes:
  - B(Both sites) are up, and the session can act on both. Name the other one in O(extend_sites), unless
    O(session_token) is of a session that already reaches it.
"""

    ON_PREM_AUTH = r"""
options:
  on_prem_auth:
    description:
      - Value of the HTTP header C(On-Prem-Auth), passed to the service as it is, and kept secret.
      - The vendor lists the header for the start and the reverse of replications without describing its value. Give
        it only if your provider tells you what to put there.
    type: str
"""
