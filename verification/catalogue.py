"""All checks, in the order of the report."""

from __future__ import annotations

import importlib

MODULES = """
luck doors battery queues flows market people accounts books limits intervals recovery rivals
""".split()


def load() -> None:
    """Import every module of checks, so that `CHECKS` holds them all."""
    for name in MODULES:
        importlib.import_module(f"verification.{name}")
