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
  - Returns the version of VMware Cloud Director Availability and its health report, which covers the service and its
    dependencies.
  - Use it as the first task of a check, or to test the address, the credentials and the certificate.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  health:
    description:
      - Whether to request the health report. Most versions produce it in a task.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the health report.
    type: int
    default: 300
  poll_interval:
    description:
      - Longest interval in seconds between two queries of the health task.
    type: float
    default: 10
notes:
  - From version 4.7 on, the service returns its health report for a POST request, which check mode does not send.
    RV(health) is then empty, and the module warns that the health was not requested.
seealso:
  - module: opendr.vcda.site_info
    description: List the sites and whether they are reachable.
  - module: opendr.vcda.recovery_readiness_info
    description: Check what is possible now, and what blocks the rest.
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
    - Result in one sentence; on failure, the reason and the remedy.
  returned: always
  type: str
  sample: "The service is healthy."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
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
    - Service of the product that answers. The modules of this collection need V(CLOUD), the Cloud Director service.
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
    - Whether the report contains no problem.
  returned: if the health report could be had
  type: bool
  sample: true
problems:
  description:
    - Problems in the health report.
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
        - Error code of the service.
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
    - The health report as the API returns it. Empty if it was not requested.
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
