"""The page of licences names every locked package, and copyleft stays where it harms nobody."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "docs" / "licences.py"))
ROW = re.compile(r"^\| (?P<name>[\w.-]+) \| (?P<version>[\w., ]+) \| (?P<licence>[^|]+) \|$", re.MULTILINE)


def told() -> dict[str, tuple[str, str]]:
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    return {
        row["name"]: (row["version"], row["licence"].strip()) for row in ROW.finditer(text) if row["name"] != "package"
    }


def test_every_locked_package_stands_on_the_page_with_its_version() -> None:
    locked = MADE["locked"]((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert {name: version for name, (version, _) in told().items()} == locked, "run make licences"


def bare(licence: str) -> str:
    """A licence without what differs between two versions of a package that declare the same one."""
    return re.sub(r"licen[cs]e|[^a-z0-9]", "", licence.lower())


def test_the_page_says_what_packages_declare() -> None:
    """Of those that are installed here in the version of the lock."""
    from importlib import metadata

    for name, (version, licence) in told().items():
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if here in version.split(", "):
            assert bare(MADE["licence_of"](name)) == bare(licence), f"{name}: run make licences"


def test_nothing_under_the_gpl_is_needed_by_a_user() -> None:
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    for head, body in re.findall(r"## (Product|App|Cluster): .*?\n(.*?)(?=\n## |\Z)", text, flags=re.DOTALL):
        assert not re.search(r"\bA?L?GPL", body), head


def test_the_closure_of_a_requirement_holds_what_it_leads_to() -> None:
    found = MADE["needed"](["pandas>=2"])
    assert {"pandas", "numpy", "python-dateutil"} <= found
    assert "pytest" not in found and "numba" not in found
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "codespell" not in MADE["needed"](project["dependencies"])


def test_a_package_that_declares_nothing_stops_the_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no-such-package is not installed"):
        MADE["licence_of"]("no-such-package")
