"""From a form to a plan, and studies that the pages and the command line share."""

from __future__ import annotations

import io
import zipfile

import pytest

import sim
from sim.app import studies, words
from sim.app.pages.experiment import linked, share_of_plan
from sim.app.studies import (
    Form,
    form_of_query,
    form_query,
    name_of,
    plan_of,
    read_form,
    report_of,
    study_at,
    study_names,
    zipped,
)
from sim.domain.errors import InputError
from sim.spec.plan import read_plan
from sim.spec.plan_write import plan_toml


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SMARKETING_WORK", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(**content):
    return plan_of(read_form({"scenario": "micro", "replications": 10, **content}))


@pytest.mark.parametrize(
    ("content", "points"),
    [
        ({"kind": "grid", "types": ["undefined", "aligned"]}, 2),
        ({"kind": "grid", "types": ["undefined", "aligned"], "interventions": ["liaison", "collocation"]}, 6),
        ({"kind": "doses", "interventions": ["liaison"]}, 6),
        ({"kind": "pairs", "interventions": ["liaison", "collocation", "joint_events"]}, 7),
        ({"kind": "contingency"}, 60),
    ],
)
def test_a_form_is_a_plan_that_reads_back(content, points) -> None:
    plan = asked(**content)
    assert plan.n_points == points
    import tomllib

    again = read_plan(tomllib.loads(plan_toml(plan)))
    assert name_of(again) == name_of(plan)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"kind": "magic"}, "question"),
        ({"scenario": "../mid"}, "scenario"),
        ({"replications": 1}, "replications"),
        ({"replications": "many"}, "replications"),
        ({"kind": "contingency", "replications": 1000}, "replications"),
        ({"seed": -1}, "seed"),
        ({"types": []}, "types"),
        ({"types": ["married", "aligned"]}, "types"),
        ({"types": ["aligned"]}, "types"),
        ({"types": "aligned"}, "types"),
        ({"kind": "doses", "interventions": ["liaison", "collocation"]}, "interventions"),
        ({"kind": "doses", "interventions": ["prayer"]}, "interventions"),
        ({"kind": "pairs", "interventions": ["liaison"]}, "interventions"),
    ],
)
def test_a_form_that_cannot_be_is_refused_in_words(content, field) -> None:
    with pytest.raises(InputError) as refused:
        asked(**content)
    assert field in str(refused.value)


def test_a_study_of_the_command_line_is_found_and_read(tmp_path) -> None:
    plan = asked(types=["undefined", "integrated"])
    sim.experiment(plan, quiet=True)
    sim.experiment(plan, store=studies.study_folder() / name_of(plan), quiet=True)
    assert study_names() == sorted(["grid", name_of(plan)])
    one, other = sim.load(study_at("grid")), sim.load(study_at(name_of(plan)))
    assert zipped(one, "csv") != b"" and one.table("runs").equals(other.table("runs"))
    assert "runs.csv" in zipfile.ZipFile(io.BytesIO(zipped(one, "csv"))).namelist()
    assert "Integrated" in report_of(one)


@pytest.mark.parametrize("name", ["../grid", "/etc", "", "nothing", "grid/../grid", "x" * 200])
def test_no_study_is_opened_from_elsewhere(name) -> None:
    with pytest.raises(InputError, match="no such study"):
        study_at(name)


def test_types_alone_make_a_report(tmp_path) -> None:
    content = {"name": "x", "scenario": "micro", "replications": 5, "design": {"kind": "grid"}}
    factors = {"relationship": ["undefined", "integrated"], "interventions": [""]}
    study = sim.experiment(read_plan(content | {"factors": factors}), quiet=True)
    assert "Relationship types" in report_of(study)


def test_equal_questions_share_a_study() -> None:
    assert name_of(plan_of(Form(replications=50))) == name_of(plan_of(Form(replications=50)))
    assert name_of(plan_of(Form(seed=2))) != name_of(plan_of(Form(seed=3)))


def test_a_form_is_a_link_that_fills_it_in_again() -> None:
    form = Form("pairs", "small", ("aligned",), ("liaison", "joint_events"), 20, 7)
    assert form_of_query(form_query(form)) == form
    start, found = linked(form_query(form))
    assert start["interventions"] == ("liaison", "joint_events") and found.plan == plan_of(form)
    assert linked("study=grid-12345678")[0] == linked("")[0]


@pytest.mark.parametrize(
    "query", ["replications=1e9", "seed=-1", "scenario=../etc", "kind=magic", "type=" + "x&type=" * 60]
)
def test_a_tampered_link_to_a_form_is_refused_in_words(query: str) -> None:
    found = linked(query)[1]
    assert (found.plan is None and "must be" in found.error) or "unknown" in found.error


def test_what_is_copied_of_a_plan_makes_the_same_study(tmp_path) -> None:
    """The command, the Python line and the plan that it names: one digest."""
    plan = asked(types=["undefined", "integrated"], replications=4)
    copied = share_of_plan(plan)
    command, python = copied["texts"]["command"], copied["texts"]["python"]
    (tmp_path / "grid.toml").write_text(copied["files"]["toml"], encoding="utf-8")
    assert command == "smarketing experiment run grid.toml" and "grid.toml" in copied["words"]["caption"]
    made = sim.experiment("grid.toml")
    assert name_of(made.plan) == name_of(plan)
    assert "sim.experiment('grid.toml')" in python
    assert share_of_plan(plan_of(Form("contingency")))["words"]["caption"] == words.EXPERIMENT["share"]
