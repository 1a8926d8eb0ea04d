# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fuzzer: answers of the service with anything in any place, and any text where texts are read, shown and masked.

What it has found is kept in ``.hypothesis`` and tried first the next time. ``VCDA_FUZZ`` sets the number of examples.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import parse_json
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, error_from_answer
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK, Secrets, mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import has_halves, is_hidden, printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import parse_plan
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.damage import GONE, damage
from ansible_collections.opendr.vcda.tests.unit.on_simulator.surroundings import (
    NAMES,
    cases_of,
    run_filled,
    simulator,
    texts_in,
)

EXAMPLES = int(os.environ.get("VCDA_FUZZ", "150"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[2] / ".hypothesis" / "examples"),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# Whatever JSON can hold; numbers that no reader has, and characters that nothing shows, among them.
texts = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(
    ("..", "a/b", "null", "{{ x }}", "\ud800", "\x1b[")
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from((10**400, 2**63)) | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
changes = st.tuples(st.integers(0, 11), st.integers(0, 10**6), values | st.just(GONE))
SITES = Simulator(clock=ManualClock())
SEEDED = SITES.seed(vapps=1, vms=1, vms_per_vapp=2)
# Objects as the service sends them, one of each kind with texts of its own.
GOOD = [json.dumps(SITES.document(one)) for one in (*SEEDED.vm_ids, *SEEDED.vapp_ids)]
calls = st.sampled_from([case for name in NAMES for case in cases_of(name)])


def damaging(wanted: list[tuple[int, int, Any]]) -> Callable[[str, Request, Response | None], None]:
    """Return an observer that damages answers by their number, those to the login aside."""
    count = iter(range(10**6))

    def observe(_site: str, request: Request, response: Response | None) -> None:
        if response is None or not response.body or request.path.startswith("/sessions"):
            return
        number = next(count)
        for nth, position, value in wanted:
            if nth == number:
                response.body = json.dumps(damage(json.loads(response.body), position, value)).encode()

    return observe


def check(result: dict[str, Any]) -> None:
    assert str(result["msg"]).strip()
    error = result.get("error") or {}
    shown = [result["msg"], *result.get("warnings", ()), *(str(error.get(key, "")) for key in ("message", "hint"))]
    assert not any(map(is_hidden, "".join(shown)))
    json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    assert "operator-secret" not in "".join(texts_in(result))


@FUZZ
@given(case=calls, wanted=st.lists(changes, min_size=1, max_size=4))
def test_modules_end_with_one_clear_result(case: Any, wanted: list[tuple[int, int, Any]]) -> None:
    sites = simulator(case)
    sites.observers.append(damaging(wanted))
    check(run_filled(case, sites))
    assert sites.counters()["open_sessions"] == 0 or case.module in ("session", "service_probe")


def refused(read: Callable[[Any], object], value: Any) -> bool:
    """Read a value that may be refused, in the one way in which that is done."""
    try:
        read(value)
    except VcdaError:
        return True
    return False


@FUZZ
@given(document=values, position=st.integers(0, 10**6), value=values | st.just(GONE), good=st.sampled_from(GOOD))
def test_readers_take_any_object(document: Any, position: int, value: Any, good: str) -> None:
    for one in (document, damage(json.loads(good), position, value)):
        for kind in (VM, VAPP):
            is_refused = refused(kind.parse, one)
            if isinstance(one, dict):
                found, damaged = kind.parse_list([one, one])
                assert (len(found), len(damaged)) == ((0, 2) if is_refused else (1, 0))
        for read in (parse_task, parse_plan):
            refused(read, one)
        assert not any(map(is_hidden, str(error_from_answer(500, one, "", action="GET /x"))))


@FUZZ
@given(
    body=st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
    | values.map(lambda value: json.dumps(value).encode())
)
def test_bodies_are_read_or_refused(body: bytes) -> None:
    document, is_json = parse_json("application/json", body.decode("utf-8", "replace"))
    if is_json:
        json.dumps(document, allow_nan=False)
        assert not any(map(has_halves, texts_in(document)))
    else:
        assert document is None


# Such a key stays: it is the name of a field, of which a weak password may be a part.
FIELD_NAME = re.compile(r"[A-Za-z_]{1,40}\Z")


@FUZZ
@given(
    text=st.text(st.characters(codec=None), max_size=40),
    secret=st.text(st.characters(codec=None, exclude_characters="*"), min_size=3, max_size=20),
    value=values,
)
@example(text="", secret="storageProfile", value=[])
def test_texts_are_shown_and_masked(text: str, secret: str, value: Any) -> None:
    shown = printable(text)
    assert not any(map(is_hidden, shown))
    assert printable(shown) == shown
    masked = Secrets([secret]).redact([text + secret, {"1": [{"2": secret + text}], secret: value}])
    assert not any(secret in one for one in texts_in(masked, without_keys=FIELD_NAME))
    assert mask_fields({"password": "x" + text, "list": [value]})["password"] == MASK
