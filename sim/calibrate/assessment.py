"""From what people answered to what their firm may practise: a sample of practices, not one label.

The organizations of a bank are let answer the form as the firm's people did, as often and with the same gaps. What goes
with answers like the firm's is the answer (approximate Bayesian computation with regression adjustment).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.answers import ITEMS, Answers, known, read_answers
from sim.calibrate.known import SHOWN_BY_RUNS
from sim.calibrate.organizations import Bank, bank_of
from sim.calibrate.practice_prior import held, practice_draws, spans, type_shares
from sim.calibrate.privacy import at_least_five
from sim.calibrate.respondents import Noise, answers_of, disagreement_of, in_parts, means_of, panel_of
from sim.calibrate.scores import scores
from sim.calibrate.similar import Cases, adjusted, strangeness
from sim.spec.catalogue import load_scenario
from sim.spec.scenario import Scenario

__all__ = ["Bank", "Inference", "infer", "inferred", "known", "practice_draws", "read_answers", "scores", "type_shares"]

Floats = npt.NDArray[np.float64]
#: Surveys that every organization of the bank answers.
SURVEYS = 6
USUAL_DRAWS = 1000
#: Added to disputes before their logarithm is taken, in their own unit.
_LEAST = 0.01
#: Assumption: where the practices are right, the model's disputes are still a factor of 2 off one time in ten, log.
_OFF = 0.42


@dataclass(frozen=True)
class Inference:
    """What answers tell.

    Parameters
    ----------
    draws : pandas.DataFrame
        A row per draw in random order, a column per practice: ``practices.meetings``.
    width : pandas.Series
        Width of the middle 90 % of each practice as a share of what it is before anybody is asked, 0 to 1.
    strangeness : float
        Share of simulated surveys whose answers are more usual than the firm's; near 1 the model knows no such firm.
    """

    draws: pd.DataFrame
    width: pd.Series[float]
    strangeness: float


def infer(answers: Answers, base: Scenario | None = None, seed: int = 1, n: int = USUAL_DRAWS) -> pd.DataFrame:
    """Draw the practices of a firm, given what its people answered and what it knows of its conflict.

    Parameters
    ----------
    answers : Answers
        What `read_answers` read.
    base : Scenario, optional
        All but the practices; by default the mid-size firm.
    seed : int
        From 0; same input and seed, same draws.
    n : int
        Draws.

    Returns
    -------
    pandas.DataFrame
        A row per draw in random order, a column per practice, named by its scenario path. Answers of fewer than five
        people do not count.
    """
    return inferred(answers, bank_of(base or load_scenario("mid")), seed, n).draws


def inferred(
    answers: Answers, bank: Bank, seed: int = 1, n: int = USUAL_DRAWS, noise: Noise | None = None
) -> Inference:
    """Draw practices given answers, from a bank that is there already.

    Parameters
    ----------
    answers : Answers
        What `read_answers` read.
    bank : Bank
        Simulated organizations like the firm in all but their practices.
    seed, n : int
        As of `infer`.
    noise : Noise, optional
        Other assumptions about how people answer.

    Notes
    -----
    Levels are regressed on the summaries of the surveys (Fearnhead and Prangle 2012); the surveys nearest to the firm's
    in what this predicts are kept, and their levels moved and scaled to the firm's by local regression (Beaumont et al.
    2002; Blum and François 2010).
    """
    told = _sampled(answers, bank, (seed, n), noise or Noise())
    if at_least_five(len(answers.respondents)):
        return told
    nobody = replace(answers, respondents=answers.respondents.iloc[:0])
    return replace(_sampled(nobody, bank, (seed, n), noise or Noise()), width=told.width)


def _sampled(answers: Answers, bank: Bank, how: tuple[int, int], noise: Noise) -> Inference:
    seed, n = how
    chance = np.random.default_rng([seed, 117])
    own = _own_case(answers)
    if own.summaries.size == 0:
        draws = practice_draws(n, seed)
        return Inference(draws, width_against_prior(draws), 0.0)
    cases = _cases(answers, bank, noise, chance)
    draws = held(adjusted(cases, own, n, chance) * spans())
    return Inference(draws, width_against_prior(draws), strangeness(cases.summaries, own.summaries[0]))


def what_counts(answers: Answers) -> str:
    """What of a form tells practices: "answers" of five people or more, else the known "conflict", or "nothing"."""
    if at_least_five(len(answers.respondents)):
        return "answers"
    return "nothing" if _told_conflict(answers).empty else "conflict"


def width_against_prior(draws: pd.DataFrame) -> pd.Series[float]:
    """Width of the middle 90 % of each practice as a share of what it is before anybody is asked."""
    before = practice_draws(4000, seed=1)
    ends = [table.quantile(0.95) - table.quantile(0.05) for table in (draws, before)]
    return (ends[0] / ends[1]).clip(upper=1.0)


def _own_case(answers: Answers) -> Cases:
    """The firm's own summary: mean answers by group and item, what it says of its conflict, and how people differ."""
    panel = panel_of(answers.respondents)
    given = answers.respondents[list(ITEMS)].to_numpy(np.float64)[None]
    told = np.log(_told_conflict(answers)["value"].to_numpy(np.float64) + _LEAST)
    nothing = np.zeros((1, 0))
    return Cases(nothing, np.column_stack([means_of(given, panel), told[None]]), disagreement_of(given, panel))


def _cases(answers: Answers, bank: Bank, noise: Noise, chance: np.random.Generator) -> Cases:
    """Surveys of simulated organizations, in the form of the firm's own."""
    panel = panel_of(answers.respondents)
    rows = np.repeat(np.arange(len(bank.levels)), SURVEYS)
    means, spreads = [], []
    for some in in_parts(len(rows), len(panel.side)):
        given = answers_of(bank.readouts[rows[some]], panel, noise, chance)
        means.append(means_of(given, panel))
        spreads.append(disagreement_of(given, panel))
    guesses = _guessed_conflict(answers, bank, rows, chance)
    summaries = np.column_stack([np.concatenate(means), guesses])
    return Cases(bank.levels[rows] / spans(), summaries, np.concatenate(spreads))


def _told_conflict(answers: Answers) -> pd.DataFrame:
    return answers.known[answers.known["quantity"].isin(SHOWN_BY_RUNS)]


def _guessed_conflict(answers: Answers, bank: Bank, rows: npt.NDArray[np.intp], chance: np.random.Generator) -> Floats:
    """What organizations would say of their conflict if they guessed as roughly as the firm; log."""
    guesses = [np.zeros((len(rows), 0))]
    told = _told_conflict(answers)
    ratios = (told["high"] + _LEAST) / (told["low"] + _LEAST)
    for name, ratio in zip(told["quantity"], ratios, strict=True):
        rough = np.hypot(np.log(ratio) / (2 * 1.645), _OFF)
        shown = np.log(bank.conflict[rows, list(SHOWN_BY_RUNS).index(name)] + _LEAST)
        guesses.append((shown + rough * chance.standard_normal(len(rows)))[:, None])
    return np.column_stack(guesses)
