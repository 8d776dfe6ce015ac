"""Packages that extend smarketing: declarations are checked, results say what they rest on, and nothing else moves."""

from __future__ import annotations

import ast
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sim.contract.kernel_rules import kernel_nodes
from sim.domain.declarations import PURPOSES_PER_PACKAGE, Table, purpose, read_agent, read_outcome
from sim.domain.errors import InputError
from sim.domain.extensions import check_extensions, extension_of, extensions
from sim.domain.outcomes import MEASURED_DTYPE, OUTCOMES_DTYPE
from sim.domain.vocabulary import QUESTIONS
from sim.ensemble.comparison import run
from sim.ensemble.provenance import resolved
from sim.spec.catalogue import load_scenario
from tests.blueprints import build

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "smarketing-sdr"
DECLARED = tomllib.loads((EXAMPLE / "src" / "smarketing_sdr" / "smarketing.toml").read_text("utf-8"))


def agent(**changes: Any) -> Any:
    content = {**DECLARED["agents"]["sdr"], **changes}
    return read_agent("sdr", Table({k: v for k, v in content.items() if v is not None}, "extension x.agents.sdr"), "x")


def outcome(**changes: Any) -> Any:
    content = {**DECLARED["outcomes"]["sdr_meetings"], **changes}
    table = Table({k: v for k, v in content.items() if v is not None}, "extension x.outcomes.sdr_meetings")
    return read_outcome("sdr_meetings", table, "x")


def parameters(**changes: Any) -> dict[str, Any]:
    return {**DECLARED["agents"]["sdr"]["parameters"], **changes}


def test_without_an_extension_nothing_is_added_anywhere():
    assert extensions() == ()
    assert MEASURED_DTYPE == OUTCOMES_DTYPE
    assert "extensions" not in run("micro").provenance
    assert "agents" not in resolved(load_scenario("mid"))
    assert len(build().agents) == 0
    assert extension_of("sim.engine.entries") is None


def test_what_the_example_declares_can_be_read():
    assert [each.name for each in agent().parameters][-2:] == ["hours", "pay"]
    assert (outcome().low, outcome().high) == (0.0, math.inf)


WRONG = {
    "moment": ({"moment": "night"}, "moment: is unknown, got 'night'"),
    "no label": ({"label": None}, "label: must be given"),
    "empty meaning": ({"meaning": " "}, "meaning: must not be empty"),
    "most": ({"most": 0}, "most: must be above 0"),
    "behaviour": ({"behaviour": "no_module"}, "behaviour: must be module:name"),
    "unknown field": ({"colour": "red"}, "colour: is unknown"),
    "twice": ({"counts": ["calls", "calls"]}, "each once"),
    "name": ({"counts": ["Calls!"]}, "small letters"),
    "purpose": ({"purposes": {"reached": 5000}}, "must be between 1 and 1023"),
    "purposes alike": ({"purposes": {"one": 1, "two_": 1}}, "must have a number each"),
    "no hours": ({"parameters": {}}, "must give hours"),
    "beyond range": (
        {"parameters": parameters(context={**DECLARED["agents"]["sdr"]["parameters"]["context"], "default": 2})},
        "parameters.context.default: must be between 0 and 1",
    ),
    "not a table": ({"parameters": parameters(context=3)}, "parameters.context: must be a table"),
    "text for a number": ({"most": "many"}, "most: must be a number"),
    "true for a number": ({"most": True}, "most: must be a number"),
}


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_declaration_of_an_agent_names_package_field_and_rule(changes, said):
    with pytest.raises(InputError, match="^extension x") as error:
        agent(**changes)
    assert said in str(error.value)


def test_a_wrong_declaration_of_an_outcome_names_package_field_and_rule():
    with pytest.raises(InputError, match=r"extension x.outcomes.sdr_meetings.high: must be above low \(0\)"):
        outcome(high=0)
    with pytest.raises(InputError, match=r"better: is unknown, got 'more'"):
        outcome(better="more")


def test_purposes_of_packages_are_apart_from_ours_and_fit_an_address():
    ours = max(QUESTIONS)
    for package in ("a", "smarketing-sdr", "zz" * 30):
        assert ours < purpose(package, 1) < purpose(package, PURPOSES_PER_PACKAGE - 1) < 2**31
    with pytest.raises(InputError, match="must be between 1 and 1023, got 0"):
        purpose("a", 0)


def test_a_result_that_rests_on_a_package_which_is_not_here_names_it():
    was = {"package": "smarketing-x", "version": "2.1", "results_version": 1, "adds": ["x_rate"]}
    rests = {"provenance": {"extensions": [was]}, "outcomes": {"x_rate": 0.5}}
    check_extensions(rests | {"outcomes": {"wins": 3.0}}, "run.json")  # it was there, and had no part
    with pytest.raises(InputError, match="rests on the extension smarketing-x, which is not installed") as error:
        check_extensions(rests, "run.json")
    assert "pip install 'smarketing-x==2.1'" in str(error.value)
    assert "x_rate" in str(error.value)


# --- With the example installed: in processes of their own, since extensions are found once --------------------------


def python(site: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python with a folder of packages beside smarketing."""
    paths = os.pathsep.join([str(ROOT), str(site)])
    here = os.environ | {"PYTHONPATH": paths, "COLUMNS": "160", "PYTHONDONTWRITEBYTECODE": "1"} | environment
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=here, capture_output=True, text=True, check=False, timeout=600
    )


def smarketing(site: Path, folder: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """What a command prints; its exit code is as expected, and there is no traceback."""
    done = python(site, folder, "-m", "sim", *arguments, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def installed(source: Path, folder: Path) -> Path:
    """Build the wheel of a package and unpack it into a folder: what an installer does, without an environment."""
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    done = subprocess.run([sys.executable, *build], cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed."""
    source = tmp_path_factory.mktemp("source") / "smarketing-sdr"
    shutil.copytree(EXAMPLE, source)
    return installed(source, tmp_path_factory.mktemp("site"))


PLAIN = """
name = "plain"
scenario = "micro"
replications = 2
seed = 1
points = [{ "run.days" = 100 }]
[design]
kind = "list"
"""
PLAN = """
name = "sdr"
scenario = "micro"
replications = 4
seed = 1
outcomes = ["bookings_new", "sdr_meetings"]
points = [{ "interventions.sdr_team.dose" = 0 }, { "interventions.sdr_team.dose" = 1 }]
[design]
kind = "list"
"""


@pytest.mark.slow
def test_an_extension_works_in_every_command_and_is_missed_where_it_is_gone(site, tmp_path):
    listing = smarketing(site, tmp_path, "scenario", "list")
    assert all(name in listing for name in ("sdr_team", "sdr_meetings", "smarketing-sdr"))
    assert "sdr.call_hours" in smarketing(site, tmp_path, "evidence")
    uses = ("--interventions", "sdr_team")
    chosen = ("--replications", "4", "--format", "json", "--quiet", "--out", "compare.json")
    smarketing(site, tmp_path, "compare", "micro", *uses, *chosen)
    rows = json.loads((tmp_path / "compare.json").read_text("utf-8"))["rows"]
    rows = [row for row in rows if row["outcome"] == "sdr_meetings"]
    assert rows[0]["mean"] == 0 < rows[1]["mean"] and rows[1]["verdict"] != ""
    (tmp_path / "plan.toml").write_text(PLAN)
    plain = "import sim; print(len(sim.experiment('plan2.toml', store='plain').sql('SELECT * FROM runs').columns))"
    (tmp_path / "plan2.toml").write_text(PLAIN)
    columns = [python(site, tmp_path, "-c", plain, SMARKETING_EXTENSIONS=switch).stdout for switch in ("none", "")]
    assert columns[0] == columns[1] != "", "what is installed and not used changes a store"
    tables = []
    for executor in ("threads", "processes", "dask"):
        smarketing(site, tmp_path, "experiment", "run", "plan.toml", "--store", executor, "--executor", executor)
        out = f"{executor}.csv"
        query = f"import sim; sim.load({executor!r}).sql('SELECT * FROM runs ORDER BY ALL').to_csv({out!r})"
        assert python(site, tmp_path, "-c", query).returncode == 0
        tables.append((tmp_path / out).read_text())
    assert tables[0].count("done") == 8 and "sdr_meetings" in tables[0]
    assert tables[0] == tables[1] == tables[2]
    smarketing(site, tmp_path, "report", "threads", "--out", "report.html")
    assert "Meetings booked by SDRs" in (tmp_path / "report.html").read_text("utf-8")
    gone = {"SMARKETING_EXTENSIONS": "none"}
    for command in (("experiment", "status", "--store", "threads"), ("report", "threads", "--out", "again.html")):
        assert "smarketing-sdr" in smarketing(site, tmp_path, *command, code=2, **gone), command
    assert "unknown intervention" in smarketing(site, tmp_path, "compare", "micro", *uses, code=2, **gone)


@pytest.mark.slow
def test_the_example_keeps_the_contract_that_it_inherits(site):
    done = python(site, EXAMPLE, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "tests")
    assert done.returncode == 0, done.stdout[-3000:]


TITLED = re.compile(r'```\w+ title="([^"]+)"\n(.*?)```', flags=re.DOTALL)


@pytest.mark.slow
def test_the_guide_leads_from_an_empty_folder_to_a_passing_contract(tmp_path):
    page = (ROOT / "docs" / "how-to" / "extend.md").read_text("utf-8")
    files = TITLED.findall(page)
    assert len(files) == 7
    for name, text in files:
        path = tmp_path / "coach" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    own = installed(tmp_path / "coach", tmp_path / "site")
    for line in re.search(r"```sh\n(.*?)```", page, flags=re.DOTALL)[1].strip().splitlines():
        assert "coach" in smarketing(own, tmp_path, *line.split()[1:]).lower(), line
    done = python(own, tmp_path / "coach", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "tests")
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_guide_tells_of_every_surface_and_no_other():
    page = (ROOT / "docs" / "how-to" / "extend.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(\w+)\(", page, flags=re.MULTILINE))
    tree = ast.parse((ROOT / "sim" / "behaviours" / "surfaces.py").read_text("utf-8"))
    assert told == {kernel.name for kernel in kernel_nodes(tree)} - {"bounded"}


CALL = "    world.agents[agent].count[CALLS] += 1.0\n"
VALUE = "    return meetings"
#: Faults by the file that they are in, the text that goes and the one that comes; and the tests that must see them.
FAULTS = {
    "what is declared and how it is written": (
        [
            ("smarketing.toml", 'source = "A: notes of a talk"', 'source = "A"'),
            ("smarketing.toml", 'low = 0.05, high = 2, source = "A: half', 'low = 0.05, high = inf, source = "A: half'),
            ("smarketing.toml", '"calls", "talks"', '"talks", "calls"'),
            (
                "outcomes.py",
                '    """Meetings that SDRs have booked in the window, per year; 0 where there are no SDRs."""\n',
                "",
            ),
            ("behaviours.py", CALL, f"{CALL}    world.agents[agent].value[1] = row.value[0] ** 3\n"),
            ("behaviours.py", CALL, f"{CALL}    world.leads[lead].priority = 9.0\n"),
            ("behaviours.py", "REACHED, 0, chance", "18, 0, chance"),
        ],
        [
            "test_everything_says_what_it_is_and_what_it_rests_on",
            "test_units_and_ranges_are_declared_and_fit_together",
            "test_constants_of_places_are_those_of_the_declaration",
            "test_what_it_adds_has_a_docstring",
            "test_kernels_keep_the_rules",
            "test_kernels_write_to_their_own_row_and_through_surfaces_only",
            "test_luck_is_drawn_for_declared_purposes_only",
        ],
    ),
    "an outcome by chance": (
        [("outcomes.py", "    meetings =", "    import random\n\n    return random.random()\n    meetings =")],
        [
            "test_a_dose_of_zero_changes_no_byte",
            "test_same_seed_same_bytes",
            "test_threads_change_nothing",
            "test_processes_change_nothing",
            "test_plain_python_leaves_the_same_bytes",
            "test_a_result_says_what_it_rests_on_and_asks_for_it",
        ],
    ),
    "a world out of order": (
        [
            ("behaviours.py", CALL, f"{CALL}    world.leads[lead].context = 2.0\n"),
            ("behaviours.py", CALL, f"{CALL}    world.agents[agent].value[1] = world.leads.shape[0]\n"),
            ("behaviours.py", CALL, f"{CALL}    world.journal[day].intervention_cost += 5.0\n"),
        ],
        [
            "test_everything_is_accounted_for_on_every_evening",
            "test_the_first_room_for_leads_changes_nothing",
            "test_a_dose_books_its_cost",
        ],
    ),
    "an agent that does nothing": (
        [
            ("behaviours.py", "row.handed_day == wait", "row.handed_day == -wait - 5"),
            ("outcomes.py", VALUE, '    return float("nan")\n    return meetings'),
        ],
        ["test_its_agents_do_something", "test_every_outcome_exists_somewhere"],
    ),
    "a Mesa agent of its own mind, and an outcome that mends the world": (
        [
            ("agents.py", "    @property", "    def step(self) -> None:\n        pass\n\n    @property"),
            ("outcomes.py", "    meetings =", '    world.people["strain"] += 0.5\n    meetings ='),
        ],
        [
            "test_both_drivers_leave_the_same_bytes",
            "test_outcomes_lie_within_their_range_and_leave_the_world_as_it_is",
            "test_without_the_package_our_results_are_the_same",
        ],
    ),
}


def test_every_test_of_the_contract_is_seen_to_fail():
    from sim.contract.suite import contract_tests

    assert sorted(name for _, names in FAULTS.values() for name in names) == contract_tests()


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_the_contract_sees_each_fault(site, tmp_path, fault):
    changes, names = FAULTS[fault]
    broken = tmp_path / "site"
    shutil.copytree(site, broken)
    for file, old, new in changes:
        path = broken / "smarketing_sdr" / file
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    chosen = " or ".join(names)
    done = python(broken, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "-k", chosen, "tests")
    failed = {
        line.partition("::")[2].split("::")[-1].split(" ")[0].split("[")[0]
        for line in done.stdout.splitlines()
        if line.startswith("FAILED")
    }
    assert failed == set(names), done.stdout[-3000:]


BROKEN = {
    "no TOML": ("smarketing.toml", "description", "=", "cannot be read"),
    "a name of ours": (
        "smarketing.toml",
        "[outcomes.sdr_meetings]",
        "[outcomes.wins]",
        "must not be the name of an outcome",
    ),
    "a function that is not there": ("smarketing.toml", "outcomes:sdr_meetings", "outcomes:nothing", "cannot be had"),
    "an outcome out of its range": (
        "outcomes.py",
        VALUE,
        "    return -7.0 - meetings",
        "must be between 0 and inf 1/year, got -7",
    ),
    "no entry": ("behaviours.py", "@entry", "@kernel", "must be an @entry"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_package_is_told_plainly_and_can_be_left_out(site, tmp_path, fault):
    file, old, new, said = BROKEN[fault]
    broken = tmp_path / "site"
    shutil.copytree(site, broken)
    path = broken / "smarketing_sdr" / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    told = smarketing(
        broken, tmp_path, "compare", "micro", "--interventions", "sdr_team", "--replications", "2", code=2
    )
    assert said in told and "smarketing-sdr" in told
    assert "bookings" in smarketing(broken, tmp_path, "run", "micro", SMARKETING_EXTENSIONS="none").lower()
