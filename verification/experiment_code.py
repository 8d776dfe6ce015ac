"""The programs of `experiments/` that are measured with here too, so that there is one code for both."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

EXPERIMENTS = Path(__file__).resolve().parents[1] / "experiments"


@cache
def program(name: str) -> Any:
    """A program of the folder as a module; what it runs as a script stays asleep."""
    spec = importlib.util.spec_from_file_location(f"experiments_{name}", EXPERIMENTS / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"experiments/{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
