"""Joining the stores of one study that several machines have worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.domain.errors import InputError
from sim.ensemble.experiment import columns_of, entered, plan_in
from sim.ensemble.store import Contents, Store, open_store
from sim.ensemble.sweep import chunk_digest, keep_of
from sim.ensemble.work import Keep

if TYPE_CHECKING:
    import pyarrow as pa

Run = tuple[str, int]


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
        raise InputError("merge", "needs a store to merge", mend="smarketing experiment merge --store ALL ONE TWO")
    others = [open_store(source) for source in sources]
    plan = plan_in(others[0])
    for other in others[1:]:
        _check_same_study(others[0], other)
    with entered(plan, Path(store)) as sweep:
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
    if first.record["provenance"]["digest"] != other.record["provenance"]["digest"]:
        mend = f"Stores are merged that ran the same plan, as {first.folder} did; extend one to the other's plan first."
        raise InputError("merge", "must be of the same study", str(other.folder), mend)


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
        self._check_agreement(other, tables["runs"].filter(~is_new))
        self.known += int((~is_new).sum())
        if not is_new.any():
            return
        new = {run for run, fresh in zip(runs, is_new, strict=True) if fresh}
        kept = {name: _only(table, new) for name, table in tables.items()}
        name = chunk_digest(kept["runs"], self.keep)
        self.store.add(name, kept)
        self.places |= dict.fromkeys(new, name)
        self.taken += len(new)

    def _check_agreement(self, other: Store, table: pa.Table) -> None:
        columns = ["status", *self.keep.outcomes]
        for row, run in zip(table.select(columns).to_pylist(), _runs_in(table), strict=True):
            mine = _only(self.store.read("runs", self.places[run]), {run}).select(columns).to_pylist()[0]
            if mine != row:
                names = ", ".join(name for name in columns if mine[name] != row[name])
                mend = f"Point {run[0]}, replication {run[1]}: {names}. `smarketing replay` says which store is right."
                raise InputError("merge", "stores must agree about every run that both hold", str(other.folder), mend)


def _only(table: pa.Table, runs: set[Run]) -> pa.Table:
    mask: Any = np.array([run in runs for run in _runs_in(table)], dtype=bool)
    return table if mask.all() else table.filter(mask)
