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
      - Address of the VMware Cloud Director Availability service to talk to, as a bare host name or IP address
        without scheme, port and path.
      - For a failover name the recovery site. It is the only site that has to be up then.
      - The environment variable E(VCDA_HOSTNAME) stands in for this option.
    type: str
    required: true
  port:
    description:
      - TCP port of the service.
      - The environment variable E(VCDA_PORT) stands in for this option.
    type: int
    default: 443
  auth_type:
    description:
      - How to log in.
      - V(vcd) logs in a local user of Cloud Director with O(username) and O(password).
      - V(vcd_access_token) takes over a session of Cloud Director by its bearer token, O(access_token). This is the
        way in for users that Cloud Director knows from SAML, LDAP or OAuth. The API knows it since version 4.1.
      - V(vcd_cookie) takes over a session of Cloud Director by its legacy session secret, O(vcd_cookie).
      - V(sso) logs in a user of vCenter Single Sign-On with O(username) and O(password).
      - V(local_user) logs in V(root) of the appliance with O(username) and O(password).
      - The environment variable E(VCDA_AUTH_TYPE) stands in for this option.
    type: str
    choices: [vcd, local_user, sso, vcd_access_token, vcd_cookie]
    default: vcd
  username:
    description:
      - User to log in. With O(auth_type=vcd) it has the form C(user@organization); a provider administrator is
        V(administrator@System).
      - Needed with O(auth_type=vcd), O(auth_type=sso) and O(auth_type=local_user), unless O(session_token) is given.
      - The environment variable E(VCDA_USERNAME) stands in for this option.
    type: str
  password:
    description:
      - Password of O(username).
      - The environment variable E(VCDA_PASSWORD) stands in for this option.
    type: str
  access_token:
    description:
      - Bearer token (JWT) of a Cloud Director session. Needed with O(auth_type=vcd_access_token), unless
        O(session_token) is given.
      - The environment variable E(VCDA_ACCESS_TOKEN) stands in for this option.
    type: str
  organization:
    description:
      - Name of the organization in whose context O(access_token) acts. The API knows it since version 4.2.
      - The environment variable E(VCDA_ORGANIZATION) stands in for this option.
    type: str
  vcd_cookie:
    description:
      - Legacy session secret of Cloud Director. Needed with O(auth_type=vcd_cookie), unless O(session_token) is
        given.
      - The environment variable E(VCDA_VCD_COOKIE) stands in for this option.
    type: str
  session_token:
    description:
      - Token of a session that is open already, as M(opendr.vcda.session) returns it. The module then neither logs in
        nor out.
      - If the login options are given as well, they are used to open a session again, should this one have ended.
      - The environment variable E(VCDA_SESSION_TOKEN) stands in for this option.
    type: str
  extend_sites:
    description:
      - Other sites on which the session must be able to act, each once, with what it takes to log in there.
      - A failover, a test failover and its cleanup need no other site, and never try to reach one. A migration, a
        reverse, and the start, change and end of a replication work at both sites, and extend the session to the
        sites named here before they start.
      - One peer can come from the environment. The variables are E(VCDA_PEER_SITE), without which the others are not
        read, E(VCDA_PEER_AUTH_TYPE), E(VCDA_PEER_USERNAME), E(VCDA_PEER_PASSWORD), E(VCDA_PEER_ACCESS_TOKEN),
        E(VCDA_PEER_COOKIE) and E(VCDA_PEER_ORGANIZATION).
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
          - V(credentials) takes O(extend_sites[].username) and O(extend_sites[].password) of a local user of Cloud
            Director.
          - V(vcd_access_token) takes O(extend_sites[].access_token). The API knows it since version 4.1.
          - V(cookie) takes O(extend_sites[].cookie).
          - V(multisite) uses the association that Cloud Director has between organizations, and takes
            O(extend_sites[].organization). The API knows it since version 4.2.
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
      - Name of the site on which to run the calls, through the service at O(hostname).
      - Left out, the calls run on the site of O(hostname) itself. For any other site the session must be extended to
        it, see O(extend_sites).
    type: str
  validate_certs:
    description:
      - Whether to check the certificate of the service. V(false) opens the door to whoever sits between; prefer
        O(certificate_thumbprint) or O(ca_path).
      - The environment variable E(VCDA_VALIDATE_CERTS) stands in for this option.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates of the authorities to trust, in PEM form, or a directory of such files with hashed
        names.
      - The environment variable E(VCDA_CA_PATH) stands in for this option.
    type: path
  certificate_thumbprint:
    description:
      - SHA-256 thumbprint of the one certificate to accept, in the form C(SHA-256:AA:BB:...), as the service shows it
        for a site.
      - Meant for the self-signed certificates of appliances. It is checked whatever O(validate_certs) says, and
        replaces the check against O(ca_path) and the host name.
      - The environment variable E(VCDA_CERTIFICATE_THUMBPRINT) stands in for this option.
    type: str
  api_version:
    description:
      - Version of the API to speak, for example V(4.7). Left out, the version of the service is found out.
      - The environment variable E(VCDA_API_VERSION) stands in for this option.
    type: str
  request_timeout:
    description:
      - Seconds that one HTTP request may take. It does not limit the waiting for a task.
      - The environment variable E(VCDA_REQUEST_TIMEOUT) stands in for this option.
    type: float
    default: 60
requirements:
  - python >= 3.9
  - requests >= 2.25
notes:
  - The module runs where its task is sent to. Delegate it to a machine that reaches the service, usually
    C(localhost). On a local connection it runs within C(ansible-playbook) itself, which is quicker and shows how far
    long operations are. Set the variable C(vcda_in_process) to V(false) to have a process of its own all the same.
  - The connection options can be set once for all modules of the collection, with C(module_defaults) for the action
    group C(group/opendr.vcda.vcda), or through the environment, as credentials of AWX and Automation Controller do.
  - Unless O(session_token) is given, the module logs in when it starts and out when it ends, also when it fails.
  - Redirects are not followed and C(.netrc) is not read, so the session token and the password go to O(hostname)
    alone. The usual proxy variables of the environment are honoured.
  - Passwords, tokens and cookies appear in no result, message or log, but for the token that M(opendr.vcda.session)
    returns.
"""
