# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add a submitted file of answers, and update the table of open questions: python -m tests.tools.answers FILE.

The file is one that ``opendr.vcda.probe`` has written. It is kept under docs/confirmed, named after the API version of
the service and a number.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from ansible_collections.opendr.vcda.plugins.module_utils.probe.evidence import media_type
from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import as_json
from ansible_collections.opendr.vcda.plugins.module_utils.probe.words import (
    HEADERS,
    KEYS,
    OTHER_WORD,
    PARAMETERS,
    known_word,
)
from ansible_collections.opendr.vcda.tests.simulator.twin import read_answers

from . import guide_tables
from .places import ROOT

SCHEMA = ROOT / "playbooks" / "files" / "answers.schema.json"
_RANGE = re.compile(r"-1|0|0 to 1|negative|10\^\d{1,2} to 10\^\d{1,2}|10\^12 or more")
# The allowed words in each part of the evidence.
TOLD: dict[str, Callable[[str], bool]] = {
    "word": lambda text: text == OTHER_WORD or known_word(text) == text,
    "keys": KEYS.__contains__,
    "headers": {*HEADERS, "other header"}.__contains__,
    "parameters": {*PARAMETERS, "other parameter"}.__contains__,
    "media_type": lambda text: text in ("none", "other") or media_type({"Content-Type": text}) == text,
    "range": lambda text: _RANGE.fullmatch(text) is not None,
    "length": lambda text: _RANGE.fullmatch(text) is not None,
}


class AnswersError(Exception):
    """A file cannot be added; the message says why."""


def checked(path: Path) -> dict[str, Any]:
    """Return the content of a file of answers after checking that it can be published.

    Raises:
        AnswersError: It is not a file of answers, has an unknown question, or contains a word that the probe never
            writes.
    """
    try:
        document = read_answers(path)
    except ValueError as error:
        raise AnswersError(str(error)) from None
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for problem in validator.iter_errors(document):
        where = "/".join(map(str, problem.instance_path)) or "the file"
        raise AnswersError(f"{path}: {where} is not as answers.schema.json says")
    strange = sorted(set(_strange(document["exchanges"])))
    if strange:
        raise AnswersError(f"{path}: the probe does not tell {', '.join(strange)}; was the file edited?")
    return document


def add(path: Path, folder: Path) -> Path:
    """Add a file to the submitted ones, and return its new path.

    Raises:
        AnswersError: It cannot be published, or is there already.
    """
    document = checked(path)
    text = as_json(document)
    folder.mkdir(exist_ok=True)
    same = [known.name for known in folder.glob("*.json") if known.read_text(encoding="utf-8") == text]
    if same:
        raise AnswersError(f"{path} is there already, as {same[0]}")
    version = document["answers"].get("api_version", {}).get("answer") or "unknown"
    number = 1 + max((int(known.stem.rpartition("-")[2]) for known in folder.glob(f"{version}-*.json")), default=0)
    target = folder / f"{version}-{number}.json"
    target.write_text(text, encoding="utf-8")
    return target


def main() -> int:
    """Add the files that the command line names."""
    if len(sys.argv) < 2:
        print("usage: python -m tests.tools.answers FILE...", file=sys.stderr)
        return 2
    try:
        for name in sys.argv[1:]:
            print(f"{add(Path(name), guide_tables.CONFIRMED).relative_to(ROOT)} is added")
    except AnswersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    guide_tables.main()
    return 0


def _strange(value: Any) -> Iterator[str]:
    """Yield the words of the evidence that the probe never writes."""
    if isinstance(value, list):
        for item in value:
            yield from _strange(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        known = TOLD.get(key)
        if known is not None:
            words = item if isinstance(item, (list, dict)) else [item]
            yield from (str(word) for word in words if not known(str(word)))
        if key != "keys":
            yield from _strange(item)
        else:
            yield from _strange(list(item.values()))


if __name__ == "__main__":
    sys.exit(main())
