# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The code that the modules, plugins and the role of this collection share, in six layers; imports run downwards only.

From the top: ``modules``, ``declared``, ``operation``, ``settings``, ``model``, ``client``. None of it is public API:
it may change with any release.
"""
