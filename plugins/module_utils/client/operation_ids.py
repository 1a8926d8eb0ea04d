# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The operationID of requests: what the user calls an operation, and what tells one of its requests from the others.

The API takes it as a header of every call: free text that correlates the logs of the services (vendor reference 3.5 to
4.7). Neither its form nor its longest length is documented.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid

ENVIRONMENT = "VCDA_OPERATION_ID"
LONGEST = 128

# Stands in for the user's where none is given.
_OWN = "opendr.vcda"
_FORM = re.compile(rf"^[\x21-\x7e]{{1,{LONGEST}}}\Z")
_UNIQUE = r"-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
_OF_A_REQUEST = re.compile(rf".{_UNIQUE}", re.IGNORECASE)
_NUMBER = re.compile(r"^[0-9]{1,19}\Z")


def given_operation_id(value: str | None, environment: Mapping[str, str], job_id: Any = None) -> str | None:
    """Return the operation id of a run: what the user gives, or the job of AWX that the run is.

    :param value: of the option; blank stands for none, and so does a blank variable
    :param environment: with VCDA_OPERATION_ID, and the JOB_ID that AWX gives its jobs
    :param job_id: what AWX calls the job in the variables of the play, for want of JOB_ID
    :returns: None if there is neither
    :raises VcdaError: category invalid_request, if it cannot be sent
    """
    for text in (value, environment.get(ENVIRONMENT)):
        if text and text.strip():
            return _checked(text)
    for number in (environment.get("JOB_ID"), job_id):
        if number is not None and _NUMBER.match(str(number)):
            return f"awx-job-{number}"
    return None


def _checked(text: str) -> str:
    if not _FORM.match(text):
        raise invalid(
            "operation_id",
            f"it must have 1 to {LONGEST} characters, all of them letters, digits or signs of ASCII without spaces",
        )
    return text


def new_operation_id(operation_id: str | None = None) -> str:
    """Return an operationID that no other request has.

    :param operation_id: of the run, which it begins with
    """
    # It need not be hard to guess; uuid4 would ask the system each time, and stall the other threads meanwhile.
    return f"{operation_id or _OWN}-{uuid.UUID(int=random.getrandbits(128), version=4)}"


def is_of_one_request(operation_id: str) -> bool:
    """Tell whether an id has the form of those that one request has alone."""
    return bool(_OF_A_REQUEST.search(operation_id))


def is_of_operation(request_id: str, operation_id: str) -> bool:
    """Tell whether a request with one id belongs to the operation with the other: it has that id, or one made of it."""
    rest = request_id[len(operation_id) :]
    return request_id.startswith(operation_id) and (not rest or re.match(_UNIQUE, rest) is not None)
