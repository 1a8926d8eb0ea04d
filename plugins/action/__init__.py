# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loaded by ansible-playbook before it forks a worker for each task, so that not each of them must import requests."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.action import vcda

__all__ = ["vcda"]
