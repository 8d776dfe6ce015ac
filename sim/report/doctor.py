"""What is installed, cached and missing on this computer."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import metadata
from typing import Any

from sim.behaviours.kernel import cache_folder
from sim.ensemble.executors import n_cpus
from sim.ensemble.provenance import commit, version
from sim.report.extras import app_lacks
from sim.report.terminal import listed
from sim.spec.catalogue import scenario_names, shipped

#: State of a run that gives other bytes here.
DIFFERS = "differs"
NEEDED = "filelock jinja2 matplotlib mesa numba numpy pandas platformdirs pyarrow pydantic rich scipy typer".split()


def examine() -> list[tuple[str, str, str]]:
    """Findings as rows of (what, state, detail); state is ok, missing or note."""
    rows = [
        ("smarketing", "ok", f"{version()}" + (f", commit {commit()[:12]}" if commit() else "")),  # type: ignore[index]
        ("Python", "ok" if sys.version_info >= (3, 11) else "missing", platform.python_version()),
        ("processors", "ok", str(n_cpus())),
        ("shipped scenarios", "ok" if scenario_names() else "missing", ", ".join(scenario_names()) or str(shipped())),
    ]
    return rows + [_package(name) for name in NEEDED] + [_app(), _cache()]


def _package(name: str) -> tuple[str, str, str]:
    try:
        return name, "ok", metadata.version(name)
    except metadata.PackageNotFoundError:
        return name, "missing", f"pip install {name}"


def _app() -> tuple[str, str, str]:
    lacks = app_lacks()
    if lacks:
        return "app", "note", f"needs {lacks}: pip install 'smarketing[app]'"
    return "app", "ok", f"solara {metadata.version('solara-ui')}"


def _cache() -> tuple[str, str, str]:
    folder = cache_folder()
    files = list(folder.rglob("*.nbi")) if folder.is_dir() else []
    if not files:
        return "compiled code", "note", "not yet; the first run compiles it (about 15 seconds)"
    writable = "" if os.access(folder, os.W_OK) else ", not writable"
    return "compiled code", "ok", f"{len(files)} entry points in {folder}{writable}"


def examine_bytes() -> list[tuple[str, str, str]]:
    """Runs of shipped scenarios, made here and held against the digests that come with the software."""
    from sim.ensemble.known_bytes import compare_bytes, platform_name

    rows = [("platform", "ok", platform_name())]
    for one in compare_bytes():
        told = f"SHA-256 {one.digest[:16]}"
        rows.append(
            (one.run, "ok" if one.is_equal else DIFFERS, told if one.is_equal else f"{told}, not {one.known[:16]}")
        )
    return rows


def examined_text(rows: list[tuple[str, str, str]], format: str) -> str:
    """Findings in a format: table, json or csv."""
    if format == "json":
        document: dict[str, Any] = {name: {"state": state, "detail": detail} for name, state, detail in rows}
        return json.dumps(document, indent=1, ensure_ascii=False)
    return listed(("what", "state", "detail"), rows, format)
