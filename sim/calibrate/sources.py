"""Facts of sources: how much each brings and how well it converts, small ones drawn towards the average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate.findings import Finding, Findings
from sim.calibrate.windows import MIN_SOURCE_ROWS, Floats


@dataclass(frozen=True)
class SourceFact:
    """How much one source brings and how well it converts.

    Parameters
    ----------
    name : str
        Name of the source in the export; small ones are pooled as "other", rows without one as "(none)".
    share : float
        Part of the rows behind the win rate, 0 to 1.
    n, n_won : int
        Rows and wins.
    rate : float
        n_won / n as observed, 0 to 1.
    logit_shift : float
        Log-odds of the shrunken rate minus the mean over sources weighted by share.
    """

    name: str
    share: float
    n: int
    n_won: int
    rate: float
    logit_shift: float


_MAX_SOURCES, _MIN_SHARE = 8, 0.02


def source_facts(rows: pd.DataFrame, found: Findings) -> tuple[SourceFact, ...]:
    """Share and conversion of each source, largest first; small ones are pooled as "other", last."""
    if not rows["source"].notna().any():
        found.append(Finding("no_source", "The export names no source, so there is no source mix."))
        return ()
    name = rows["source"].astype(object).where(rows["source"].notna(), "(none)")
    table = rows["won"].groupby(name).agg(["size", "sum"]).sort_values("size", ascending=False)
    small = (table["size"] < max(_MIN_SHARE * len(rows), MIN_SOURCE_ROWS)) | (table.index == "other")
    small |= np.arange(len(table)) >= (
        _MAX_SOURCES if not small.any() and len(table) <= _MAX_SOURCES else _MAX_SOURCES - 1
    )
    if small.sum() > (table.index == "other").sum():
        n_pooled = int(small.sum())
        text = f"Sources pooled into 'other', as they are small or many: {n_pooled} of {len(table)}."
        found.append(Finding("pooled_sources", text, int(table["size"][small].sum()), len(rows)))
    names = [str(word) for word in table.index[~small]] + ["other"] * bool(small.any())
    n, won = (
        np.append(table[key][~small], table[key][small].sum())[: len(names)].astype(np.float64)
        for key in ("size", "sum")
    )
    shrunk = shrunken_rates(n, won)
    logit = np.log(shrunk / (1 - shrunk))
    shift = logit - np.sum(logit * n) / n.sum()
    return tuple(
        SourceFact(word, float(n[i] / n.sum()), int(n[i]), int(won[i]), float(won[i] / n[i]), float(shift[i]))
        for i, word in enumerate(names)
    )


def shrunken_rates(n: Floats, won: Floats) -> Floats:
    """Rates drawn towards the pooled one by a beta prior, its weight from the moment estimate of overdispersion.

    Notes
    -----
    Kleinman (1973, J. Am. Stat. Assoc. 68), weights n: with S = sum n (p - pooled)^2, E S =
    pooled (1 - pooled) [(k - 1) + rho (N - sum n^2 / N - (k - 1))]; prior weight = 1 / rho - 1.
    """
    pooled = won.sum() / n.sum()
    spread = np.sum(n * (won / n - pooled) ** 2) / (pooled * (1 - pooled))
    room = n.sum() - np.sum(n**2) / n.sum() - (len(n) - 1)
    rho = float((spread - (len(n) - 1)) / room) if len(n) > 1 and room > 0 else 0.0
    if rho <= 0:
        return np.full_like(n, pooled)
    weight = 1 / min(rho, 0.5) - 1
    return np.asarray((won + weight * pooled) / (n + weight), dtype=np.float64)
