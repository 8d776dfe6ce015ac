"""What a report was made with."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.domain.outcomes import RESULTS_VERSION

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("numpy", "scipy", "numba", "pandas", "statsmodels", "SALib", "mesa", "simpy", "ciw")


def versions() -> dict[str, str]:
    """Versions of Python, libraries, rival programs, dieharder and the results."""
    found = {"results": str(RESULTS_VERSION), "Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found | {"dieharder": _dieharder(), "machine": f"{platform.system()} {platform.machine()}"}


def _dieharder() -> str:
    program = shutil.which("dieharder")
    if program is None:
        return "not installed"
    told = subprocess.run([program, "-l"], capture_output=True, text=True, check=False).stdout
    return next((word for word in told.split() if word[0].isdigit() and word.count(".") == 2), "unknown")


def digest_of_sources() -> str:
    """Fingerprint of all that the checks run; a run that was interrupted goes on only with the same."""
    found = hashlib.sha256()
    for folder in ("sim", "verification", "scenarios", "experiments"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".toml"):
                found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]
