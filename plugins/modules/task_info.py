#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: task_info
short_description: List tasks
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the tasks of the service that the user can see, newest first unless O(sort) is given.
  - Use it to follow operations that were started with C(wait=false), to find out why an operation failed, or for the
    timeline of a report.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  task_ids:
    description:
      - Only the tasks with these ids, which are UUIDs. A task that the service no longer keeps is not in the result.
    type: list
    elements: str
    aliases: [task_id]
  state:
    description:
      - Only tasks in this state.
    type: str
    choices: [RUNNING, SUCCEEDED, FAILED]
  type:
    description:
      - Only tasks of this type, for example V(failover) or V(sync). The vendor documents no complete list.
    type: str
  resource_types:
    description:
      - Only tasks on resources of these types, for example V(vmReplication) or V(vappReplication).
    type: list
    elements: str
  resource_id:
    description:
      - Only tasks on the resource with this id, for example a replication.
    type: str
  resource_name:
    description:
      - Only tasks on the resource with this name.
    type: str
  user:
    description:
      - Only tasks that this user started. Provider administrators only.
    type: str
  operation_id:
    description:
      - Only tasks of the operation with this id, which is the O(ignore:operation_id) of other modules, the variable
        C(recovery_operation_id) of the role, or C(awx-job-) and the number of a job. The requests of this module send
        it as well.
      - Or only the task of a single request, by its whole id, as RV(tasks[].operation_id) and
        RV(ignore:error.operation_id) show it.
      - A service filters by whole ids only. For the id of an operation, the module reads all tasks that the other
        filters match, for example O(started_after), and compares the ids itself. Where a service does not show the ids
        in its tasks, that fails with the code V(OPERATION_ID_NOT_SHOWN). That services filter by the id is known from
        a public client only, and that tasks show it is not documented.
      - Without this option all tasks are returned, also if C(VCDA_OPERATION_ID) is set or the run is a job of AWX. The
        requests of this module then send that id.
    type: str
  source_org:
    description:
      - Only tasks that concern this source organization. Upper and lower case matter.
    type: str
  destination_org:
    description:
      - Only tasks that concern this destination organization. Upper and lower case matter. Provider administrators
        only, and not together with O(user).
    type: str
  started_after:
    description:
      - Only tasks that started after this time.
      - This and the other times are either ISO 8601 with a time zone, for example V(2026-05-01T00:00:00Z), or
        milliseconds since the epoch.
    type: str
  started_before:
    description:
      - Only tasks that started before this time.
    type: str
  ended_after:
    description:
      - Only tasks that ended after this time.
    type: str
  ended_before:
    description:
      - Only tasks that ended before this time.
    type: str
  sort:
    description:
      - Fields of the API to sort by, for example V(startTime), V(endTime), V(state) or V(user). A hyphen after the
        name, as in V(startTime-), sorts in descending order.
    type: list
    elements: str
  max_tasks:
    description:
      - Highest number of tasks to return, at least 1.
    type: int
    default: 100
seealso:
  - module: opendr.vcda.vm_replication_reverse
    description: Replicate recovered VMs back to the site that they came from.
  - module: opendr.vcda.vm_replication_failover
    description: Fail over VMs after a failure of the source site.
  - module: opendr.vcda.site_info
    description: List the sites and whether they are reachable.
"""

EXAMPLES = r"""
---
- name: List what is running now
  opendr.vcda.task_info:
    state: RUNNING
  register: running

- name: Wait until nothing runs any more
  opendr.vcda.task_info:
    state: RUNNING
    resource_types:
      - vmReplication
      - vappReplication
  register: running
  until: running.tasks | length == 0
  retries: 60
  delay: 10

- name: List what failed in a night, oldest first
  opendr.vcda.task_info:
    state: FAILED
    started_after: "2026-05-01T00:00:00Z"
    started_before: "2026-05-01T06:00:00Z"
    sort:
      - startTime

- name: List what a job of AWX has started, whose operation id is in its report
  opendr.vcda.task_info:
    operation_id: awx-job-4711
    started_after: "2026-05-01T00:00:00Z"

- name: Read the task that a failed operation named
  opendr.vcda.task_info:
    task_id: 3f2a9c1e-6b7d-4e21-9f0a-51c0de3b7a10
"""

RETURN = r"""
---
msg:
  description:
    - Result in one sentence; on failure, the reason and the remedy.
  returned: always
  type: str
  sample: "2 tasks match."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) or C(VCDA_OPERATION_ID) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
tasks:
  description:
    - The tasks that match all filters.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the task.
      returned: always
      type: str
      sample: 3f2a9c1e-6b7d-4e21-9f0a-51c0de3b7a10
    type:
      description:
        - Type of the task, as the service reports it.
      returned: always
      type: str
      sample: reverse
    state:
      description:
        - State of the task. V(SUCCEEDED) and V(FAILED) are final; with any other value it is still running.
      returned: always
      type: str
      sample: SUCCEEDED
    progress:
      description:
        - Progress in percent.
      returned: always
      type: int
      sample: 100
    started:
      description:
        - When it started, in ISO 8601.
      returned: always
      type: str
      sample: "2026-05-01T02:14:07Z"
    ended:
      description:
        - When it ended, in ISO 8601.
      returned: always
      type: str
      sample: "2026-05-01T02:16:41Z"
    duration:
      description:
        - How long it took, in seconds.
      returned: always
      type: float
      sample: 154.2
    site:
      description:
        - Site on which it runs.
      returned: always
      type: str
      sample: site-2
    warnings:
      description:
        - Warnings of the task.
      returned: always
      type: list
      elements: str
      sample: []
    operation_id:
      description:
        - Operation id of the request that made the task, by which it can be found in the logs of the services. Empty if
          the service does not show it.
      returned: always
      type: str
      sample: awx-job-4711-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    user:
      description:
        - User who started it.
      returned: always
      type: str
      sample: operator@tenant-1
    resource_id:
      description:
        - Id of the resource of the task.
      returned: always
      type: str
      sample: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
    resource_name:
      description:
        - Name of the resource of the task.
      returned: always
      type: str
      sample: db-1
    error:
      description:
        - Why it failed.
      returned: always
      type: dict
      contains:
        code:
          description:
            - Error code of the service.
          returned: always
          type: str
          sample: GeneralServerFailure
        message:
          description:
            - What went wrong.
          returned: always
          type: str
          sample: The disks of the seed VM do not match those of the source VM.
        args:
          description:
            - Arguments of the message.
          returned: always
          type: list
          elements: str
          sample: []
    result:
      description:
        - Result of a successful task as the API returns it, with secrets masked.
      returned: always
      type: dict
      sample:
        id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vmName: db-1
error:
  description:
    - What went wrong.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - Error code of the service, or of the collection for its own refusals.
      returned: always
      type: str
      sample: NotAuthenticated
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: "POST /sessions was answered with HTTP 401 NotAuthenticated: Authentication required."
    args:
      description:
        - Arguments of the message of the service, in its order.
      returned: always
      type: list
      elements: str
      sample: []
    http_status:
      description:
        - HTTP status of the answer, if there was an answer.
      returned: always
      type: int
      sample: 401
    category:
      description:
        - Category of the failure, to branch on in a C(rescue). The categories are stable.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: authentication
    retriable:
      description:
        - Whether the same task may succeed if it is run again later without a change.
      returned: always
      type: bool
      sample: false
    hint:
      description:
        - What to do next.
      returned: always
      type: str
      sample: >-
        Check the user name and the password or token. Administrators are refused from public networks unless the
        provider allows them, and the service then answers as it does to a wrong password.
    operation_id:
      description:
        - Id of the request, by which it can be found in the logs of the service.
      returned: always
      type: str
      sample: opendr.vcda-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    task_id:
      description:
        - Task that failed or is still running.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import task_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.tasks import list_tasks

DEFINITION = Definition(
    options=task_info_options(),
    run=list_tasks,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
