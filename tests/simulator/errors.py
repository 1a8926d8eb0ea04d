# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors in answers of a site and in failed tasks."""

from __future__ import annotations

from typing import Any

STACK_TRACE = (
    "org.example.simulator.SimulatedException: %s\n"
    "\tat org.example.simulator.Service.call(Service.java:42)\n"
    "\tat org.example.simulator.Endpoint.handle(Endpoint.java:7)\n"
)


class ApiError(Exception):
    """An ``ApiError`` document together with its HTTP status.

    Shape: vendor reference 4.7, overview (``code``, ``msg``, ``args``, ``stacktrace``). Codes that begin with
    ``Simulator`` are not the product's: the vendor does not document the case, so no client may depend on them.
    """

    def __init__(self, status: int, code: str, msg: str, *args: str, headers: dict[str, str] | None = None) -> None:
        """Describe an error answer."""
        super().__init__(msg)
        self.status = status
        self.code = code
        self.msg = msg
        self.arguments = list(args)
        self.headers = headers or {}

    def document(self) -> dict[str, Any]:
        """Return the body."""
        return {
            "code": self.code,
            "msg": self.msg,
            "args": list(self.arguments),
            "stacktrace": STACK_TRACE % self.msg,
        }


def not_authenticated() -> ApiError:
    """Missing, unknown or expired token: the vendor's PowerShell module for 4.7 recognises the header."""
    headers = {"WWW-Authenticate": "Authentication Token Required"}
    return ApiError(401, "NotAuthenticated", "Authentication required.", headers=headers)


def bad_login() -> ApiError:
    """Refused login, the same for a wrong password and for a restricted administrator: user guide 4.0, sessions."""
    return ApiError(401, "NotAuthenticated", "Authentication required.")


def bad_input(msg: str, *args: str) -> ApiError:
    """A value is not acceptable: vendor reference 4.5, sessions/extend and tasks."""
    return ApiError(400, "BadUserInput", msg, *args)


def bad_request(msg: str) -> ApiError:
    """The request cannot be read: vendor reference 4.5, sessions/extend."""
    return ApiError(400, "BadRequest", msg)


def forbidden() -> ApiError:
    """Known user, not permitted: vendor reference, sample of the error object."""
    return ApiError(403, "Forbidden", "Permission denied.")


def site_not_found(name: str) -> ApiError:
    """Unknown value of ``site``: vendor reference 4.1, vm-replications instances."""
    return ApiError(404, "SiteNotFound", f"Site {name} was not found.", name)


def replication_not_found(identifier: str, *, is_vapp: bool) -> ApiError:
    """Unknown VM replication: vendor reference 4.1, vm-replications instances. The code for vApps is not documented."""
    code = "SimulatorVappReplicationNotFound" if is_vapp else "VmReplicationNotFound"
    return ApiError(404, code, f"Replication {identifier} was not found.", identifier)


def server_failure(msg: str = "A general server failure occurred.") -> ApiError:
    """Anything unexpected: listed on every page of the vendor reference."""
    return ApiError(500, "GeneralServerFailure", msg)
