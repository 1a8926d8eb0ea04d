# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The error type, and the mapping from answers of the service to error categories, messages and hints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import has_halves, printable

AUTHENTICATION = "authentication"
REMOTE_AUTHENTICATION = "remote_authentication"
AUTHORIZATION = "authorization"
NOT_FOUND = "not_found"
INVALID_REQUEST = "invalid_request"
REFUSED = "refused"
TASK_FAILED = "task_failed"
TIMEOUT = "timeout"
UNKNOWN_OUTCOME = "unknown_outcome"
UNREACHABLE = "unreachable"
SERVER = "server"

HINTS: Mapping[str, str] = {
    AUTHENTICATION: "Check the user name and the password or token. Administrators are refused from public networks "
    "unless the provider allows them, and the service then answers as it does to a wrong password.",
    REMOTE_AUTHENTICATION: "The session is not authenticated at the other site. Give credentials for that site in "
    "extend_sites, or let the session module extend the session.",
    AUTHORIZATION: "The user does not have the right. Operations on replications of another organization need a "
    "provider administrator.",
    NOT_FOUND: "Check the name or id and the site that was asked. A tenant does not see replications of another "
    "owner; an id may change when a replication is reversed, so prefer names in playbooks that run more than once.",
    INVALID_REQUEST: "Correct the option that the message names.",
    REFUSED: "Bring the replication into the state that the message names, then run again.",
    TASK_FAILED: "Check the task at the site, resolve the cause, and run again: what is done is skipped.",
    TIMEOUT: "The task continues at the service. Run again to attach to it, or increase wait_timeout.",
    UNKNOWN_OUTCOME: "The request may or may not have been accepted and was not repeated. Run again once the service "
    "answers: the state of the replication then decides.",
    UNREACHABLE: "Check the address, the network and whether the service is up, then run again.",
    SERVER: "Look up the operation id in the log of the service, then run again.",
}
_RETRIABLE = frozenset({TIMEOUT, UNREACHABLE, SERVER})

# The service or a gateway asks to wait and has certainly not accepted the request (RFC 6585, section 4; RFC 8470, 5.2).
NOT_TAKEN_YET = (425, 429)
# Possible answers to an unknown query parameter; which one the product gives is not documented.
_FILTER_REFUSALS = (400, 422)
# The object is held by something else (RFC 9110, section 15.5.10; RFC 4918, section 11.3).
_HELD = (409, 423)
# How the service says so with another status is not documented; these words would do.
_HELD_WORDS = re.compile(
    r"busy|in.?progress|running|concurrent|(?<!b)locked|another.?(?:task|operation)", re.IGNORECASE
)
# Repeating the same request does not help: another media type is needed.
_FINAL_WITHOUT_JSON = (406, 415)

_CATEGORY_BY_STATUS: Mapping[int, str] = {
    400: INVALID_REQUEST,
    401: AUTHENTICATION,
    403: AUTHORIZATION,
    404: NOT_FOUND,
    408: UNREACHABLE,
    409: REFUSED,
    423: REFUSED,
    425: UNREACHABLE,
    429: UNREACHABLE,
    500: SERVER,
    502: UNREACHABLE,
    503: UNREACHABLE,
    504: UNREACHABLE,
}
_HELD_HINT = (
    "Another operation holds the replication, or its state does not allow this one. Run again when it has ended."
)
_HINT_BY_STATUS: Mapping[int, str] = {
    406: "The service does not speak this API version. Leave api_version out to negotiate it.",
    429: "The service limits requests. Lower max_concurrent and run again.",
}
_GATEWAY_HINT = (
    "What answered is not the service but a proxy or gateway on the way to it. Check the address, and whether the "
    "gateway reaches the service, then run again."
)
_API_ERROR_FIELDS = frozenset({"code", "msg", "args", "stacktrace"})
_EXCERPT = 120
# More than any documented error has.
_LONGEST_REASON = 2000
_MOST_ARGUMENTS = 20
# Characters that are searched for an excerpt: a page may be large.
_HEAD = 8192
_TAG = re.compile(r"<[^>]*>")


class VcdaError(Exception):
    """Any failure in the layers below the Ansible code.

    :param message: one sentence: what failed and why, without secrets; it may quote the service, see ``printable``
    :param category: one of the categories of this file; stable, so that a rescue can branch on it
    :param code: the error code of the service, or of the decision table
    :param arguments: the positional arguments of the service's message
    :param http_status: the HTTP status, if there was an answer
    :param hint: what to do next; by default the hint of the category
    :param operation_id: the operationID header of the request, which the service writes to its logs
    :param task_id: the task that failed or is still running
    :param ambiguous: the service may have accepted the start request in spite of the error
    :param expired: the answer says that the session has ended
    :param retry_after: seconds that the answer asks to wait before the next request

    The attribute ``standing`` is the number of session changes before the request was sent. If the session has changed
    since, a refusal is outdated.
    """

    def __init__(
        self,
        message: str,
        *,
        category: str = INVALID_REQUEST,
        code: str | None = None,
        arguments: Sequence[str] = (),
        http_status: int | None = None,
        hint: str | None = None,
        retriable: bool | None = None,
        operation_id: str | None = None,
        task_id: str | None = None,
        ambiguous: bool = False,
        expired: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.code = code
        self.arguments = list(arguments)
        self.http_status = http_status
        self.hint = printable(hint or HINTS[category])
        self.retriable = category in _RETRIABLE if retriable is None else retriable
        self.operation_id = operation_id
        self.task_id = task_id
        self.ambiguous = ambiguous
        self.expired = expired
        self.retry_after = retry_after
        self.standing: int | None = None

    @property
    def message(self) -> str:
        """What failed and why, in one line that is safe to show."""
        return self._message

    @message.setter
    def message(self, text: str) -> None:
        self._message = printable(text)

    def __str__(self) -> str:
        """Return the message as it is now: callers add to it."""
        return self.message

    @property
    def is_transient(self) -> bool:
        """Whether the same request may succeed a little later, so that waiting should continue."""
        return self.retriable and self.category in _RETRIABLE

    @property
    def is_refusal(self) -> bool:
        """Whether the service itself declined the request, so that it had no effect."""
        return self.http_status is not None and self.category in (INVALID_REQUEST, REFUSED)

    @property
    def tells_of_another_operation(self) -> bool:
        """Whether the service itself declined the request, possibly because another operation runs on the object."""
        said = f"{self.code} {self.message}"
        return self.is_refusal and (self.http_status in _HELD or _HELD_WORDS.search(said) is not None)

    @property
    def is_unknown_filter(self) -> bool:
        """Whether the service itself declined a read request with a status that may mean an unknown filter."""
        return self.category == INVALID_REQUEST and self.http_status in _FILTER_REFUSALS

    @property
    def is_answer_to_filter(self) -> bool:
        """Whether the service itself declined a read request, or failed on it, possibly because of the filter.

        Repeating the request without the filter shows whether the filter was the cause.
        """
        of_service = (INVALID_REQUEST, AUTHORIZATION, NOT_FOUND, REFUSED, SERVER)
        return self.http_status is not None and self.http_status >= 400 and self.category in of_service

    @property
    def is_unauthenticated(self) -> bool:
        """Whether the service itself, or the other site through it, answered that the user is not authenticated."""
        return self.http_status == 401 and self.category in (AUTHENTICATION, REMOTE_AUTHENTICATION)

    @property
    def is_gone(self) -> bool:
        """Whether the service itself says that the object does not exist; a gateway's page with 404 does not count."""
        return self.category == NOT_FOUND and self.http_status == 404

    def as_dict(self) -> dict[str, Any]:
        """Return the error in the form of module results."""
        return {
            "code": self.code,
            "message": self.message,
            "args": self.arguments,
            "http_status": self.http_status,
            "category": self.category,
            "retriable": self.retriable,
            "hint": self.hint,
            "operation_id": self.operation_id,
            "task_id": self.task_id,
        }


def api_error_fields(document: Any) -> dict[str, Any]:
    """Read an ApiError without trusting its shape.

    :param document: the body of a failed call, or the error of a task (vendor reference 4.0, ApiError: all optional)
    :returns: code, message and arguments; what is missing or of a wrong type is None or empty
    """
    fields = document if isinstance(document, Mapping) else {}
    arguments = fields.get("args")
    return {
        "code": _text(fields.get("code")),
        "message": _text(fields.get("msg")),
        "arguments": [str(item) for item in arguments] if isinstance(arguments, list) else [],
    }


def error_from_answer(
    status: int,
    document: Any,
    text: str,
    *,
    action: str,
    at_login: bool = False,
    remote_call: bool = False,
    expired: bool = False,
    operation_id: str | None = None,
    retry_after: float | None = None,
) -> VcdaError:
    """Map a refused or failed HTTP answer.

    :param status: the HTTP status
    :param document: the parsed JSON body, None if the body was not JSON (a proxy answered)
    :param text: the body as text, for an excerpt if there is no document
    :param action: what was tried, for the message, e.g. "POST /vm-replications/C4-.../reverse"
    :param at_login: the call was the login itself
    :param remote_call: the call named another site, so a 401 concerns the session at that site
    :param expired: the answer says that the session has ended
    :param operation_id: the operationID header that the request carried
    :param retry_after: seconds that the answer asks to wait
    :returns: the error; its category follows from the status first, then from the code. A 4xx without the service's
        own JSON comes from a gateway and does not tell what the service did or has
    """
    if 400 <= status < 500 and not expired and not _is_api_error(document):
        return _error_of_gateway(status, document, text, action, at_login, operation_id, retry_after)
    fields = _shortened(api_error_fields(document))
    code = fields["code"]
    category = _CATEGORY_BY_STATUS.get(status, SERVER if status >= 500 else INVALID_REQUEST)
    if status < 400 or (document is None and status >= 500):
        category = UNREACHABLE
    if status == 401 and not at_login and not expired and (code == "RemoteAuthenticationFailure" or remote_call):
        category = REMOTE_AUTHENTICATION
    # The text of a JSON document may contain the stack trace.
    reason = fields["message"] or (_excerpt(text) if document is None else "") or "no explanation"
    error = VcdaError(
        "{} was answered with HTTP {}{}: {}".format(action, status, " " + code if code else "", reason),
        category=category,
        code=code,
        arguments=fields["arguments"],
        http_status=status,
        hint=_HINT_BY_STATUS.get(status),
        operation_id=operation_id,
        # A 4xx is a refusal by the service; with any other status, the request may have been accepted.
        ambiguous=not 400 <= status < 500 or status == 408,
        expired=expired,
        retry_after=retry_after,
    )
    if error.tells_of_another_operation:
        error.hint = _HELD_HINT
    return error


def _shortened(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an ApiError without secrets as far as a person reads them: each result repeats them."""
    cut = {name: text and _cut(text, _LONGEST_REASON) for name, text in fields.items() if name != "arguments"}
    return {**cut, "arguments": [_cut(item, _LONGEST_REASON) for item in fields["arguments"][:_MOST_ARGUMENTS]]}


def _cut(text: str, most: int) -> str:
    return text[:most] + "..." if len(text) > most else text


def _is_api_error(document: Any) -> bool:
    """Tell whether a document is an ApiError (vendor reference 4.0: all fields optional), not some gateway's JSON."""
    return isinstance(document, Mapping) and (not document or not _API_ERROR_FIELDS.isdisjoint(document))


def _error_of_gateway(
    status: int,
    document: Any,
    text: str,
    action: str,
    at_login: bool,
    operation_id: str | None,
    retry_after: float | None,
) -> VcdaError:
    reason = (_excerpt(text) if document is None else "") or "no explanation"
    # Repeating a login could lock the user out, if the refusal comes from the service after all.
    is_final = status in _FINAL_WITHOUT_JSON or (at_login and status in (401, 403))
    return VcdaError(
        f"{action} was answered with HTTP {status}, but not by the service itself: {reason}",
        category=UNREACHABLE,
        http_status=status,
        hint=_HINT_BY_STATUS[429] if status == 429 else _GATEWAY_HINT,
        retriable=not is_final,
        operation_id=operation_id,
        ambiguous=status not in NOT_TAKEN_YET,
        retry_after=retry_after,
    )


def error_from_task(document: Any, *, action: str, task_id: str, operation_id: str | None = None) -> VcdaError:
    """Map the error of a task that ended as FAILED.

    :param document: the task's ApiError; may be missing
    :param action: the verb, for the message
    :param task_id: the task's id
    :param operation_id: the operationID of the request that created the task
    """
    fields = api_error_fields(document)
    hint = HINTS[REMOTE_AUTHENTICATION] if fields["code"] == "RemoteAuthenticationFailure" else None
    return VcdaError(
        "The {} task failed{}: {}".format(
            action,
            " with " + fields["code"] if fields["code"] else "",
            fields["message"] or "the service gives no reason",
        ),
        category=TASK_FAILED,
        code=fields["code"],
        arguments=fields["arguments"],
        task_id=task_id,
        operation_id=operation_id,
        hint=hint,
    )


def malformed(what: str, problem: str) -> VcdaError:
    """Return the error for an answer that is not of the documented form.

    :param what: which answer
    :param problem: what is wrong with it
    """
    return VcdaError(f"{what} is not of the documented form: {problem}.", category=SERVER, code="MALFORMED_ANSWER")


def invalid(option: str, problem: str, hint: str | None = None) -> VcdaError:
    """Return the error for an option that cannot be used.

    :param option: the option's name
    :param problem: what is wrong with its value; never the value of a secret
    :param hint: what to do, if the message does not say it
    """
    return VcdaError(f"{option}: {problem}.", category=INVALID_REQUEST, code="INVALID_OPTION", hint=hint)


def refuse_halves(options: Mapping[str, Any]) -> None:
    """Refuse text with lone surrogates, which cannot be sent.

    The environment has them where it is not in UTF-8.

    :param options: values by the name of their option
    :raises VcdaError: category invalid_request, naming the option
    """
    for option, value in options.items():
        if has_halves(value):
            raise invalid(option, "half a character (a lone surrogate) is in it, which cannot be sent")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _excerpt(text: str) -> str:
    # Keep only the text of a proxy's HTML page.
    flat = " ".join(_TAG.sub(" ", text[:_HEAD]).split())
    return _cut(flat, _EXCERPT)
