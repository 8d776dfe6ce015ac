"""Columns that are filled once the end is known are found; honest ones, however good, are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.importers import read_export
from sim.calibrate.leaks import leaking_columns

LUCK = np.random.default_rng(5)
N = 400
STATUS = pd.Series(np.array(["won", "lost", "open"])[LUCK.choice(3, N, p=[0.3, 0.5, 0.2])])


def leaks_of(**columns: object) -> list[str]:
    return [leak.column for leak in leaking_columns(pd.DataFrame(columns, index=STATUS.index), STATUS)]


def test_a_reason_that_only_lost_deals_have_is_a_leak_with_its_shares() -> None:
    reason = STATUS.map({"won": "", "lost": "price", "open": ""})
    (leak,) = leaking_columns(pd.DataFrame({"Loss Reason": reason}), STATUS)
    assert (leak.column, leak.score) == ("Loss Reason", 1.0)
    assert (leak.filled_won, leak.filled_other, leak.filled_open) == (0.0, 1.0, 0.0)
    assert leak.n == int((STATUS != "open").sum())


def test_tags_whose_words_differ_by_outcome_and_numbers_that_do_are_leaks() -> None:
    tags = STATUS.map({"won": "will revert", "lost": "ringing", "open": "new"})
    wrong = LUCK.random(N) < 0.02
    chance = pd.Series(LUCK.random(N)) + (STATUS == "won") * 2
    assert set(leaks_of(Tags=tags.mask(wrong, "ringing"), Probability=chance.astype(str))) == {"Tags", "Probability"}


def test_a_good_honest_column_and_noise_and_names_are_no_leaks() -> None:
    source = pd.Series(np.where(LUCK.random(N) < 0.2 + 0.5 * (STATUS == "won"), "referral", "web"))
    names = pd.Series([f"deal {i}" for i in range(N)])
    assert leaks_of(Source=source, Name=names, Empty="", Noise=LUCK.random(N).astype(str)) == []


def test_too_few_closed_rows_tell_nothing() -> None:
    few = STATUS.head(30)
    assert leaking_columns(pd.DataFrame({"Reason": few}), few) == ()


def test_an_export_brings_leaks_expected_dates_and_rows_read(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=N, freq="D")
    deals = pd.DataFrame({"Record ID": range(N), "Create Date": days, "Close Date": days + pd.Timedelta(days=9)})
    deals["Deal Stage"] = STATUS.map({"won": "Closed Won", "lost": "Closed Lost", "open": "Proposal"})
    deals["Closed Lost Reason"] = STATUS.map({"won": "", "lost": "budget", "open": ""})
    deals.loc[N] = deals.loc[0]
    deals.to_csv(tmp_path / "deals.csv", index=False)
    export = read_export(tmp_path / "deals.csv")
    assert [leak.column for leak in export.leaks] == ["Closed Lost Reason"]
    assert (export.n_read, len(export.leads)) == (N + 1, N)
    is_open = export.leads["status"] == "open"
    assert export.leads["expected"].notna().equals(is_open)
    assert (export.leads["expected"] - export.leads["created"])[is_open].dt.days.unique() == pytest.approx([9])
