# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacement for the file get-pip.py, which ansible-test would download from its own host.

Installs pip from the wheel of the requested version in the folder of this file; ansible-test passes the arguments of
the original and sets the variable GET_PIP to the path of this file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Options of the original that pip itself does not have.
ONLY_BOOTSTRAP = {"--no-setuptools", "--no-wheel"}


def main() -> int:
    """Install the packages in the arguments and return the exit code of pip."""
    arguments = [argument for argument in sys.argv[1:] if argument not in ONLY_BOOTSTRAP]
    version = next(argument.split("==")[1] for argument in arguments if argument.startswith("pip=="))
    folder = Path(os.environ.pop("GET_PIP")).parent
    wheel = next(folder.glob(f"pip-{version}-*.whl"))
    return subprocess.call([sys.executable, str(wheel / "pip"), "install", "--quiet", *arguments])


if __name__ == "__main__":
    sys.exit(main())
