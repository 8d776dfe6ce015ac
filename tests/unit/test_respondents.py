"""How simulated people answer: whole numbers around what their organization would say, where they answer at all."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibrate.answers import ITEMS
from sim.calibrate.respondents import Noise, answers_of, disagreement_of, in_parts, means_of, panel_of
from tests.surveys import people

NONE = Noise((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
READOUT = np.stack([np.linspace(1, 5, 20), np.linspace(5, 1, 20), np.full(20, 2.2)])[None]


def answers(noise: Noise, n: int = 1, seed: int = 1) -> np.ndarray:
    return answers_of(np.repeat(READOUT, n, axis=0), panel_of(people(4, 3, 1)), noise, np.random.default_rng(seed))


def test_without_noise_people_say_what_their_side_or_their_heads_would_say() -> None:
    said = answers(NONE)[0]
    assert (said[[0, 4]] == 2.0).all()
    assert (said[1:4] == np.rint(READOUT[0, 0])).all() and (said[5:] == np.rint(READOUT[0, 1])).all()


def test_answers_are_whole_numbers_of_one_to_five_and_only_where_somebody_answers() -> None:
    who = people(4, 3)
    who.loc[1, [3, 4]] = np.nan
    panel = panel_of(who)
    said = answers_of(np.repeat(READOUT, 50, axis=0), panel, Noise(), np.random.default_rng(1))
    assert (np.isnan(said) == ~panel.is_given).all()
    assert set(np.unique(said[~np.isnan(said)])) == {1.0, 2.0, 3.0, 4.0, 5.0}


@pytest.mark.parametrize(("noise", "size"), [("person", 0.5), ("answer", 0.7), ("reading", 0.6)])
def test_each_kind_of_noise_is_as_large_as_it_says_and_shared_by_whom_it_should(noise: str, size: float) -> None:
    flat = np.full((3000, 3, 20), 3.0)
    sizes = dict.fromkeys(("person", "answer", "reading"), (0.0, 0.0)) | {noise: (size, size)}
    said = answers_of(flat, panel_of(people(3, 3)), Noise(**sizes), np.random.default_rng(2)) - 3.0
    assert said.std() == pytest.approx(np.hypot(size, np.sqrt(1 / 12)), abs=0.05)
    alike = {"person": said[:, 0, 0] == said[:, 0, 1], "reading": said[:, 0, 0] == said[:, 1, 0]}
    for name, same in alike.items():
        assert same.all() if name == noise else not same.all()


def test_means_leave_out_what_nobody_answers_and_disagreement_what_nobody_can_disagree_on() -> None:
    who = people(2, 1)
    who.loc[:, 5] = np.nan
    panel = panel_of(who)
    given = who[list(ITEMS)].to_numpy()[None]
    assert means_of(given, panel).shape == (1, 38) and (means_of(given, panel) == 3.0).all()
    assert disagreement_of(given, panel).shape == (1, 2)
    assert np.allclose(disagreement_of(given, panel), np.log(0.1))


def test_surveys_of_many_people_are_taken_in_parts_that_miss_none() -> None:
    for people_in, n in ((3, 100), (2000, 130), (0, 7)):
        rows = [row for part in in_parts(n, people_in) for row in range(part.start, part.stop)]
        assert rows == list(range(n))
