"""Make the map of which relationship fits which firm, and hold it against firms that it has not seen.

    python experiments/make_map.py [--firms N] [--replications R] [--fresh N] [--again R] [--seed S] [--fresh-seed S]

1. Firms spread evenly over size, complexity, cycle, lead volume, budget split and turnover (Sobol' sequence) are run
   under all four relationship types, each firm on luck of its own that is common to its types.
2. The map is fitted to them (`sim.analysis.fitted_map`).
3. Fresh firms, half of them where the map is least sure, are run on luck that the map has not seen, and its stated
   confidence is held against what comes out.

Runs are kept in the store, so that an interrupted call goes on where it was. The data go into
map.json beside this file, the check into docs/map.md; figures are drawn by `smarketing map --picture`.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.fitted_map import CLEAR, FittedMap, fit_map, seen_differences
from sim.decide.type_map import map_content
from sim.domain.outcomes import OUTCOMES, RESULTS_VERSION
from sim.ensemble.design import relationship_points
from sim.ensemble.provenance import SCHEMA, version
from sim.ensemble.runner import run_points
from sim.spec.catalogue import relationships
from sim.spec.situations import AXES, firm_at

#: Outcomes that are mapped, and the one that all of them are measured against.
MAPPED, SCALE = ("profit", "bookings_new"), "bookings_new"
#: Firms that are run between two writings of the store.
BATCH = 8
#: How far apart the seeds of two sets of firms lie, so that no firm of one shares luck with a firm of the other.
SEEDS_APART = 100_000
#: Firms of which fresh ones are taken, and the confidence below which a firm is at a boundary.
CANDIDATES, BOUNDARY = 4096, 0.8
#: Seed of the firms of which it is told what the map says.
SAID_SEED = 100
HERE = Path(__file__).resolve().parent
#: Lower ends of groups of stated confidence.
BINS = [0.0, 0.6, 0.8, 0.95]
COLUMNS = [[outcome.name for outcome in OUTCOMES].index(name) for name in MAPPED]


def situations(units: Any) -> list[dict[str, float]]:
    """Situations at places of the unit cube, float64 of shape (firms, axes)."""
    return [{axis.name: axis.at(share) for axis, share in zip(AXES, row, strict=True)} for row in units.tolist()]


def firm_seeds(seed: int, firms: int) -> list[int]:
    """A seed for each firm: luck that two firms share would be learnt as if it were a trait of all of them."""
    return [SEEDS_APART * seed + number for number in range(firms)]


def run_firms(units: Any, replications: int, seed: int, file: Path, workers: int | None = None) -> Any:
    """Run firms under all types, each firm on luck of its own, or read what has been run.

    Returns
    -------
    numpy.ndarray
        float64 of shape (firms, types, replications, outcomes that are mapped).
    """
    seeds = firm_seeds(seed, len(units))
    done = _kept(file, units, replications, seeds)
    for number in range(len(done), len(units)):
        done = np.concatenate([done, _run_firm(units[number], replications, seeds[number], workers)[None]])
        if len(done) % BATCH == 0 or len(done) == len(units):
            _keep(file, units, done, seeds)
            print(f"{len(done)} of {len(units)} firms", flush=True)
    return done


def _run_firm(unit: Any, replications: int, seed: int, workers: int | None) -> Any:
    (where,) = situations(unit[None])
    points = relationship_points(firm_at(where), list(relationships()))
    values = run_points(points, replications, seed, workers).complete_only().outcomes[:, :, COLUMNS]
    if values.shape[1] < replications:
        raise KeyboardInterrupt
    return values


def _kept(file: Path, units: Any, replications: int, seeds: list[int]) -> Any:
    empty = np.empty((0, len(relationships()), replications, len(MAPPED)))
    if not file.is_file():
        return empty
    with np.load(file) as kept:
        done, n = kept["done"], min(len(kept["done"]), len(units))
        same = kept["seeds"][:n].tolist() == seeds[:n] and done.shape[2] == replications
        return done[:n] if same and np.array_equal(kept["units"][:n], units[:n]) else empty


def _keep(file: Path, units: Any, done: Any, seeds: list[int]) -> None:
    unfinished = file.with_suffix(".part.npz")
    np.savez(unfinished, units=units, done=done, seeds=seeds)
    unfinished.replace(file)


def spread(firms: int, seed: int) -> Any:
    """Firms spread evenly over the map: float64 of shape (firms, axes) in the unit cube."""
    from scipy.stats import qmc

    return qmc.Sobol(len(AXES), rng=seed).random_base2((firms - 1).bit_length())[:firms]


def differences(done: Any, outcome: int) -> Any:
    """Differences from the first type as shares of its new bookings: (firms, types - 1, replications)."""
    scale = done[:, 0, :, MAPPED.index(SCALE)].mean(axis=1)
    return (done[:, 1:, :, outcome] - done[:, :1, :, outcome]) / scale[:, None, None]


def fitted(units: Any, done: Any, outcome: int) -> FittedMap:
    """The map of one outcome."""
    return fit_map(list(relationships()), units, differences(done, outcome))


def fresh_firms(maps: Sequence[FittedMap], firms: int, seed: int) -> Any:
    """Firms that no map has seen: half anywhere, the others where one of the maps is less sure than `BOUNDARY`."""
    pool = spread(CANDIDATES, seed)
    chosen, others = pool[: firms // 2], pool[firms // 2 :]
    for left, made in zip(range(len(maps), 0, -1), maps, strict=True):
        unsure = np.flatnonzero(made.chances(others).max(axis=1) < BOUNDARY)[: (firms - len(chosen)) // left]
        chosen, others = np.concatenate([chosen, others[unsure]]), np.delete(others, unsure, axis=0)
    return chosen


def checked(made: FittedMap, fresh: Any, done: Any, outcome: int) -> dict[str, Any]:
    """How often fresh firms agree with the map, and how often they should by its stated confidence.

    What is stated is how probably the type that the map names comes out best in the run of that firm, whose own luck
    is allowed for.
    """
    means, noise, _ = seen_differences(differences(done, outcome))
    came = np.column_stack([np.zeros(len(means)), means]).argmax(axis=1)
    sure = made.chances(fresh)
    named = sure.argmax(axis=1)
    stated = made.chances(fresh, noise)[np.arange(len(fresh)), named]
    groups = {"all": np.full(len(fresh), True), "anywhere": np.arange(len(fresh)) < len(fresh) // 2}
    groups["at a boundary"] = sure.max(axis=1) < BOUNDARY
    for low, high in zip(BINS, [*BINS[1:], 1.01], strict=True):
        groups[f"stated {100 * low:.0f} to {min(100 * high, 100):.0f} %"] = (stated >= low) & (stated < high)
    return {name: _agreement(came[own] == named[own], stated[own]) for name, own in groups.items() if own.any()}


def _agreement(agrees: Any, stated: Any) -> dict[str, Any]:
    error = float(np.sqrt((stated * (1.0 - stated)).sum()) / len(stated))
    return {"firms": len(stated), "stated": float(stated.mean()), "agree": float(agrees.mean()), "error": error}


def write(maps: list[FittedMap], units: Any, checks: list[dict[str, Any]], given: argparse.Namespace) -> None:
    """Write the map's data."""
    content = {
        name: {**map_content(made), "check": check} for name, made, check in zip(MAPPED, maps, checks, strict=True)
    }
    axes = [{"name": a.name, "low": a.low, "high": a.high, "is_log": a.is_log, "unit": a.unit} for a in AXES]
    about = {"version": version(), "results_version": RESULTS_VERSION, "seed": given.seed}
    about |= {"firms": given.firms, "replications": given.replications, "fresh": given.fresh, "again": given.again}
    about |= {"fresh_seed": given.fresh_seed}
    document = {
        "schema": SCHEMA,
        "made": about,
        "types": list(relationships()),
        "axes": axes,
    }
    document |= {"units": np.round(units, 6).tolist(), "maps": content}
    (HERE / "map.json").write_text(
        json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8"
    )


def told(checks: list[dict[str, Any]]) -> str:
    """The check as a table."""
    lines = ["| map of | firms | how many | stated | agree | two standard errors |", "|---|---|---|---|---|---|"]
    for name, check in zip(MAPPED, checks, strict=True):
        for group, row in check.items():
            shares = " | ".join(f"{100 * row[key]:.1f} %" for key in ("stated", "agree"))
            lines.append(f"| {name} | {group} | {row['firms']} | {shares} | ± {200 * row['error']:.1f} % |")
    return "\n".join(lines)


def said(maps: list[FittedMap]) -> str:
    """What the maps say of firms all over: how often each type is named and clear, by thirds of each axis."""
    at = spread(CANDIDATES, SAID_SEED)
    lines = [
        "| map of | firms | named best | clear (95 % or more) | mean gain over the next best |",
        "|---|---|---|---|---|",
    ]
    for name, made in zip(MAPPED, maps, strict=True):
        chances = made.chances(at)
        means = np.column_stack([np.zeros(len(at)), made.differences(at)[0]])
        ranked = np.sort(means, axis=1)
        ahead, named, clear = ranked[:, -1] - ranked[:, -2], chances.argmax(axis=1), chances.max(axis=1) >= CLEAR
        for group, own in _groups(at):
            many = [
                f"{made.levels[k]} {100 * (named[own] == k).mean():.0f} %" for k in range(4) if (named[own] == k).any()
            ]
            shares = f"{100 * clear[own].mean():.0f} % | {100 * ahead[own].mean():.1f} %"
            lines.append(f"| {name} | {group} | {', '.join(many)} | {shares} |")
    return "\n".join(lines)


def _groups(at: Any) -> list[tuple[str, Any]]:
    found = [("all", np.full(len(at), True))]
    for index, axis in enumerate(AXES):
        for part, (low, high) in {"low": (0.0, 1 / 3), "high": (2 / 3, 1.0)}.items():
            ends = f"{axis.at(low):.3g} to {axis.at(high):.3g}"
            found.append((f"{axis.label.lower()} {part} ({ends})", (at[:, index] >= low) & (at[:, index] <= high)))
    return found


def put_into_docs(mark: str, text: str) -> None:
    """Write a table into docs/map.md, where this is a checkout."""
    page = HERE.parent / "docs" / "map.md"
    if page.is_file():
        old = page.read_text(encoding="utf-8")
        found = re.compile(rf"<!-- {mark} -->\n.*?<!-- end -->", re.DOTALL)
        page.write_text(found.sub(lambda _: f"<!-- {mark} -->\n{text}\n<!-- end -->", old, count=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=424)
    parser.add_argument("--replications", type=int, default=16)
    parser.add_argument("--fresh", type=int, default=220)
    parser.add_argument("--again", type=int, default=16, help="replications of fresh firms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh-seed", type=int, default=7741, help="of fresh firms; another for every try of a map")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--store", type=Path, default=Path("results/map"))
    given = parser.parse_args()
    given.store.mkdir(parents=True, exist_ok=True)
    units = spread(given.firms, given.seed)
    done = run_firms(units, given.replications, given.seed, given.store / "firms.npz", given.workers)
    maps = [fitted(units, done, outcome) for outcome in range(len(MAPPED))]
    fresh = _fresh(maps, given)
    again = run_firms(fresh, given.again, given.fresh_seed, given.store / _file_of_fresh(given), given.workers)
    checks = [checked(made, fresh, again, outcome) for outcome, made in enumerate(maps)]
    write(maps, units, checks, given)
    put_into_docs("checked", told(checks))
    put_into_docs("says", said(maps))
    print(told(checks))


def _file_of_fresh(given: argparse.Namespace) -> str:
    return f"fresh-{given.fresh_seed}.npz"


def _fresh(maps: Sequence[FittedMap], given: argparse.Namespace) -> Any:
    """The fresh firms that the store knows, else new ones: another fit of the same runs would choose a few others."""
    file = given.store / _file_of_fresh(given)
    if file.is_file():
        with np.load(file) as kept:
            if len(kept["units"]) == given.fresh:
                return kept["units"]
    return fresh_firms(maps, given.fresh, given.fresh_seed)


if __name__ == "__main__":
    main()
