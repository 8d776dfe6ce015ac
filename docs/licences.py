"""Write docs/licences.md: every package of requirements.lock, its version, its licence, and what it is needed for.

Run ``make licences`` or ``python docs/licences.py`` in the environment of the lock after each change of the lock; a
test compares the page with the lock. Licences are those that packages declare of themselves. Nothing of the product
imports this file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, PAGE = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^\s;]+)", re.MULTILINE)
#: What their projects say of packages that are installed on other systems or Pythons only.
ELSEWHERE = {
    "appnope": "BSD-2-Clause",
    "beniget": "BSD-3-Clause",
    "cffi": "MIT",
    "colorama": "BSD-3-Clause",
    "gast": "BSD-3-Clause",
    "networkx": "BSD-3-Clause",
    "ply": "BSD-3-Clause",
    "pycparser": "BSD-3-Clause",
    "pythran": "BSD-3-Clause",
    "setuptools": "MIT",
}
#: Packages whose metadata say nothing, or more than a name; read in the licence files that they carry.
READ = {
    "axe-playwright-python": "MIT; carries axe-core, MPL-2.0",
    "cycler": "BSD-3-Clause",
    "jupyterlab-widgets": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "Matplotlib licence (of the kind of PSF-2.0)",
    "scipy": "BSD-3-Clause",
}
COPYLEFT = re.compile(r"\b(A|L)?GPL|\bMPL|Mozilla|\bEUPL|\bCC-BY-SA")
USES = ("product", "app", "cluster", "tests and tools")
HEAD = """# Licences of all dependencies

smarketing itself is under Apache-2.0. This page lists every package that `requirements.lock` pins, for all systems and
Pythons together, with the licence that the package declares and what it is needed for: *product* (installed by
`pip install smarketing`), the extras *app* and *cluster*, or *tests and tools* (in no installation of a user). It is
written by `make licences`; a test holds it against the lock. `make sbom` writes a bill of materials in CycloneDX.

One file here is of others: `docs/spelling/en_GB.zip`, the British dictionary of LibreOffice (LGPL; its text and the
history are in the archive, nothing is changed). A test of the spelling reads it; it is in no wheel.

"""


@dataclass(frozen=True)
class Row:
    """A locked package."""

    name: str
    version: str
    licence: str
    use: str


def locked(text: str) -> dict[str, str]:
    """Versions by name; of a package that is locked for several Pythons, all of them."""
    found: dict[str, list[str]] = {}
    for match in LOCKED.finditer(text):
        found.setdefault(canonicalize_name(match["name"]), []).append(match["version"])
    return {name: ", ".join(versions) for name, versions in found.items()}


def licence_of(name: str) -> str:
    """The licence that a package declares, in as few words as possible.

    Raises
    ------
    SystemExit
        If it is not installed and not known from elsewhere, or says nothing.
    """
    if name in READ:
        return READ[name]
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        raise SystemExit(f"{name} is not installed: run this in the environment of requirements.lock.") from None
    if expression := about.get("License-Expression"):
        return expression
    told = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    line = ((about.get("License") or "").strip().splitlines() or [""])[0].strip()
    if line and line != "UNKNOWN" and len(line) < 60:
        return line
    if told:
        return "; ".join(told)
    raise SystemExit(f"{name} declares no licence: read the file that it carries, and add it to READ.")


def needed(requirements: Iterable[str], extras: Iterable[str] = ()) -> set[str]:
    """Names of all packages that requirements lead to, on whatever system."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        key = f"{name}[{','.join(sorted(asked.extras))}]"
        if key not in found:
            found |= {key, name}
            waiting += _wanted(name, {*asked.extras, *extras})
    return {name for name in found if "[" not in name}


def _wanted(name: str, extras: set[str]) -> Iterator[Requirement]:
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for one in map(Requirement, asked):
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", str(one.marker or ""))
        if extra is None or extra[1] in extras:
            yield one


def rows() -> list[Row]:
    """Every locked package, by its first use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    closures = [needed(project["dependencies"]), *(needed(optional[use]) for use in USES[1:3])]
    versions = locked(LOCK.read_text(encoding="utf-8"))
    return [
        Row(
            name,
            versions[name],
            licence_of(name),
            next((u for u, c in zip(USES, closures, strict=False) if name in c), USES[3]),
        )
        for name in sorted(versions)
    ]


def page(found: list[Row]) -> str:
    """The text of the page."""
    copyleft = [row for row in found if COPYLEFT.search(row.licence)]
    lines = ["## Copyleft", ""]
    lines += [f"- **{row.name}** ({row.licence}): {row.use}." for row in copyleft]
    lines += [
        "",
        "MPL-2.0 asks for the source of changed files of that package alone; nothing here changes or copies any. What",
        "is in *tests and tools* is in no wheel and in no installation. Wheels of NumPy and SciPy for Linux carry",
        "OpenBLAS (BSD-3-Clause), libgfortran (GPL-3.0 with the GCC runtime library exception) and libquadmath",
        "(LGPL-2.1-or-later) as libraries of their own.",
    ]
    for use in USES:
        own = [row for row in found if row.use == use]
        lines += [
            "",
            f"## {use.capitalize()}: {len(own)} packages",
            "",
            "| package | version | licence |",
            "|---|---|---|",
        ]
        lines += [f"| {row.name} | {row.version} | {row.licence} |" for row in own]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(rows()), encoding="utf-8")
    print(PAGE)
