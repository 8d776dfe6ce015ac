"""Made-up exports with known parameters, for several tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.importers import Export

PROFILE = np.array([1.4, 1.1, 1.0, 0.9, 0.6])
RATES = {"web": 0.30, "event": 0.10, "partner": 0.20}
START = pd.Timestamp("2021-01-04")


def made_up(weeks: int = 156, mean: float = 40.0, shape: float = 8.0, seed: int = 7, **other: float) -> pd.DataFrame:
    """Leads of a made-up firm: weekday profile x AR(1) log level x negative-binomial days, lognormal cycles."""
    luck = np.random.default_rng(seed)
    sd, memory = other.get("level_sd", 0.25), other.get("level_memory", 0.6)
    level = np.zeros(weeks)
    for week in range(weeks):
        past = level[week - 1] if week else luck.normal(0, sd)
        level[week] = memory * past + np.sqrt(1 - memory**2) * luck.normal(0, sd)
    expected = (mean * np.exp(level - sd**2 / 2)[:, None] * PROFILE).ravel()
    counts = luck.poisson(expected * luck.gamma(shape, 1 / shape, expected.shape))
    days = pd.bdate_range(START, periods=5 * weeks)
    created = days.repeat(counts)
    n = len(created)
    source = luck.choice(list(RATES), n, p=[0.5, 0.3, 0.2])
    won = luck.random(n) < np.vectorize(RATES.get)(source)
    cycle = np.exp(luck.normal(np.log(20), other.get("cycle_log_sd", 0.8), n))
    closed = created + pd.to_timedelta(cycle * 86400, unit="s")
    frame = pd.DataFrame({"lead_id": np.arange(n).astype(str), "created": created, "closed": closed})
    frame["status"] = np.where(won, "won", "lost")
    frame["amount"] = np.where(won, np.exp(luck.normal(8, 1.2, n)), np.nan)
    frame["source"] = source
    frame["owner"] = [f"rep {i}" for i in luck.integers(1, 7, n)]
    frame["marketer"] = None
    return frame


def as_leads(frame: pd.DataFrame, seen: pd.Timestamp | None = None) -> Export:
    """The export of a leads file and a won file, as things stood on a day."""
    seen = frame["created"].max() if seen is None else seen
    known = (frame["status"] == "won") & (frame["closed"] <= seen)
    frame = frame.assign(status=np.where(known, "won", "open"), closed=frame["closed"].where(known))
    return Export(frame, "two-file funnel", "lead", "EUR", (), "made-up")


def as_deals(frame: pd.DataFrame, seen: pd.Timestamp | None = None) -> Export:
    """The export of a pipeline, as things stood on a day."""
    seen = frame["created"].max() if seen is None else seen
    late = frame["closed"] > seen
    frame = frame.assign(status=frame["status"].mask(late, "open"), closed=frame["closed"].mask(late))
    return Export(frame, "pipeline", "opportunity", "EUR", (), "made-up")
