"""`smarketing app` with the pages of `tests.app.placeholder` in place of ours."""

from __future__ import annotations

import sys

from sim.app import settings
from sim.cli import main

if __name__ == "__main__":
    settings.FIXED["SOLARA_APP"] = "tests.app.placeholder"
    sys.argv = ["smarketing", "app", *sys.argv[1:]]
    main()
