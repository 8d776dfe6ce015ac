"""A whole self-assessment: what people answered, what it tells, and the firm that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from sim.calibrate.answers import Answers
from sim.calibrate.assessment import USUAL_DRAWS, Inference, inferred
from sim.calibrate.by_hand import Firm, base_of, firm_of
from sim.calibrate.known import SHOWN_BY_RUNS
from sim.calibrate.organizations import ORGANIZATIONS, bank_of
from sim.calibrate.practice_prior import practice_draws, type_shares
from sim.calibrate.privacy import at_least_five
from sim.calibrate.scores import Scores, scores
from sim.spec.scenario import Scenario

#: Above this share of simulated surveys nothing like the firm's answers is known to the model.
STRANGE = 0.99


@dataclass(frozen=True)
class Assessment:
    """What a self-assessment says.

    Parameters
    ----------
    answers : Answers
        The form; not to be shown.
    scores : Scores
        What may be shown of it.
    inference : Inference
        Practices that go with it.
    base : Scenario
        The firm in all but its practices.
    """

    answers: Answers
    scores: Scores
    inference: Inference
    base: Scenario

    @property
    def counts(self) -> bool:
        """Whether the answers count: those of fewer than five people do not."""
        return at_least_five(len(self.answers.respondents))

    @property
    def has_conflict(self) -> bool:
        """Whether the firm said anything of its conflict."""
        return bool(self.answers.known["quantity"].isin(SHOWN_BY_RUNS).any())

    @property
    def types(self) -> pd.Series[float]:
        """Probability of each relationship type to be the nearest."""
        return type_shares(self.inference.draws)

    def practices(self) -> pd.DataFrame:
        """Each ``practice``: ``median``, ``low`` and ``high`` (the middle 90 %), ``width`` (0 known, 1 open)."""
        draws = self.inference.draws
        table = pd.DataFrame({"median": draws.median(), "low": draws.quantile(0.05), "high": draws.quantile(0.95)})
        table["width"] = self.inference.width
        table.insert(0, "practice", [str(path).removeprefix("practices.") for path in draws])
        return table.reset_index(drop=True)

    def firm(self, base: Scenario, seed: int = 1) -> Firm:
        """The firm as a scenario with draws of what is not known surely."""
        return firm_of(self.answers, self.inference.draws, base, seed)


def assess(
    answers: Answers, base: Scenario, seed: int = 1, n: int = USUAL_DRAWS, progress: Callable[[int], None] | None = None
) -> Assessment:
    """Score a form and infer practices from it.

    Parameters
    ----------
    answers : Answers
        What `read_answers` read.
    base : Scenario
        All that nobody said.
    seed, n : int
        Of the draws, and their number.
    progress : callable, optional
        Told the number of simulated organizations that have just been finished.
    """
    own = base_of(answers, base)
    if answers.respondents.empty and not answers.known["quantity"].isin(SHOWN_BY_RUNS).any():
        draws = practice_draws(n, seed)
        return Assessment(answers, scores(answers), Inference(draws, pd.Series(1.0, draws.columns), 0.0), own)
    return Assessment(answers, scores(answers), inferred(answers, bank_of(own, progress=progress), seed, n), own)


def n_organizations(answers: Answers) -> int:
    """Organizations that an assessment has to simulate, unless they are kept from before."""
    needs = not answers.respondents.empty or answers.known["quantity"].isin(SHOWN_BY_RUNS).any()
    return ORGANIZATIONS if needs else 0
