"""Run pickled blueprints and print the digests of what they leave behind, as JSON.

Started by test_drivers_agree.py in a process of its own, because the compiler is switched off before it is imported.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import numba

from sim.contract.left_behind import digests
from sim.engine.run import simulate


def main(source: str) -> None:
    if not numba.config.DISABLE_JIT:
        raise SystemExit("set NUMBA_DISABLE_JIT=1")
    plans = pickle.loads(Path(source).read_bytes())
    print(json.dumps([digests(simulate(plan, seed)) for plan, seed in plans]))


if __name__ == "__main__":
    main(sys.argv[1])
