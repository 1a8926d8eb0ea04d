# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbook history refuses, before it reads anything."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleError

from ansible_collections.opendr.vcda.plugins.action.recovery_history import ActionModule

GOOD = {"report_dir": ".", "history_dir": "", "max_drill_age": 90, "replications": None}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"report_dir": ""}, "recovery_report_dir: name the folder that holds the reports."),
        ({"report_dir": None}, "recovery_report_dir: name the folder that holds the reports."),
        ({"report_dir": ["reports"]}, "recovery_report_dir: name the folder that holds the reports."),
        *(
            ({"max_drill_age": age}, "recovery_max_drill_age: give a number of days, or 0 for any age.")
            for age in ("soon", -1, "nan", "inf", [30])
        ),
        *(({"replications": text}, "replications: str is no list.") for text in ("", "None", "[]")),
        ({"mode": "0777"}, "recovery_report_mode: '0777' is not a mode of files"),
        ({"report_dir": "/nowhere/reports"}, "/nowhere/reports: No such file or directory."),
        ({"history_dir": "/dev/null/history"}, "/dev/null/history: Not a directory."),
        (
            {"report_dir": "~nobody-of-this-name/x"},
            "recovery_report_dir: '~nobody-of-this-name/x' is no folder: there is no",
        ),
        ({"history_dir": "a\0b"}, "recovery_history_dir: 'a\\x00b' is no folder: it holds a null byte."),
    ],
)
def test_variables_that_cannot_be_meant_are_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    task = Mock(args={**GOOD, **wrong}, check_mode=False, async_val=0, diff=False)
    plugin = ActionModule(task, Mock(), Mock(check_mode=False, diff=False), Mock(), Mock(), Mock())
    with pytest.raises(AnsibleError) as caught:
        plugin.run(task_vars={})
    assert message in str(caught.value)
