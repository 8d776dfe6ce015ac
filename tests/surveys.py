"""People who answer the form for simulated organizations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.answers import ITEMS, Answers
from sim.calibrate.known import known_table
from sim.calibrate.respondents import Noise, answers_of, panel_of

Known = dict[str, dict[str, str]]
#: A range for people who differ little, and one for people who differ much.
QUIET = Noise(person=(0.1, 0.1), answer=(0.3, 0.3), reading=(0.3, 0.3))
LOUD = Noise(person=(0.6, 0.6), answer=(1.2, 1.2), reading=(0.3, 0.3))


def people(marketing: int, sales: int, heads: int = 0) -> pd.DataFrame:
    """Who answers; the first of each side are heads."""
    rows = [
        (side, "head" if number < heads else "staff")
        for side, n in (("marketing", marketing), ("sales", sales))
        for number in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["side", "role"])
    return pd.concat([frame, pd.DataFrame(3.0, index=frame.index, columns=list(ITEMS))], axis=1)


def answered(readout: np.ndarray, who: pd.DataFrame, seed: int = 1, noise: Noise | None = None) -> Answers:
    """What these people answer about an organization whose readout has shape (3, 20)."""
    given = answers_of(readout[None], panel_of(who), noise or Noise(), np.random.default_rng(seed))[0]
    return told(pd.concat([who[["side", "role"]], pd.DataFrame(given, columns=list(ITEMS))], axis=1))


def told(respondents: pd.DataFrame, known: Known | None = None) -> Answers:
    """Answers as a form would hold them."""
    return Answers(
        "form", respondents, known_table({name: ("form", parts) for name, parts in (known or {}).items()}), ()
    )
