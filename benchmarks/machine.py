"""What it was measured on: kind of processor, cores, versions, date. Nothing that tells one computer from its twins."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.ensemble.executors import n_cpus

LIBRARIES = ("smarketing", "numba", "numpy", "mesa")


def processor() -> str:
    """Kind of processor, as the system calls it."""
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text(encoding="utf-8").splitlines() if listing.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def described() -> dict[str, Any]:
    """Kind of machine and versions."""
    return {
        "processor": processor(),
        "cores": n_cpus(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def today() -> str:
    """The date, as in 2026-01-31."""
    return datetime.now(UTC).date().isoformat()
