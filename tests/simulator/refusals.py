# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of verbs; the vendor does not document their form."""

from __future__ import annotations

from .errors import ApiError

STATUS = {"conflict_409": 409, "bad_request_400": 400}
FAILED_TASK = "failed_task"


class Refusal(Exception):  # noqa: N818
    """A verb is not accepted; ``how`` is the value of the switch that defines the form of the refusal."""

    def __init__(self, how: str, code: str, msg: str, *args: str, error: ApiError | None = None) -> None:
        """Describe reason and form; ``error`` if the answer is more than status, code and text."""
        super().__init__(msg)
        self.how = how
        self.error = error or ApiError(STATUS.get(how, 400), code, msg, *args)
