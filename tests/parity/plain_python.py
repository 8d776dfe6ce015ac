"""Run pickled blueprints and print the digests of what they leave behind, as JSON.

Started by test_drivers_agree.py in a process of its own, because the compiler is switched off before it is imported.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import numba
import numpy as np

from sim.contract.left_behind import digests
from sim.domain import blueprint
from sim.engine.run import simulate


class Rows(np.recarray):
    """A table that refuses what compiled code cannot read: rows counted from the end."""

    def __getitem__(self, index):
        if isinstance(index, int | np.integer) and index < 0:
            raise IndexError(f"row {index} of a table: kernels must not count from the end")
        return super().__getitem__(index)


def main(source: str) -> None:
    if not numba.config.DISABLE_JIT:
        raise SystemExit("set NUMBA_DISABLE_JIT=1")
    plain_rows = blueprint.rows
    blueprint.rows = lambda dtype, n: plain_rows(dtype, n).view(Rows)
    plans = pickle.loads(Path(source).read_bytes())
    print(json.dumps([digests(simulate(plan, seed)) for plan, seed in plans]))


if __name__ == "__main__":
    main(sys.argv[1])
