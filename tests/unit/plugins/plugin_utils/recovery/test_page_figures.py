# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures at the top of the page of a report."""

from __future__ import annotations

ITS_STATE = {"recovery_state": "COMPLETE", "source_site": "site-1", "destination_site": "site-2"}
