# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of the connection as data, which every module has; see ``modules.arguments`` for the form."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import ENVIRONMENT
from ansible_collections.opendr.vcda.plugins.module_utils.modules.option_forms import Options

# Suboption of extend_sites: environment variable. The environment can describe one peer.
PEER_ENVIRONMENT: Mapping[str, str] = {
    "site": "VCDA_PEER_SITE",
    "auth_type": "VCDA_PEER_AUTH_TYPE",
    "username": "VCDA_PEER_USERNAME",
    "password": "VCDA_PEER_PASSWORD",
    "access_token": "VCDA_PEER_ACCESS_TOKEN",
    "cookie": "VCDA_PEER_COOKIE",
    "organization": "VCDA_PEER_ORGANIZATION",
}


def connection_options() -> Options:
    """Return the options that every module has."""
    return {
        "hostname": {"type": "str", "required": True, "env": "VCDA_HOSTNAME"},
        "port": {"type": "int", "default": 443, "env": "VCDA_PORT"},
        "auth_type": {
            "type": "str",
            "choices": ["vcd", "local_user", "sso", "vcd_access_token", "vcd_cookie"],
            "default": "vcd",
            "env": "VCDA_AUTH_TYPE",
        },
        "username": {"type": "str", "env": "VCDA_USERNAME"},
        "password": {"type": "str", "no_log": True, "env": "VCDA_PASSWORD"},
        "access_token": {"type": "str", "no_log": True, "env": "VCDA_ACCESS_TOKEN"},
        "organization": {"type": "str", "env": "VCDA_ORGANIZATION"},
        "vcd_cookie": {"type": "str", "no_log": True, "env": "VCDA_VCD_COOKIE"},
        "session_token": {"type": "str", "no_log": True, "env": "VCDA_SESSION_TOKEN"},
        "extend_sites": {"type": "list", "elements": "dict", "options": _peer_options(), "peer_env": True},
        "site": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True, "env": "VCDA_VALIDATE_CERTS"},
        "ca_path": {"type": "path", "env": "VCDA_CA_PATH"},
        "certificate_thumbprint": {"type": "str", "env": "VCDA_CERTIFICATE_THUMBPRINT"},
        "api_version": {"type": "str", "env": "VCDA_API_VERSION"},
        "request_timeout": {"type": "float", "default": 60.0, "env": "VCDA_REQUEST_TIMEOUT"},
        "operation_id": {"type": "str", "env": ENVIRONMENT},
    }


def _peer_options() -> Options:
    return {
        "site": {"type": "str", "required": True},
        "auth_type": {
            "type": "str",
            "choices": ["credentials", "cookie", "vcd_access_token", "multisite"],
            "default": "credentials",
        },
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "cookie": {"type": "str", "no_log": True},
        "organization": {"type": "str"},
    }
