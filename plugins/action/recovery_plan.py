# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``recovery_plan``; see ``plugin_utils.actions.module_action``."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.modules import recovery_plan
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.module_action import ModuleAction


class ActionModule(ModuleAction):
    """The action plugin of the module."""

    module = recovery_plan
