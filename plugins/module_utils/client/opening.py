# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A login that goes on if the run is interrupted, so that its token arrives and the session can be closed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Answer
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import leave_signals_to_main


class Opening:
    """A login in a thread of its own.

    The thread that waits for it may be interrupted at any point, even just before it releases a lock. Therefore the
    login never waits for a lock of that thread, as the futures of ``concurrent.futures`` would.

    :param login: sends the request
    """

    def __init__(self, login: Callable[[], Answer]) -> None:
        self.is_over = False
        self._login = login
        self._outcome: Answer | BaseException | None = None
        self._bell = threading.Lock()
        self._bell.acquire()

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, seconds: float = -1) -> None:
        """Wait until the login is over.

        :param seconds: how long at the most; negative for no limit
        """
        if not self.is_over and self._bell.acquire(timeout=seconds):
            self._bell.release()

    def result(self) -> Answer:
        """Wait for the answer.

        :raises VcdaError: if the login failed
        """
        self.wait()
        if not isinstance(self._outcome, Answer):
            raise self._outcome or RuntimeError("the login is not over")
        return self._outcome

    def _run(self) -> None:
        leave_signals_to_main()
        try:
            self._outcome = self._login()
        except BaseException as error:
            self._outcome = error
        self.is_over = True
        self._bell.release()
