#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_info
short_description: Read version and health of the service
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Reads which version of VMware Cloud Director Availability answers, and what it reports about its own health and
    that of what it depends on.
  - Use it as the first task of a check, or to learn whether the address, the credentials and the certificate are
    right.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  health:
    description:
      - Whether to ask for the health report, which the service works out in a task on most versions.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the health report.
    type: int
    default: 300
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at the health task.
    type: float
    default: 10
notes:
  - A service that gives its health report only when it is asked by POST is not asked in check mode. RV(health) is
    empty then, with a warning.
seealso:
  - module: opendr.vcda.site_info
    description: List the sites and whether they are reachable.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now, and what blocks the rest.
"""

EXAMPLES = r"""
---
- name: Read version and health
  opendr.vcda.service_info:
  register: service

- name: Stop if anything is wrong
  ansible.builtin.assert:
    that: service.is_healthy
    fail_msg: "{{ service.problems | map(attribute='message') | join(' ') }}"

- name: Only see whether the credentials are right
  opendr.vcda.service_info:
    hostname: vcda.site-2.example.com
    username: operator@tenant-1
    password: "{{ vault_site_2_password }}"
    health: false
"""

RETURN = r"""
---
msg:
  description:
    - What was found, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "The service is healthy."
product_name:
  description:
    - Name of the product.
  returned: on success
  type: str
  sample: VMware Cloud Director Availability
build_version:
  description:
    - Version of the product, with its build.
  returned: on success
  type: str
  sample: 4.7.3.24731834-1f0e2d3c
build_date:
  description:
    - When it was built, in ISO 8601.
  returned: on success
  type: str
  sample: "2025-05-20T08:12:44Z"
instance_id:
  description:
    - Id of the installation.
  returned: on success
  type: str
  sample: 8c0ce4a3-2c0f-4a3b-9d6e-6f3c1a2b4d5e
service_type:
  description:
    - Which of the product's services answers. The modules of this collection need V(CLOUD).
  returned: on success
  type: str
  sample: CLOUD
api_version:
  description:
    - Version of the API in use.
  returned: on success
  type: str
  sample: "4.7"
is_healthy:
  description:
    - Whether the report names no problem.
  returned: if the health report could be had
  type: bool
  sample: true
problems:
  description:
    - What the health report complains of.
  returned: if the health report could be had
  type: list
  elements: dict
  contains:
    component:
      description:
        - Field of the report, with dots between its parts.
      returned: always
      type: str
      sample: managerHealth.lsError
    code:
      description:
        - Word of the service for the problem.
      returned: always
      type: str
      sample: CertificateMismatch
    message:
      description:
        - What the problem is.
      returned: always
      type: str
      sample: Certificate differs from the expected one.
health:
  description:
    - The health report as the API shows it. Empty if it was not asked for.
  returned: on success
  type: dict
  sample: {productName: VMware Cloud Director Availability, dbError: null}
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import service_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.service import read_service

DEFINITION = Definition(
    options=service_info_options(),
    run=read_service,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
