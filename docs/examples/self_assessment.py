"""A practice survey: people of a made-up firm answer the form of the self-assessment.

    python docs/examples/self_assessment.py [FOLDER]

Writes survey.csv and survey-known.csv into the folder (the present one), as seven marketers and nine sellers would
answer whose firm works by rules but does little together.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from sim.analysis.assessment import readout
from sim.calibrate.form import HEADERS
from sim.calibrate.known import known_table
from sim.calibrate.respondents import Noise, Panel, answers_of

MARKETERS, SELLERS = 7, 9
KNOWN = {
    "reps": {"value": "9"},
    "marketers": {"value": "4"},
    "inquiries_per_day": {"value": "6", "low": "5", "high": "8"},
    "win_rate": {"value": "0.12"},
    "time_to_win": {"value": "60"},
    "deal_value": {"value": "18000", "low": "15000", "high": "22000"},
    "disputes_per_100": {"low": "2", "high": "12"},
}


def practice_survey(seed: int = 4) -> pd.DataFrame:
    """Answers of sixteen people; the first of each side is its head."""
    world = sim.run("small", relationship="defined", seed=seed).world
    side = np.repeat([0, 1], [MARKETERS, SELLERS])
    is_head = np.isin(np.arange(len(side)), [0, MARKETERS])
    everything = np.ones((len(side), len(HEADERS)), dtype=bool)
    panel = Panel(side, np.where(is_head, 2, side), everything)
    answers = answers_of(readout(world)[None], panel, Noise(), np.random.default_rng(seed))[0]
    frame = pd.DataFrame(answers.astype(int), columns=list(HEADERS))
    frame.insert(0, "role", np.where(is_head, "head", "staff"))
    frame.insert(0, "side", np.where(side == 0, "marketing", "sales"))
    return frame


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    survey = practice_survey()
    survey.to_csv(folder / "survey.csv", index=False)
    known_table({name: (name, parts) for name, parts in KNOWN.items()}).to_csv(folder / "survey-known.csv", index=False)
    print(f"survey.csv: {len(survey)} people answered {len(HEADERS)} statements.")
    print(f"survey-known.csv: {len(KNOWN)} numbers that the firm knows of itself.")
    print("Next: smarketing assess survey.csv --from small --out my-firm.toml --report assessment.html")
