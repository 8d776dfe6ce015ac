"""A posterior as a file: what is read, what it makes of a scenario, and what is wrong with it named to the row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of
from sim.spec import posterior as module
from sim.spec.catalogue import load_scenario, read_scenario
from sim.spec.edit import with_value
from sim.spec.factors import variant
from sim.spec.posterior import Posterior, drawn, posterior_of, read_posterior
from sim.spec.resolve import practice_levels

MID = load_scenario("mid")
DRAWS = pd.DataFrame(
    {
        "market.gap_days": [10.0, 12.5, 11.0],
        "people.reps": [38, 40, 44],
        "practices.meetings": [0.5, 1.0, 2.0],
        "relationship": ["defined", "aligned", "undefined"],
    }
)


def written(folder: Path, frame: Any = DRAWS, name: str = "firm.posterior.parquet") -> Path:
    path = folder / name
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("name", ["firm.posterior.parquet", "firm.csv"])
def test_a_draw_is_the_scenario_with_its_values(tmp_path: Path, name: str) -> None:
    found = read_posterior(written(tmp_path, name=name), MID)
    assert (found.n_draws, found.file) == (3, name)
    settings = found.settings(2)
    assert settings == {
        "market.gap_days": 12.5,
        "people.reps": 40,
        "practices.meetings": 1.0,
        "relationship": "aligned",
    }
    assert drawn(MID, {}, settings) == variant(MID, settings)


def test_the_same_draws_have_the_same_digest_whatever_file_they_come_from(tmp_path: Path) -> None:
    one = read_posterior(written(tmp_path), MID)
    as_text = read_posterior(written(tmp_path, DRAWS[DRAWS.columns[::-1]], "other.csv"), MID)
    assert one.digest == as_text.digest
    assert one.digest != read_posterior(written(tmp_path, DRAWS.iloc[::-1], "turned.csv"), MID).digest
    changed = DRAWS.assign(**{"market.gap_days": [10.0, 12.5, 11.1]})
    assert one.digest != read_posterior(written(tmp_path, changed, "changed.csv"), MID).digest


def test_every_draw_has_two_replications_before_the_next_and_all_points_the_same() -> None:
    five = Posterior("", ("market.gap_days",), tuple((float(x),) for x in range(5)))
    assert [five.draw_of(replication) for replication in range(12)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 1, 1]


def test_what_a_point_sets_stands_over_what_was_drawn() -> None:
    draw = {"market.gap_days": 12.5, "practices.meetings": 2.0, "relationship": "aligned"}
    assert drawn(MID, {"market.gap_days": 9.0}, draw).market.gap_days == 9.0  # type: ignore[attr-defined]
    assert drawn(MID, {"market.gap_days": None}, draw).market.gap_days == 12.5  # type: ignore[attr-defined]
    typed = drawn(MID, {"relationship": "integrated"}, draw)
    assert (typed.relationship, typed.practices) == ("integrated", {})
    assert drawn(MID, {"interventions": "liaison"}, draw).practices == {"meetings": 2.0}


def test_levels_of_an_own_type_are_drawn_with_the_type_and_leave_other_types_alone(tmp_path: Path) -> None:
    own = {"label": "Ours", "description": "", "evidence": "A", "practices": practice_levels(MID)}
    base = read_scenario({"relationship": "ours", "catalogue": {"relationships": {"ours": own}}})
    path = "catalogue.relationships.ours.practices.meetings"
    found = read_posterior(written(tmp_path, pd.DataFrame({path: [0.5, 2.0]})), base)
    with pytest.raises(InputError, match=f"{path}, row 2: .*must be between 0 and 65"):
        read_posterior(written(tmp_path, pd.DataFrame({path: [0.5, 99.0]})), base)
    of_type = drawn(base, {"relationship": "ours"}, found.settings(2))
    assert of_type.catalogue.relationships["ours"].practices["meetings"] == 2.0
    assert digest_of(drawn(base, {"relationship": "aligned"}, found.settings(2)), 1) == digest_of(
        variant(base, {"relationship": "aligned"}), 1
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"market.gap_days": [10.0, 90.0, 11.0]}, r"market.gap_days, row 2: must be between 0.05 and 60, got 90"),
        ({"market.gap_days": [10.0, 11.0, -0.1]}, r"market.gap_days, row 3: must be between .* and 60, got -0.1"),
        ({"market.gap_days": [10.0, float("nan"), 1.0]}, r"market.gap_days, row 2: must be a finite number"),
        ({"market.gap_days": [float("inf"), 2.0, 1.0]}, r"market.gap_days, row 1: must be a finite number"),
        ({"market.gap_days": ["ten", "11", "12"]}, r"market.gap_days, row 1: must be a finite number, got 'ten'"),
        ({"market.gap_days": [True, False, True]}, r"market.gap_days, row 1: must be a finite number"),
        ({"people.reps": [38, 40.5, 41]}, r"people.reps, row 2: must be a whole number, got 40.5"),
        ({"practices.meetings": [0.1, 0.2, 99.0]}, r"practices.meetings, row 3: .*must be between"),
        (
            {"relationship": ["defined", "algned", "defined"]},
            "relationship, row 2: unknown relationship, got 'algned'",
        ),
        ({"relationship": ["defined", None, "defined"]}, r"relationship, row 2: must be a relationship type"),
        ({"market.gap_dys": [1.0, 2.0, 3.0]}, r"market.gap_dys: .*\nDid you mean 'market.gap_days'"),
        ({"run.days": [260, 520, 780]}, r"run.days: is decided, not estimated"),
        ({"interventions": ["liaison"] * 3}, r"interventions: is decided, not estimated"),
        ({"interventions.liaison.dose": [1, 2, 3]}, r"interventions.liaison.dose: is decided, not estimated"),
        ({"presets.market": ["complex"] * 3}, r"presets.market: is decided, not estimated"),
        ({"index": [1, 2, 3]}, r"index: "),
    ],
)
@pytest.mark.parametrize("name", ["firm.parquet", "firm.csv"])
def test_a_value_that_cannot_be_is_named_with_file_column_and_row(
    tmp_path: Path, changes: dict[str, Any], message: str, name: str
) -> None:
    with pytest.raises(InputError, match=f"^{name}: {message}"):
        read_posterior(written(tmp_path, DRAWS.assign(**changes), name), MID)


def test_values_that_only_together_cannot_be_are_left_to_the_runs(tmp_path: Path) -> None:
    frame = pd.DataFrame({"people.reps": [4, 40], "people.generalists": [9, 9]})
    found = read_posterior(written(tmp_path, frame), with_value(MID, "people.marketers", 14))
    assert drawn(MID, {}, found.settings(2)).people.generalists == 9  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="generalists must not exceed"):
        drawn(MID, {}, found.settings(1))


def test_a_file_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="posterior: cannot be read .*, got '.*gone.parquet'"):
        read_posterior(tmp_path / "gone.parquet", MID)
    with pytest.raises(InputError, match=r"posterior: must end in .parquet or .csv, got '.*firm.xlsx'"):
        read_posterior(tmp_path / "firm.xlsx", MID)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(InputError, match="posterior: must be a whole Parquet file"):
        read_posterior(tmp_path / "broken.parquet", MID)
    (tmp_path / "latin.csv").write_bytes("market.gap_days\n1,5\xe4\n".encode("latin-1"))
    with pytest.raises(InputError, match="posterior: must be a table with a head and commas"):
        read_posterior(tmp_path / "latin.csv", MID)
    with pytest.raises(InputError, match="firm.csv: draws: must be between 1 and 100,000, got '0'"):
        read_posterior(written(tmp_path, DRAWS.head(0), "firm.csv"), MID)
    monkeypatch.setattr(module, "MOST_DRAWS", 2)
    for name in ("firm.csv", "firm.parquet"):
        with pytest.raises(InputError, match="draws: must be between 1 and 2, got '3'"):
            read_posterior(written(tmp_path, name=name), MID)
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="posterior: must not be larger than 10 bytes"):
        read_posterior(written(tmp_path), MID)


def test_a_scenario_names_its_posterior_relative_to_its_own_file(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "firm.toml").write_text('posterior = "firm.posterior.parquet"\n', encoding="utf-8")
    scenario = load_scenario(tmp_path / "firm.toml")
    found = posterior_of(scenario)
    assert found is not None
    assert found.n_draws == 3
    assert posterior_of(scenario, "none") is None
    assert posterior_of(MID) is None
    assert posterior_of(MID, tmp_path / "firm.posterior.parquet").digest == found.digest  # type: ignore[union-attr]
    assert digest_of(scenario, 1) == digest_of(read_scenario({}), 1)  # a file's name shapes nothing
