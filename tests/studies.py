"""Tables of made-up studies with a known truth, in the shape that a store gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def tables(factors: dict[str, Any], values: Any, outcome: str = "y") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and runs of a study; values of shape (points, replications)."""
    n_points, n_replications = values.shape
    ids = [f"{index:08x}" for index in range(n_points)]
    points = pd.DataFrame({"point_id": ids, "point": range(n_points), **factors})
    runs = pd.DataFrame(
        {
            "point_id": np.repeat(ids, n_replications),
            "draw": 0,
            "replication": np.tile(np.arange(n_replications), n_points),
            "status": "done",
            "error": "",
            outcome: values.ravel(),
        }
    )
    return points, runs
