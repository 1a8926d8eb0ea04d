# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What every module needs to reach the service and to log in.
    DOCUMENTATION = r"""
options:
  hostname:
    description:
      - Address of the Cloud Director service of VMware Cloud Director Availability, as a host name or IP address
        without scheme, port and path.
      - For a failover, use the service at the recovery site. No other site has to be up.
      - If it is not given, the environment variable E(VCDA_HOSTNAME) is used.
    type: str
    required: true
  port:
    description:
      - TCP port of the service.
      - If it is not given, the environment variable E(VCDA_PORT) is used.
    type: int
    default: 443
  auth_type:
    description:
      - How to log in.
      - V(vcd) logs in a local user of Cloud Director with O(username) and O(password).
      - V(vcd_access_token) uses a session of Cloud Director by its bearer token, O(access_token). Users from SAML,
        LDAP or OAuth log in in this way. Requires API version 4.1.
      - V(vcd_cookie) uses a session of Cloud Director by its legacy session secret, O(vcd_cookie).
      - V(sso) logs in a user of vCenter Single Sign-On with O(username) and O(password).
      - V(local_user) logs in V(root) of the appliance with O(username) and O(password).
      - If it is not given, the environment variable E(VCDA_AUTH_TYPE) is used.
    type: str
    choices: [vcd, local_user, sso, vcd_access_token, vcd_cookie]
    default: vcd
  username:
    description:
      - User to log in. With O(auth_type=vcd) in the form C(user@organization); a provider administrator is
        V(administrator@System).
      - Required with O(auth_type=vcd), O(auth_type=sso) and O(auth_type=local_user), unless O(session_token) is
        given.
      - If it is not given, the environment variable E(VCDA_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If it is not given, the environment variable E(VCDA_PASSWORD) is used.
    type: str
  access_token:
    description:
      - Bearer token (JWT) of a Cloud Director session. Required with O(auth_type=vcd_access_token), unless
        O(session_token) is given.
      - If it is not given, the environment variable E(VCDA_ACCESS_TOKEN) is used.
    type: str
  organization:
    description:
      - Name of the organization that O(access_token) is used for. Requires API version 4.2.
      - If it is not given, the environment variable E(VCDA_ORGANIZATION) is used.
    type: str
  vcd_cookie:
    description:
      - Legacy session secret of Cloud Director. Required with O(auth_type=vcd_cookie), unless O(session_token) is
        given.
      - If it is not given, the environment variable E(VCDA_VCD_COOKIE) is used.
    type: str
  session_token:
    description:
      - Token of an open session, as returned by M(opendr.vcda.session). The module then does not log in and out.
      - If the login options are given as well, the module uses them to open a new session if this one has ended.
      - If it is not given, the environment variable E(VCDA_SESSION_TOKEN) is used.
    type: str
  extend_sites:
    description:
      - Other sites to which the session is extended, each once, with the login for that site.
      - A failover, a test failover and its cleanup need no other site and never connect to one. Migrating, reversing,
        starting, changing and stopping a replication involve both sites. These operations extend the session to the
        sites in this list first.
      - If it is not given, one peer site is taken from the environment variables E(VCDA_PEER_SITE), without which the
        others are ignored, E(VCDA_PEER_AUTH_TYPE), E(VCDA_PEER_USERNAME), E(VCDA_PEER_PASSWORD),
        E(VCDA_PEER_ACCESS_TOKEN), E(VCDA_PEER_COOKIE) and E(VCDA_PEER_ORGANIZATION).
    type: list
    elements: dict
    suboptions:
      site:
        description:
          - Name of the other site, as M(opendr.vcda.site_info) lists it.
        type: str
        required: true
      auth_type:
        description:
          - How to log in there.
          - V(credentials) uses O(extend_sites[].username) and O(extend_sites[].password) of a local user of Cloud
            Director.
          - V(vcd_access_token) uses O(extend_sites[].access_token). Requires API version 4.1.
          - V(cookie) uses O(extend_sites[].cookie).
          - V(multisite) uses the association between organizations in Cloud Director, with
            O(extend_sites[].organization). Requires API version 4.2.
        type: str
        choices: [credentials, cookie, vcd_access_token, multisite]
        default: credentials
      username:
        description:
          - User at the other site, in the form C(user@organization).
        type: str
      password:
        description:
          - Password of O(extend_sites[].username).
        type: str
      access_token:
        description:
          - Bearer token (JWT) of a Cloud Director session at the other site.
        type: str
      cookie:
        description:
          - Legacy session secret of Cloud Director at the other site.
        type: str
      organization:
        description:
          - Organization at the other site that is associated with the user's own.
        type: str
  site:
    description:
      - Name of the site to which the requests apply, through the service at O(hostname).
      - By default the requests apply to the site of O(hostname). For another site the session must be extended to it,
        see O(extend_sites).
    type: str
  validate_certs:
    description:
      - Whether to validate the certificate of the service. V(false) allows man-in-the-middle attacks; use
        O(certificate_thumbprint) or O(ca_path) instead.
      - If it is not given, the environment variable E(VCDA_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File with certificates of trusted authorities in PEM format, or a directory of such files with hashed names.
      - If it is not given, the environment variable E(VCDA_CA_PATH) is used.
    type: path
  certificate_thumbprint:
    description:
      - SHA-256 thumbprint of the only certificate to accept, in the form C(SHA-256:AA:BB:...), as the service shows
        it for a site.
      - For the self-signed certificates of appliances. It is checked with every value of O(validate_certs), and
        replaces the validation with O(ca_path) and the host name.
      - If it is not given, the environment variable E(VCDA_CERTIFICATE_THUMBPRINT) is used.
    type: str
  api_version:
    description:
      - Version of the API to use, for example V(4.7). By default it is negotiated with the service.
      - If it is not given, the environment variable E(VCDA_API_VERSION) is used.
    type: str
  request_timeout:
    description:
      - Time limit for one HTTP request in seconds, from looking up the name to the last byte of the answer, however
        slowly it comes. It does not limit the waiting for a task.
      - If it is not given, the environment variable E(VCDA_REQUEST_TIMEOUT) is used.
    type: float
    default: 60
  operation_id:
    description:
      - What to call this operation in the logs of the services, for example the number of a change. It has at most 128
        characters, which are letters, digits and signs of ASCII without spaces.
      - Each request sends it as C(operationID), with an ending that no other request has. RV(ignore:operation_id)
        returns it, and M(opendr.vcda.task_info) finds the tasks by it.
      - If it is not given, the environment variable E(VCDA_OPERATION_ID) is used. If that is not set either, a job of
        AWX or automation controller is called C(awx-job-) and its number, and the requests of all other runs begin with
        C(opendr.vcda).
    type: str
requirements:
  - python >= 3.9
  - requests >= 2.25
notes:
  - Run the module on a host that can reach the service, usually C(localhost). On a local connection it runs inside
    the process of C(ansible-playbook), which is faster and shows the progress of long operations. Set the variable
    C(vcda_in_process) to V(false) to run it in a separate process.
  - Set the connection options for all modules of the collection with C(module_defaults) for the action group
    C(group/opendr.vcda.vcda), or with environment variables, as credentials of AWX and automation controller do.
  - Unless O(session_token) is given, the module logs in at its start and logs out at its end, also if it fails.
  - The module does not follow redirects and does not read C(.netrc), so it sends the session token and the password
    to O(hostname) only. It uses the proxy variables of the environment.
  - No result, message or log contains passwords, tokens or cookies, except for the token that M(opendr.vcda.session)
    returns.
"""
