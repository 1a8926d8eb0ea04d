#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: session
short_description: Open a session for a chain of tasks, and close it
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - With O(state=present), logs in and returns a token that the other modules take as O(session_token). They then
    neither log in nor out, and need no password.
  - With O(state=absent), logs that session out. Do it in the C(always) section of a block.
  - A single task needs no session of its own; every module logs in and out by itself.
  - The service ends a session that is not used for a while, by default after 30 minutes, and any session after a
    longer time, by default 24 hours. Modules that are given the login options besides the token open a new session
    when that happens.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.connection
attributes:
  check_mode:
    support: full
    details:
      - Logs in and out in check mode as otherwise, so that the tasks in between can read. Sessions are no part of
        what is managed.
  diff_mode:
    support: N/A
    details:
      - There is no state to compare.
  idempotent:
    support: partial
    details:
      - Every run with O(state=present) opens a session of its own, unless O(session_token) is of one that stands. It
        never reports a change.
      - Closing a session that has ended already is no error.
options:
  state:
    description:
      - Whether to open a session, V(present), or to close the one of O(session_token), V(absent).
      - A session that has ended already counts as closed.
    type: str
    choices: [present, absent]
    default: present
  extend:
    description:
      - Whether to extend the session to the sites of O(extend_sites) at once, so that the tasks that use it need no
        credentials for them.
      - The module fails if that does not succeed. For a failover, whose source may be down, say V(false); the modules
        that need the other site extend the session themselves when they are given O(extend_sites).
    type: bool
    default: true
notes:
  - With O(state=present) and a O(session_token), that session is looked at and extended, and no other is opened
    unless it has ended. RV(session_token) is returned only if one was opened.
  - The token is as good as the password while the session lasts. Set C(no_log) for the task that registers it, as in
    the examples.
seealso:
  - module: opendr.vcda.vm_replication_failover
    description: Recover a VM whose source is lost.
  - module: opendr.vcda.vm_replication_reverse
    description: Protect a recovered VM towards the site that it came from.
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
    - What was done; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "The session is open."
session_token:
  description:
    - Token of the session that the module has opened. A secret.
    - Left out where O(session_token) is of a session that stands. That token is at hand already, and Ansible would
      mask it.
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
    - Sites on which the session can act.
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
        - Organization in that site.
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
