# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports requests in ansible-playbook before it forks its workers, so that they need not import it for each task."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.action import vcda

__all__ = ["vcda"]
