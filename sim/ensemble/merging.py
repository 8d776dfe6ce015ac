"""Joining the stores of one study that several machines have worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.domain.errors import InputError
from sim.ensemble.experiment import columns_of, entered, plan_in
from sim.ensemble.provenance import check_results_version
from sim.ensemble.reading import ORDER
from sim.ensemble.store import Contents, Store, open_store
from sim.ensemble.sweep import chunk_digest, keep_of
from sim.ensemble.work import Keep

if TYPE_CHECKING:
    import pyarrow as pa

Run = tuple[str, int]
RUN = ["point_id", "replication"]
#: Columns that differ between two stores, as a message names them.
SHOWN = 5


@dataclass(frozen=True)
class Merged:
    """What a merge did: runs taken over, runs that were there already, and files that were not read."""

    taken: int
    known: int
    faults: tuple[str, ...]


def merge(store: str | Path, sources: Sequence[str | Path]) -> Merged:
    """Take the runs of other stores of the same study into one; it is made where it does not exist.

    Parameters
    ----------
    store : str or Path
        That grows.
    sources : sequence of str or Path
        Read only. Damaged files are passed over and named.

    Raises
    ------
    InputError
        If they are not of the same plan, or if two of them disagree about a run.
    """
    if not sources:
        raise InputError("merge", "needs a store to merge", None, "smarketing experiment merge --store ALL ONE TWO")
    others = [open_store(source) for source in sources]
    for other in others:
        _check_same_study(others[0], other)
    plan = plan_in(others[0])
    with entered(plan, Path(store)) as sweep:
        for other in others:
            _check_same_points(sweep.points.table(), other)
        contents = sweep.store.examine(columns_of(plan))
        sweep.store.set_aside(contents.faults)
        joint = _Joint(sweep.store, keep_of(plan), _places(sweep.store, contents))
        faults: list[str] = []
        for other in others:
            theirs = other.examine(columns_of(plan))
            faults += [f"{other.folder / fault.file} {fault.reason}" for fault in theirs.faults]
            for digest in theirs.digests:
                joint.take(other, digest)
    return Merged(joint.taken, joint.known, tuple(faults))


def _check_same_study(first: Store, other: Store) -> None:
    check_results_version(other.record["provenance"], str(other.folder))
    if first.record["provenance"]["digest"] != other.record["provenance"]["digest"]:
        mend = f"Stores are merged that ran the same plan, as {first.folder} did; extend one to the other's plan first."
        raise InputError("merge", "must be of the same study", str(other.folder), mend)


def _check_same_points(points: pa.Table, other: Store) -> None:
    theirs = other.points()
    if theirs is not None and not theirs.equals(points):
        mend = "Another version of SALib or scipy has drawn them."
        raise InputError("merge", "must be of the same points", str(other.folder), mend)


def _places(store: Store, contents: Contents) -> dict[Run, str]:
    """Chunk of every run that a store holds."""
    return {run: digest for digest in contents.digests for run in _runs_in(store.read("runs", digest))}


def _runs_in(table: pa.Table) -> list[Run]:
    return list(zip(table.column("point_id").to_pylist(), table.column("replication").to_pylist(), strict=True))


@dataclass
class _Joint:
    """A store that takes in chunks of others.

    Parameters
    ----------
    store : Store
        That grows.
    keep : Keep
        What the study keeps.
    places : dict
        Chunk by run.
    taken, known : int
        Runs that were new, and that were not.
    """

    store: Store
    keep: Keep
    places: dict[Run, str]
    taken: int = 0
    known: int = 0

    def take(self, other: Store, digest: str) -> None:
        """Take what is new of a chunk; what is known must be the same."""
        tables = {name: other.read(name, digest) for name in self.keep.tables}
        runs = _runs_in(tables["runs"])
        is_new = np.array([run not in self.places for run in runs], dtype=bool)
        known = {run for run, fresh in zip(runs, is_new, strict=True) if not fresh}
        self._check_agreement(other, {name: _only(table, known) for name, table in tables.items()})
        self.known += int((~is_new).sum())
        if not is_new.any():
            return
        new = {run for run, fresh in zip(runs, is_new, strict=True) if fresh}
        kept = {name: _only(table, new) for name, table in tables.items()}
        name = chunk_digest(kept["runs"], self.keep)
        self.store.add(name, kept, self.keep.series)
        self.places |= dict.fromkeys(new, name)
        self.taken += len(new)

    def _check_agreement(self, other: Store, theirs: dict[str, pa.Table]) -> None:
        """Compare runs that both hold, chunk by chunk of this store."""
        by_chunk: dict[str, set[Run]] = {}
        for run in _runs_in(theirs["runs"]):
            by_chunk.setdefault(self.places[run], set()).add(run)
        for digest, runs in by_chunk.items():
            for name, table in theirs.items():
                mine = _only(self.store.read(name, digest), runs)
                _check_equal(_compared(mine, name, self.keep), _compared(_only(table, runs), name, self.keep), other)


def _compared(table: pa.Table, name: str, keep: Keep) -> pd.DataFrame:
    """What must be the same of a table: one that keeps more is compared in what the study keeps."""
    frame: pd.DataFrame = table.to_pandas()
    if name == "runs":
        frame = frame[[*RUN, "status", *keep.outcomes]]
    if name == "series":
        frame = frame[frame["name"].isin(keep.series)]
    order = [column for column in (*RUN, *ORDER.get(name, ("row",))) if column in frame]
    return frame.sort_values(order, ignore_index=True)


def _check_equal(mine: pd.DataFrame, theirs: pd.DataFrame, other: Store) -> None:
    if mine.equals(theirs):
        return
    differing = [str(name) for name in mine if name not in theirs or not mine[name].equals(theirs[name])]
    rows = range(min(len(mine), len(theirs)))
    row = next((i for i in rows if not mine.iloc[[i]].equals(theirs.iloc[[i]])), 0)
    where = (
        f"point {mine['point_id'][row]}, replication {mine['replication'][row]}" if len(mine) else "runs without rows"
    )
    mend = f"Different: {', '.join(differing[:SHOWN])} of {where}. `smarketing replay STORE` says which store is right."
    raise InputError("merge", "stores must agree about every run that both hold", str(other.folder), mend)


def _only(table: pa.Table, runs: set[Run]) -> pa.Table:
    mask: Any = np.array([run in runs for run in _runs_in(table)], dtype=bool)
    return table if mask.all() else table.filter(mask)
