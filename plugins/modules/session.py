#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: session
short_description: Open a session for several tasks, and close it
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - With O(state=present), logs in and returns a token for the option O(session_token) of the other modules. They then
    do not log in and out, and need no password.
  - With O(state=absent), logs out of that session. Do this in the C(always) section of a block.
  - You do not need this module for a single task, because every module logs in and out by itself.
  - By default the service ends a session after 30 minutes without a request, and any session after 24 hours. A module
    that also has the login options then opens a new session.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.connection
attributes:
  check_mode:
    support: full
    details:
      - Logs in and out in check mode too, so that the tasks in between can read. Sessions are not part of the managed
        state.
  diff_mode:
    support: N/A
    details:
      - There is no state to compare.
  idempotent:
    support: partial
    details:
      - Every run with O(state=present) opens a new session, unless O(session_token) belongs to an open session. It
        never reports a change.
      - Closing a session that has already ended is not an error.
options:
  state:
    description:
      - V(present) opens a session, V(absent) closes the session of O(session_token).
      - A session that has already ended counts as closed.
    type: str
    choices: [present, absent]
    default: present
  extend:
    description:
      - Whether to extend the session to the sites in O(extend_sites) at once, so that later tasks need no credentials
        for them.
      - The module fails if a site cannot be reached or refuses the login. Use V(false) before a failover, because the
        source site may be down. Modules that need the other site extend the session themselves if they have
        O(extend_sites).
    type: bool
    default: true
notes:
  - With O(state=present) and O(session_token), the module checks and extends that session, and opens a new one only
    if it has ended. RV(session_token) is returned only if a session was opened.
  - While the session lasts, the token gives the same access as the password. Set C(no_log) on the task that registers
    it, as in the examples.
seealso:
  - module: opendr.vcda.vm_replication_failover
    description: Fail over VMs after a failure of the source site.
  - module: opendr.vcda.vm_replication_reverse
    description: Replicate recovered VMs back to the site that they came from.
  - module: opendr.vcda.site_info
    description: List the sites and whether they are reachable.
"""

EXAMPLES = r"""
---
- name: Do a chain of tasks with one login
  block:
    - name: Log in at site-2, and at site-1 through it
      opendr.vcda.session:
        hostname: vcda.site-2.example.com
        username: operator@tenant-1
        password: "{{ vault_site_2_password }}"
        extend_sites:
          - site: site-1
            username: operator@tenant-1
            password: "{{ vault_site_1_password }}"
      register: login
      no_log: true

    - name: Migrate
      opendr.vcda.vm_replication_migrate:
        hostname: vcda.site-2.example.com
        session_token: "{{ login.session_token }}"
        vm_name: db-1
        active_site: site-2

    - name: Reverse
      opendr.vcda.vm_replication_reverse:
        hostname: vcda.site-2.example.com
        session_token: "{{ login.session_token }}"
        vm_name: db-1
        active_site: site-2
  always:
    - name: Log out
      opendr.vcda.session:
        hostname: vcda.site-2.example.com
        session_token: "{{ login.session_token }}"
        state: absent
      when: login.session_token is defined

- name: Log in for a failover, with the other site down
  opendr.vcda.session:
    extend: false
  register: login
  no_log: true

- name: Log in with the bearer token of a Cloud Director session
  opendr.vcda.session:
    hostname: vcda.site-2.example.com
    auth_type: vcd_access_token
    access_token: "{{ vcd_access_token }}"
    organization: tenant-1
  register: login
  no_log: true
"""

RETURN = r"""
---
msg:
  description:
    - What was done; on failure, the reason and the remedy.
  returned: always
  type: str
  sample: "The session is open."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
session_token:
  description:
    - Token of the session that the module has opened. It is a secret.
    - Not returned if O(session_token) belongs to an open session, because Ansible would mask it.
  returned: on success, if the module has opened the session
  type: str
  sample: bm90IGEgcmVhbCB0b2tlbiE=
user:
  description:
    - User of the session.
  returned: on success, if O(state=present)
  type: str
  sample: operator@tenant-1
roles:
  description:
    - Roles of the user. A provider administrator has V(ADMINISTRATORS).
  returned: on success, if O(state=present)
  type: list
  elements: str
  sample: [EVERYONE]
authenticated_sites:
  description:
    - Sites to which the session is extended.
  returned: on success, if O(state=present)
  type: list
  elements: dict
  contains:
    site:
      description:
        - Name of the site.
      returned: always
      type: str
      sample: site-2
    org:
      description:
        - Organization at that site.
      returned: always
      type: str
      sample: tenant-1
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import session_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.session import manage_session

DEFINITION = Definition(
    options=session_options(),
    run=manage_session,
    shows_token=True,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
