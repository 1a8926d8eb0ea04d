#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: site_info
short_description: List the local site and the paired sites
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the local site and the sites that are paired with it, and whether the service can reach them.
  - Use it to find the names for O(opendr.vcda.vm_replication_failover#module:active_site) and O(extend_sites), and to
    check whether the other site can be reached before a planned migration.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  names:
    description:
      - Only the sites with these names. A name that is not paired is not in the result.
    type: list
    elements: str
    aliases: [name]
seealso:
  - module: opendr.vcda.service_info
    description: Read version and health of the service.
  - module: opendr.vcda.recovery_readiness_info
    description: Check what is possible now, and what blocks the rest.
  - module: opendr.vcda.session
    description: Log in once for several tasks.
"""

EXAMPLES = r"""
---
- name: List the sites
  opendr.vcda.site_info:
  register: estate

- name: Show which site this is
  ansible.builtin.debug:
    msg: "{{ estate.sites | selectattr('is_local') | map(attribute='name') | first }}"

- name: Stop a planned move if the other site cannot be reached
  opendr.vcda.site_info:
    name: site-1
  register: other
  failed_when: other.sites | rejectattr('is_reachable') | length > 0 or other.sites | length == 0
"""

RETURN = r"""
---
msg:
  description:
    - Result in one sentence; on failure, the reason and the remedy.
  returned: always
  type: str
  sample: "2 sites match."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
sites:
  description:
    - The sites.
  returned: on success
  type: list
  elements: dict
  contains:
    name:
      description:
        - Short name of the site, which all options use.
      returned: always
      type: str
      sample: site-1
    description:
      description:
        - Description of the site.
      returned: always
      type: str
      sample: Primary data centre
    is_local:
      description:
        - Whether it is the site that was asked.
      returned: always
      type: bool
      sample: false
    is_reachable:
      description:
        - Whether the service reports no error in either direction.
      returned: always
      type: bool
      sample: true
    incoming_error:
      description:
        - Error of the connection from there, with RV(ignore:code) and RV(ignore:message). Empty if there is none.
      returned: always
      type: dict
      sample: null
    outgoing_error:
      description:
        - Error of the connection to there, with RV(ignore:code) and RV(ignore:message). Empty if there is none.
      returned: always
      type: dict
      sample: {code: CertificateMismatch, message: Certificate differs from the expected one.}
    api_url:
      description:
        - Address that the sites use to connect to each other.
      returned: always
      type: str
      sample: https://vcda.site-1.example.com:8048
    api_public_url:
      description:
        - Public address of the API.
      returned: always
      type: str
      sample: https://vcda.site-1.example.com
    api_thumbprint:
      description:
        - Thumbprint of the certificate, in the form for O(certificate_thumbprint).
      returned: always
      type: str
      sample: SHA-256:4F:2A:9C:1E:6B:7D:4E:21:9F:0A:51:C0:DE:3B:7A:10:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
    api_version:
      description:
        - Version of the API there, if it is known.
      returned: always
      type: str
      sample: "4.7"
    build_version:
      description:
        - Version of the product there, if it is known.
      returned: always
      type: str
      sample: 4.7.3.24731834-1f0e2d3c
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import site_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import list_sites

DEFINITION = Definition(
    options=site_info_options(),
    run=list_sites,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
