# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that look the same, and names that YAML reads as something else."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.operation.similar_names import folded, hint_on, similar

COMPOSED, DECOMPOSED = "\u00fc-1", "u\u0308-1"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("web1", "web\uff11"),
        ("stra\u00dfe", "STRASSE"),
        ("db-1", "DB-1"),
        ("db 1", "db  1"),
        ("db-1", " db-1"),
        ("\u2167", "viii"),
    ],
)
def test_a_name_that_looks_the_same_is_told_so_that_the_difference_is_seen(asked: str, there: str) -> None:
    told = similar(asked, ["other", there])
    assert ascii(asked) in told
    assert ascii(there) in told
    assert "other" not in told
    assert folded(asked) == folded(there)


@pytest.mark.parametrize("names", [[], ["db-1"], ["db-2", "d\u0432-1"]])
def test_nothing_is_told_where_nothing_looks_the_same(names: list[str]) -> None:
    assert similar("db-1", names) == ""


@pytest.mark.parametrize("name", ["True", "False", "None", "7", "31", "1.5", "750", "-4", "1000.0"])
def test_the_advice_is_to_quote_what_yaml_may_have_read(name: str) -> None:
    assert "quotes" in str(hint_on(name))


@pytest.mark.parametrize("name", ["db-1", "Trueish", "7a", "x7", "", "web 7"])
def test_there_is_no_advice_on_other_names(name: str) -> None:
    assert hint_on(name) is None
