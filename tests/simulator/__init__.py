# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of two paired VMware Cloud Director Availability sites, for tests, demo and benchmarks. See README.md."""

from __future__ import annotations

from .adapter import InProcessAdapter
from .clock import Clock, ManualClock, RealClock
from .errors import ApiError
from .exchange import Break, ConnectionDropped, Request, Response
from .faults import Fault
from .seeds import Seeded
from .settings import Settings
from .simulator import Simulator

__all__ = [
    "ApiError",
    "Break",
    "Clock",
    "ConnectionDropped",
    "Fault",
    "InProcessAdapter",
    "ManualClock",
    "RealClock",
    "Request",
    "Response",
    "Seeded",
    "Settings",
    "Simulator",
]
