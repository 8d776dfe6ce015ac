"""The doors of the package for people who write Python."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.comparison import Comparison
from sim.spec.edit import with_values

COLUMNS = [
    "scenario",
    "label",
    "relationship",
    "interventions",
    "timeline",
    "outcome",
    "unit",
    "better",
    "mean",
    "baseline_mean",
    "difference",
    "ci_low",
    "ci_high",
    "ci_level",
    "ci_method",
    "adjusted_p",
    "relative_difference",
    "share_better",
    "replications",
    "uncertainty",
    "verdict",
]
NAMES = [outcome.name for outcome in OUTCOMES]


def short(name: str = "micro", days: int = 20) -> sim.Scenario:
    return with_values(sim.load_scenario(name), [("run.days", days), ("run.warmup_days", 0)])


def compared(replications: int = 3) -> Comparison:
    return sim.compare(short(), relationships=["undefined", "defined"], replications=replications)


@pytest.mark.parametrize("name", sim.__all__)
def test_every_public_name_can_be_loaded_and_says_what_it_is(name: str) -> None:
    assert getattr(sim, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compara'"):
        sim.compara  # noqa: B018


def test_a_run_is_a_dict_of_outcomes() -> None:
    single = sim.run(short(), seed=1)
    assert list(single.outcomes) == NAMES
    assert all(value is None or math.isfinite(value) for value in single.outcomes.values())
    assert list(single.document()) == ["schema", "provenance", "outcomes"]
    assert list(single.table().columns) == ["outcome", "label", "value", "unit"]


def test_what_does_not_exist_is_none() -> None:
    single = sim.run(short(days=1))
    assert single.outcomes["wins"] == 0
    assert single.outcomes["cycle_days"] is None


def test_a_scenario_may_be_a_name_a_file_or_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('relationship = "defined"\n[run]\ndays = 10\nwarmup_days = 0\n[people]\nreps = 4\nmarketers = 2\n')
    one = sim.run(file).outcomes
    assert sim.run(str(file)).outcomes == one
    assert sim.run(sim.load_scenario(file)).outcomes == one


def test_the_tables_of_a_run_are_readable() -> None:
    single = sim.run(short(days=60), trace=True)
    assert single.leads["state"].map(type).eq(str).all()
    assert list(single.journal["day"]) == list(range(60))
    assert len(single.decisions) > 0
    assert single.decisions["purpose"].ne("").all()
    assert {"day", "kind"} <= set(single.incidents.columns)


def test_recording_decisions_changes_nothing() -> None:
    assert sim.run(short(), trace=True).outcomes == sim.run(short()).outcomes


def test_a_comparison_has_the_columns_of_its_json() -> None:
    table = compared().table()
    assert list(table.columns) == COLUMNS
    assert list(table["outcome"]) == 2 * NAMES
    assert table["mean"].dtype == float


def test_numbers_are_numbers_even_where_none_exists() -> None:
    table = compared(replications=1).table()
    assert table["ci_low"].dtype == float
    assert table["ci_low"].isna().all()
    assert set(table["verdict"]) <= {"equal", "not distinguishable"}


def test_the_baseline_equals_itself() -> None:
    table = compared().table()
    own = table[(table["scenario"] == "undefined") & table["mean"].notna()]
    assert set(own["verdict"]) == {"equal"}
    assert set(own["difference"]) == {0.0}
    assert own["adjusted_p"].isna().all()


def test_a_comparison_shows_itself_in_a_notebook() -> None:
    comparison = compared(replications=1)
    html = comparison._repr_html_()
    assert html.startswith("<table")
    assert "baseline" in html
    assert "None" not in html
    assert "NaN" not in html
    shown = pd.read_html(html)[0] if _has_parser() else None
    assert shown is None or len(shown) == 6


def _has_parser() -> bool:
    import importlib.util

    return importlib.util.find_spec("lxml") is not None


def test_all_types_are_compared_where_nothing_is_named() -> None:
    comparison = sim.compare(short(days=2), replications=1)
    assert comparison.baseline == "undefined"
    assert list(dict.fromkeys(row["scenario"] for row in comparison.rows)) == [
        "undefined",
        "defined",
        "aligned",
        "integrated",
    ]


def test_interventions_alone_are_compared_with_the_own_type() -> None:
    comparison = sim.compare(short(), interventions=["liaison=1@5", "collocation+liaison"], replications=1)
    assert comparison.baseline == "undefined"
    row = comparison.document()["rows"][len(NAMES)]
    assert row["scenario"] == "liaison=1@5"
    assert row["interventions"] == [{"name": "liaison", "dose": 1.0, "start_day": 5, "end_day": None}]


def test_names_may_come_in_one_string() -> None:
    one = sim.compare(short(days=2), relationships="undefined, defined", replications=1).document()
    other = sim.compare(short(days=2), relationships=["undefined", "defined"], replications=1).document()
    assert one["rows"] == other["rows"]


def test_bad_input_is_a_value_error_of_one_kind() -> None:
    with pytest.raises(InputError, match="unknown relationship, got 'definid'\nDid you mean 'defined'?"):
        sim.run("micro", relationship="definid")
    assert issubclass(InputError, ValueError)


def test_a_relative_difference_has_the_sign_of_the_difference() -> None:
    rows = sim.compare(short(days=60), replications=3).rows
    checked = [row for row in rows if row["relative_difference"]]
    assert checked
    assert all((row["relative_difference"] > 0) == (row["difference"] > 0) for row in checked)
