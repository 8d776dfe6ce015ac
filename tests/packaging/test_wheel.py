"""The wheel, built from the source archive, carries all it needs and works from anywhere."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
IGNORED = {"__pycache__", "results"}
IN_ARCHIVE = {
    ".gitignore",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    "README.md",
    "SECURITY.md",
    "benchmarks",
    "docs",
    "examples",
    "experiments",
    "pyproject.toml",
    "requirements.lock",
    "scenarios",
    "sim",
    "tests",
    "verification",
}


def run(command: list[str | Path], folder: Path) -> str:
    """Run a command in a folder, away from the checkout's environment, and return what it prints."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "SMARKETING_"))}
    environment |= {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files_below(folder: Path) -> set[str]:
    """The project's own files in a folder, as relative paths."""
    paths = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return {p.as_posix() for p in paths if IGNORED.isdisjoint(p.parts)}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive, and from it the wheel, with the pinned build tool: no network is needed."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The one wheel."""
    (path,) = dist.glob("smarketing-*-py3-none-any.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of a new environment that has the wheel, and the dependencies of this one.

    A path file shows it this environment's libraries; their own path files, and so the checkout, are not followed.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    commands = home / "bin"
    library = Path(
        run([commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).strip()
    )
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", commands / "python"]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", wheel], home)
    return commands


def test_source_archive_holds_the_project_and_nothing_else(dist: Path) -> None:
    (path,) = dist.glob("smarketing-*.tar.gz")
    with tarfile.open(path) as archive:
        names = [PurePosixPath(m.name) for m in archive.getmembers() if m.isfile()]
    assert {name.parts[1] for name in names} <= IN_ARCHIVE
    assert [str(name) for name in names if name.suffix in {".pyc", ".parquet"}] == []


def test_what_an_index_shows_is_the_readme_with_nothing_missing(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        about = email.message_from_string(archive.read(name).decode("utf-8"))
    assert about["Description-Content-Type"] == "text/markdown"
    assert about.get_payload().strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    assert about["License-Expression"] == "Apache-2.0"
    assert {"Name", "Version", "Summary", "Requires-Python", "Classifier", "Keywords"} <= set(about.keys())
    assert "\n" not in about["Summary"]


def test_wheel_has_no_stray_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    about = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    assert {name.split("/")[0] for name in names} == {"sim", about}
    stray = re.compile(r"__pycache__|\.(pyc|orig|rej|swp|bak|log|tmp)$|(^|/)\.|\.DS_Store|(^|/)tests?/|\s")
    assert [name for name in names if stray.search(name)] == []
    assert len(names) == len(set(names))


def test_source_archive_and_wheel_hold_the_same_code(dist: Path, wheel: Path) -> None:
    (path,) = dist.glob("smarketing-*.tar.gz")
    with tarfile.open(path) as archive:
        files = {m.name.partition("/")[2]: archive.extractfile(m) for m in archive.getmembers() if m.isfile()}
        there = {name: file.read() for name, file in files.items() if name.startswith("sim/") and file is not None}
    with zipfile.ZipFile(wheel) as opened:
        here = {name: opened.read(name) for name in opened.namelist() if name.startswith("sim/")}
    bundled = {name for name in here if name.startswith("sim/_bundled/")}
    assert {name: here[name] for name in here.keys() - bundled} == there


def test_two_builds_give_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    """hatchling takes the time of the files from SOURCE_DATE_EPOCH, or a fixed one."""
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ROOT], tmp_path)
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} for folder in (dist, tmp_path))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_wheel_holds_the_package_and_the_bundled_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    expected = {f"sim/{name}" for name in files_below(ROOT / "sim")}
    for folder in ("scenarios", "experiments"):
        expected |= {f"sim/_bundled/{folder}/{name}" for name in files_below(ROOT / folder)}
    information = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - information == expected
    assert "sim/py.typed" in expected
    assert any(name.startswith("sim/_bundled/scenarios/") and name.endswith(".toml") for name in expected)
    assert any(name.endswith("/licenses/LICENSE") for name in information)


def test_wheel_asks_for_what_the_project_asks_for(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()
    assert "Requires-Python: >=3.11" in lines
    always = [line for line in lines if line.startswith("Requires-Dist") and "extra ==" not in line]
    asked = {line.split(": ")[1].split("<")[0].split(">")[0] for line in always}
    assert asked >= {"mesa", "numba", "numpy", "pydantic"}
    assert asked.isdisjoint({"pytest", "ruff", "hatchling"})


@pytest.mark.parametrize("arguments", [["--version"], ["scenario", "list"], ["--help"]], ids=" ".join)
def test_installed_wheel_answers_like_the_checkout(installed: Path, tmp_path: Path, arguments: list[str]) -> None:
    here = run([sys.executable, "-m", "sim", *arguments], ROOT)
    there = run([installed / "python", "-m", "sim", *arguments], tmp_path)
    assert here.strip()
    assert there == here
    if arguments != ["--help"]:
        assert run([installed / "smarketing", *arguments], tmp_path) == here


def test_installed_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    where = run([installed / "python", "-c", "import sim; print(sim.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
