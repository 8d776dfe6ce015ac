"""A bank of simulated organizations: what each would say of itself, kept on disk for the next firm of its kind."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.analysis import assessment
from sim.analysis.assessment import readout
from sim.behaviours.kernel import cache_folder
from sim.calibrate import practice_prior
from sim.calibrate.known import SHOWN_BY_RUNS
from sim.calibrate.own_type import own_paths, with_own_type
from sim.calibrate.practice_prior import bundles, held, loose_levels
from sim.engine.run import outcomes_of, simulate_here
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.provenance import digest_of
from sim.ensemble.seeds import run_seed
from sim.spec.factors import variant
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

Floats = npt.NDArray[np.float64]
#: Organizations of a bank (docs/decisions/0031 has what more or fewer of them change).
ORGANIZATIONS = 2500
#: People answer for about a year; measured working days.
YEAR = 260
#: Seed of the bank, which is the same for everybody.
BANK_SEED = 1
_CHUNK = 20


@dataclass(frozen=True)
class Bank:
    """Simulated organizations.

    Parameters
    ----------
    levels : ndarray
        float64 of shape (organizations, practices): levels before they are held inside their ranges.
    readouts : ndarray
        float64 of shape (organizations, 3, 20): what staff of marketing, of sales, and heads would say, 1 to 5.
    conflict : ndarray
        float64 of shape (organizations, 2): what `SHOWN_BY_RUNS` names.
    """

    levels: Floats
    readouts: Floats
    conflict: Floats


def bank_of(
    base: Scenario,
    n: int = ORGANIZATIONS,
    seed: int = BANK_SEED,
    progress: Callable[[int], None] | None = None,
    workers: int | None = None,
) -> Bank:
    """Simulate organizations that differ in their practices and are otherwise as a base; or take them from the disk.

    Parameters
    ----------
    base : Scenario
        Its own practices, type and interventions do not matter.
    n, seed : int
        Same numbers, same bank; a longer one begins with other organizations.
    progress : callable, optional
        Told the number of organizations that have just been finished.
    workers : int, optional
        Threads; never changes a result.
    """
    alone = base.model_copy(update={"interventions": (), "timeline": (), "growth": ()})
    plain = variant(with_own_type(alone, held(bundles().to_numpy()[:1]).iloc[0]), {"run.days": YEAR})
    file = cache_folder().parent / f"organizations-{_digest(plain, n, seed)}.npz"
    bank = _kept(file)
    if bank is None:
        bank = _simulated(plain, loose_levels(n, seed), seed, progress or (lambda _: None), workers)
        _keep(file, bank)
    elif progress:
        progress(n)
    return bank


def _digest(base: Scenario, n: int, seed: int) -> str:
    """Identity of a bank: scenario, prior and readings count, the last two by their source."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (practice_prior, assessment)]
    content = [digest_of(base, seed), n, *(hashlib.sha256(source).hexdigest() for source in sources)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _simulated(base: Scenario, levels: Floats, seed: int, progress: Callable[[int], None], workers: int | None) -> Bank:
    n, settings = len(levels), own_paths(held(levels)).to_dict("records")
    readouts, conflict = np.empty((n, 3, 20)), np.empty((n, len(SHOWN_BY_RUNS)))

    def work(first: int) -> int:
        rows = range(first, min(first + _CHUNK, n))
        for row in rows:
            named = {str(path): level for path, level in settings[row].items()}
            world = simulate_here(blueprint_of(variant(base, named)), run_seed(seed, row))
            readouts[row] = readout(world)
            outcomes = outcomes_of(world)
            conflict[row] = [float(outcomes[name]) for name in SHOWN_BY_RUNS.values()]
        return len(rows)

    with pool_of("threads", workers) as pool:
        drain(pool, work, range(0, n, _CHUNK), progress)
    return Bank(levels, readouts, np.nan_to_num(conflict))


def _kept(file: Path) -> Bank | None:
    with suppress(OSError, ValueError, KeyError), np.load(file) as stored:
        return Bank(stored["levels"], stored["readouts"], stored["conflict"])
    return None


def _keep(file: Path, bank: Bank) -> None:
    """Keep a bank for the next time; where nothing can be written, it is simulated anew."""
    from sim.ensemble.files import write_bytes

    stream = io.BytesIO()
    np.savez(stream, **vars(bank))
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(file, stream.getvalue())
