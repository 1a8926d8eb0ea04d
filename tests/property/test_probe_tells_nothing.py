# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service says, the file of answers holds none of it: names, ids, texts, times, not even as a key."""

from __future__ import annotations

import json
import re
import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import as_json
from ansible_collections.opendr.vcda.plugins.module_utils.probe.probe import probe_service
from ansible_collections.opendr.vcda.plugins.module_utils.probe.words import KEYS, known_word
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response

from .laboratory import Laboratory

# Long enough to be found by no chance in a file whose own words are letters and signs of all kinds.
TEXT = st.text(string.ascii_letters + string.digits + "äß中-_. @", min_size=6, max_size=20).filter(
    lambda text: any(character.isdigit() for character in text) and text == text.strip()
)
JSON = st.recursive(
    TEXT | st.integers(10**6, 10**15) | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.sampled_from(sorted(KEYS)), inner, max_size=4)
    ),
    max_leaves=12,
)
OWN = {"level": "cycle", "idle_wait": 1860, "step_timeout": 600, "poll_interval": 10, "recovery": "migrate"}


def strings(value: Any) -> set[str]:
    """Return every text and every larger number in a JSON value, keys included, which is no word of the API."""
    if isinstance(value, dict):
        return set().union(*(strings(key) | strings(item) for key, item in value.items()), set())
    if isinstance(value, list):
        return set().union(*map(strings, value), set())
    if isinstance(value, bool) or value is None:
        return set()
    text = str(value)
    is_word = isinstance(value, str) and (text in KEYS or known_word(text) == text)
    return set() if is_word or len(text) < 6 else {text}


def probe(laboratory: Laboratory, name: str) -> tuple[str, set[str]]:
    """Run the probe, and return its file and everything that the service sent."""
    sent: set[str] = set()

    def note(_site: str, _request: Request, response: Response | None) -> None:
        if response is None:
            return
        sent.update(value for value in response.headers.values() if len(value) > 20)
        try:
            sent.update(strings(json.loads(response.body)))
        except ValueError:
            sent.add(response.body.decode("utf-8", "replace"))

    laboratory.simulator.observers.append(note)
    result = probe_service(laboratory.context({**OWN, "vm_name": name, "confirm": name}))
    return as_json(result["answers"]) if "answers" in result else "", {text for text in sent if text.strip()}


def found(file: str, sent: set[str]) -> set[str]:
    """Return what of the service stands in the file: as a text or as a number of its own."""
    texts = strings(json.loads(file)) if file else set()
    numbers = set(re.findall(r"(?<![\w^])\d{6,}(?!\w)", file))
    joined = "\n".join(texts)
    # Media types are told, and are words of the API.
    return {text for text in sent if (text in numbers or text in joined) and "application/" not in text}


@settings(max_examples=6, deadline=None)
@given(names=st.lists(TEXT, min_size=4, max_size=4, unique=True), vapp=TEXT)
def test_no_name_and_no_id_is_told(names: list[str], vapp: str) -> None:
    laboratory = Laboratory(task_seconds=3.0)
    laboratory.simulator.seed(vms=4, names=tuple(names))
    laboratory.simulator.seed(vapps=1, vapp_names=(vapp,))
    file, sent = probe(laboratory, names[0])
    assert file
    assert sent
    assert found(file, sent) == set()


@settings(max_examples=15, deadline=None)
@given(
    body=JSON, code=TEXT, path=st.sampled_from(["/sites", "/tasks", "/vm-replications", "sync", "test", "health", ""])
)
def test_nothing_of_a_hostile_answer_is_told(body: Any, code: str, path: str) -> None:
    laboratory = Laboratory(task_seconds=3.0)
    laboratory.simulator.seed(vms=2, names=("expendable-1", "other-1"))
    answer = {"code": code, "msg": body, "state": code, "items": [body], "type": code, "id": code, "limit": code}
    laboratory.simulator.fault(
        "answer", path_regex=path, nth=3, times=2, status=200, body=json.dumps(answer), content_type="application/json"
    )
    file, sent = probe(laboratory, "expendable-1")
    assert found(file, sent) == set()
