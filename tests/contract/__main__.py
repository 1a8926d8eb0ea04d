# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the document itself, or a saved log of exchanges against it: ``python -m tests.contract [LOG]``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from . import document
from .recorder import read_log


def document_problems(versions: Sequence[str] = document.VERSIONS) -> list[str]:
    """Return what is wrong with the document: as a whole, and as each of the given API versions sees it."""
    problems = [error.message for error in OpenAPIV31SpecValidator(document.load()).iter_errors()]
    for version in versions:
        errors = OpenAPIV31SpecValidator(document.for_version(version)).iter_errors()
        problems += [f"[{version}] {error.message}" for error in errors]
    return problems


def log_problems(file: Path) -> list[str]:
    """Return what is wrong with the exchanges of a saved log, one line per kind of violation.

    :raises ValueError: if the file is no such log
    """
    with file.open(encoding="utf-8") as lines:
        exchanges = read_log(lines)
    found = Counter(f"[{item.version}] {text}" for item in exchanges for text in item.violations())
    return [f"{count} x {text}" for text, count in found.most_common()]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :returns: the exit status: 0 if nothing is wrong, 1 if something is
    """
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("log", nargs="?", type=Path, help="saved by ContractRecorder; without it, check the document")
    options = parser.parse_args(arguments)
    try:
        problems = log_problems(options.log) if options.log else document_problems()
    except (OSError, ValueError) as error:
        parser.error(str(error))
    for problem in problems:
        print(problem)
    checked = str(options.log or document.ROOT.name)
    print(f"{checked}: {len(problems)} problems" if problems else f"{checked}: valid", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
