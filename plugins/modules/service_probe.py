#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_probe
short_description: Find out how a service behaves where the vendor documents nothing
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Asks a service the questions that the vendor's documentation leaves open, for example whether a replication keeps
    its id when it is reversed, and returns the answers with their evidence.
  - The evidence of an answer is the method and the path pattern of a request, and the status, media type, header names
    and shape of the answer to it. No name, id, address, token, text or time of the service is returned in RV(answers).
  - The simulator of the collection can be started with these answers, and then behaves as the service does.
  - The playbook C(opendr.vcda.probe) runs this module and writes the answers into a file.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.connection
attributes:
  check_mode:
    support: full
    details:
      - Lists in RV(requests) what would be sent. With O(level=cycle) it logs in and reads, to see whether the VM can be
        used, and with the other levels it sends nothing.
  diff_mode:
    support: N/A
    details:
      - Leaves the VM as it was.
  idempotent:
    support: partial
    details:
      - With O(level=read) and O(level=session) nothing changes. With O(level=cycle) the VM goes to the other site and
        back in each run.
options:
  level:
    description:
      - How far the module goes. Each level includes those before it.
      - V(read) sends only GET requests, apart from login and logout.
      - V(session) also opens sessions of its own, extends them, and lets them end.
      - V(cycle) also takes one VM through test failover, cleanup, O(recovery), reverse, and the way back.
    type: str
    choices: [read, session, cycle]
    default: read
  vm_name:
    description:
      - Name of the VM that O(level=cycle) may move. It must be expendable, replicated between this service and a paired
        cloud site, not paused, and in no vApp with other replicated VMs.
    type: str
  confirm:
    description:
      - The value of O(vm_name) once more.
    type: str
  home_site:
    description:
      - Site on which the VM of O(vm_name) runs, and to which it is brought back.
      - If it is left out, that is the peer of the service, as the service should be that of the recovery site.
    type: str
  recovery:
    description:
      - How the VM goes to the other site. It always comes back by a migration.
      - V(migrate) synchronizes and powers the VM off at its site. V(failover) leaves it running there.
    type: str
    choices: [migrate, failover]
    default: migrate
  idle_wait:
    description:
      - Seconds for which O(level=session) leaves sessions alone, to see when they end. V(0) leaves out the questions
        that need it.
    type: int
    default: 1860
  step_timeout:
    description:
      - Seconds to wait for each step of O(level=cycle).
    type: int
    default: 3600
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at a task.
    type: float
    default: 10
notes:
  - Run it at the service of the recovery site, which is the destination of the replication of O(vm_name).
  - The operations of O(level=cycle) are those of the other modules. A run that was interrupted can be started again. It
    first brings the VM home from where it is, and then begins anew.
  - Requests that differ from the documentation on purpose carry an operation id that begins with
    C(opendr.vcda-probe-), by which the logs of the service tell them from others.
seealso:
  - module: opendr.vcda.service_info
    description: Read version and health of the service.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now, and what blocks the rest.
"""

EXAMPLES = r"""
---
# VCDA_HOSTNAME is the service of the recovery site.
- name: Ask what reading answers
  opendr.vcda.service_probe:
  register: probe

- name: Show the answers
  ansible.builtin.debug:
    msg: "{{ probe.table }}"

- name: Keep them
  ansible.builtin.copy:
    content: "{{ probe.answers | to_nice_json }}"
    dest: "{{ playbook_dir }}/answers.json"
    mode: "0644"

- name: Ask about sessions too, without waiting for them to end
  opendr.vcda.service_probe:
    level: session
    idle_wait: 0

- name: Ask everything, with a VM that nobody needs
  opendr.vcda.service_probe:
    level: cycle
    vm_name: expendable-1
    confirm: expendable-1
    idle_wait: 0
"""

RETURN = r"""
---
msg:
  description:
    - How many questions were answered; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "Asked at level read: 14 answered, 35 not asked at this level, 9 not seen, 0 contradictory."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
requests:
  description:
    - Every request that the level sends beyond what the recovery itself sends, and how often at the most.
  returned: if the options could be used
  type: list
  elements: str
  sample: ["1 x GET /diagnostics/about", "2 x GET /sites"]
answers:
  description:
    - What is to be kept or sent in. Its schema is C(playbooks/files/answers.schema.json) in the collection.
  returned: if something was asked
  type: dict
  contains:
    format:
      description:
        - Name and version of the form of this object.
      returned: always
      type: str
      sample: opendr.vcda answers 1
    level:
      description:
        - Level at which was asked.
      returned: always
      type: str
      sample: cycle
    answers:
      description:
        - For each question the outcome, the answer if there is one, a reason if not, and the numbers of the exchanges
          that tell it.
      returned: always
      type: dict
      sample: {reverse_id: {outcome: answered, answer: same, reason: "", evidence: [2]}}
    exchanges:
      description:
        - The evidence. A request and the shape of the answer to it.
      returned: always
      type: list
      elements: dict
      sample: [{number: 2, method: GET, path: "/vm-replications", status: 200}]
table:
  description:
    - The answers as lines of a table.
  returned: if something was asked
  type: list
  elements: str
  sample: ["question    answer  evidence or reason", "reverse_id  same    exchange 2"]
issue:
  description:
    - The answers as text for the issue form.
  returned: if something was asked
  type: str
  sample: "Level: cycle\nreverse_id: same"
form:
  description:
    - Address of the issue form.
  returned: if something was asked
  type: str
  sample: https://github.com/opendr/ansible-vcda/issues/new?template=service_answers.yml
error:
  description:
    - What went wrong.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - Word of the service for what went wrong, or of the collection for its own refusals.
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
        - Values that belong into the message of the service, in its order.
      returned: always
      type: list
      elements: str
      sample: []
    http_status:
      description:
        - HTTP status of the answer, if it was an answer that said so.
      returned: always
      type: int
      sample: 401
    category:
      description:
        - Kind of failure, to branch on in a C(rescue). These words do not change.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: authentication
    retriable:
      description:
        - Whether the same task may succeed when it is simply run again later.
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
        - Id that the request carried, by which it is found in the logs of the service.
      returned: always
      type: str
      sample: opendr.vcda-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    task_id:
      description:
        - Task that failed or goes on.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import service_probe_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.probe.probe import probe_service
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import LEVELS

DEFINITION = Definition(
    options=service_probe_options(LEVELS),
    run=probe_service,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
