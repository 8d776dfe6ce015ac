"""The store of a study: a folder of Parquet files, one for each chunk, each whole, named by its digest and checked.

A store holds ``store.json`` (the plan and where it comes from), ``points.parquet``, ``posterior.parquet`` where the
study is over draws, and a folder for each table of
chunks: ``runs``, and ``series`` where it is kept. The file of the runs is written last, so a chunk is there when its
runs are. A file that is damaged or from elsewhere is set aside, never read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError, Told
from sim.ensemble.checked import Unfit, open_checked, read_checked, said_of, write_checked
from sim.ensemble.executors import n_cpus
from sim.ensemble.files import writable_folder, write_text
from sim.ensemble.provenance import version

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when the layout of a store changes; each step then has an entry in UPGRADES.
STORE_SCHEMA = 1
#: From a schema to the next: what turns a record of the older layout into one of the newer.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
RECORD, POINTS, ASIDE, LOCK = "store.json", "points.parquet", "set-aside", ".lock"
POSTERIOR = "posterior.parquet"
#: Folders of chunks, and all that a store may hold before it has a record.
TABLES = ("runs", "series", "deals", "incidents", "events")
OWN = (LOCK, POINTS, POSTERIOR, ASIDE, "export", *TABLES)
KIND = "smarketing study"
#: Seconds that a store is waited for: to be asked whether it is busy takes a moment of it.
PATIENCE = 1.0
KEYS = ("point_id", "replication", "seed", "status")


@dataclass(frozen=True)
class Fault:
    """A file that is not read: its place in the store, and why, as in "is damaged"."""

    file: str
    reason: str


@dataclass(frozen=True)
class Contents:
    """What a store holds.

    Parameters
    ----------
    digests : tuple of str
        Chunks that are complete, sorted.
    keys : pyarrow.Table
        KEYS of every run in them.
    faults : tuple of Fault
        Files that are not read.
    """

    digests: tuple[str, ...]
    keys: pa.Table
    faults: tuple[Fault, ...]

    @property
    def has_twins(self) -> bool:
        """Whether a run stands in more than one chunk, as after the plan kept more for a while."""
        runs = self.keys.select(["point_id", "replication"])
        return len(runs.group_by(runs.column_names).aggregate([])) < len(runs)


#: Fields of a record's provenance without which it is none.
NEEDED = ("scenario", "seed", "digest", "results_version", "version")


class DamagedRecord(InputError):  # noqa: N818 - an InputError of its own
    """A ``store.json`` that cannot be read; a plan can make it anew."""


@dataclass(frozen=True)
class Store:
    """A study on disk.

    Parameters
    ----------
    folder : Path
        Where it lies.
    record : dict
        Content of ``store.json``: kind, schema, plan, digest, provenance.
    """

    folder: Path
    record: dict[str, Any]

    def path(self, table: str, digest: str) -> Path:
        """File of a chunk."""
        return self.folder / table / f"{digest}.parquet"

    def found(self, points: pa.Table, posterior: pa.Table | None = None) -> None:
        """Write the points, the draws of a posterior, and then what the store is: from then on it exists.

        Raises
        ------
        InputError
            If they cannot be written.
        """
        self._write(self.folder / POINTS, points, self._about_points)
        if posterior is not None:
            self._write(self.folder / POSTERIOR, posterior, self._about_posterior)
        sealed = self.record | {"content": _seal(self.record)}
        write_text(self.folder / RECORD, json.dumps(sealed, indent=1, ensure_ascii=False) + "\n", "--store")

    @property
    def _about_points(self) -> dict[str, Any]:
        return {"kind": KIND, "table": "points", "study": self.record["provenance"]["digest"]}

    @property
    def _about_posterior(self) -> dict[str, Any]:
        return {"kind": KIND, "table": "posterior", "digest": self.record["provenance"]["posterior"]["digest"]}

    def add(self, digest: str, tables: dict[str, pa.Table], series: tuple[str, ...] = ()) -> None:
        """Write a chunk, the table named ``runs`` last; `series` are those that it keeps.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        for name in sorted(tables, key=lambda table: table == "runs"):
            about = self._about(name, digest) | {"schema": STORE_SCHEMA, "version": version(), "series": series}
            self._write(self.path(name, digest), tables[name], about)

    def _about(self, table: str, digest: str) -> dict[str, Any]:
        """What a file of a chunk must say of itself."""
        results_version = self.record["provenance"]["results_version"]
        return {"kind": KIND, "results_version": results_version, "table": table, "digest": digest}

    def _write(self, path: Path, table: pa.Table, about: dict[str, Any]) -> None:
        try:
            path.parent.mkdir(exist_ok=True)
            write_checked(path, table, about)
        except OSError as error:
            mend = "What is done is kept. Make room or choose another store, then run the command again to go on."
            raise _unwritable(self.folder, error, mend) from None

    def read(self, table: str, digest: str) -> pa.Table:
        """A table of a chunk, checked.

        Raises
        ------
        InputError
            If it has been damaged since the store was examined.
        """
        path = self.path(table, digest)
        try:
            return read_checked(path, self._about(table, digest))
        except Unfit as reason:
            mend = "`smarketing experiment resume` sets it aside and makes its runs anew."
            raise InputError(str(path), "must be whole", Told(f"one that {reason}"), mend) from None

    def points(self) -> pa.Table | None:
        """The points as they were written, or None if their file is missing, damaged or of another plan."""
        try:
            return read_checked(self.folder / POINTS, self._about_points)
        except Unfit:
            return None

    def posterior(self) -> pa.Table | None:
        """The draws as they were written; None if their file is missing, damaged or of other draws."""
        try:
            return read_checked(self.folder / POSTERIOR, self._about_posterior)
        except Unfit:
            return None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Work on a store alone; half-written files of a work that was killed are removed.

        Raises
        ------
        InputError
            If another process works on it.
        """
        from filelock import FileLock, Timeout

        writable_folder(self.folder, "--store")
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            mend = "Wait until it has finished, or use another store; `smarketing experiment merge` joins stores."
            raise InputError("--store", "is being worked on by another process", str(self.folder), mend) from None
        except OSError as error:
            raise _unwritable(self.folder, error, "Choose another folder.") from None
        try:
            for half in half_written(self.folder):
                half.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def is_busy(self) -> bool:
        """Whether a process works on it at this moment."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.folder / LOCK).acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # a folder that can only be read is nobody's work
            return False

    def examine(self, columns: dict[str, tuple[str, ...]]) -> Contents:
        """Read and check every file of chunks.

        Parameters
        ----------
        columns : dict
            Columns by table that a chunk must have to be listed; a chunk with fewer is no fault.
        """
        import pyarrow as pa

        found = sorted(path for name in TABLES for path in (self.folder / name).glob("*"))
        files = [path for path in found if path.parent.name == "runs" and path.suffix == ".parquet"]
        with ThreadPoolExecutor(n_cpus()) as pool:
            seen = list(pool.map(lambda file: self._examined(file, columns), files))
        whole = [(file.stem, keys) for file, keys in zip(files, seen, strict=True) if isinstance(keys, pa.Table)]
        strange = [path for path in found if path.suffix not in (".parquet", ".part")]
        faults = [Fault(self._place(path), "is no Parquet file") for path in strange]
        faults += [fault for fault in seen if isinstance(fault, Fault)]
        tables = [keys for _, keys in whole]
        return Contents(tuple(digest for digest, _ in whole), pa.concat_tables([_no_keys(), *tables]), tuple(faults))

    def _examined(self, file: Path, columns: dict[str, tuple[str, ...]]) -> pa.Table | Fault | None:
        """Keys of a chunk's runs; what is wrong with it; or None where it keeps less than is asked for."""
        files = {}
        for name in sorted(columns, key=lambda table: table != "runs"):
            path = self.path(name, file.stem)
            if not path.exists():
                return None
            try:
                files[name] = open_checked(path, self._about(name, file.stem))
            except Unfit as reason:
                return Fault(self._place(path), str(reason))
            kept = said_of(files[name])["series"] if name == "series" else files[name].schema_arrow.names
            if not set(columns[name]) <= set(kept):
                return None
        return files["runs"].read(list(KEYS), use_threads=False).replace_schema_metadata(None)

    def set_aside(self, faults: tuple[Fault, ...]) -> None:
        """Move files that must not be read out of the way, and write down why.

        Raises
        ------
        InputError
            If they cannot be moved.
        """
        aside = self.folder / ASIDE
        for fault in faults:
            name = fault.file.replace("/", "-")
            names = chain([name], (f"{name}.{number}" for number in count(2)))
            try:
                aside.mkdir(exist_ok=True)
                place = next(aside / free for free in names if not (aside / free).exists())
                (self.folder / fault.file).rename(place)
                with (aside / "reasons.txt").open("a", encoding="utf-8") as notes:
                    notes.write(f"{place.name}: {fault.file} {fault.reason}\n")
            except OSError as error:
                raise _unwritable(self.folder, error, f"{fault.file} {fault.reason} and is to be set aside.") from None

    def _place(self, path: Path) -> str:
        return str(path.relative_to(self.folder))

    def n_aside(self) -> int:
        """Files that have been set aside."""
        return sum(1 for path in (self.folder / ASIDE).glob("*") if path.name != "reasons.txt")


def _no_keys() -> pa.Table:
    import pyarrow as pa

    types = (pa.string(), pa.int32(), pa.int64(), pa.string())
    return pa.schema(list(zip(KEYS, types, strict=True))).empty_table()


def _unwritable(folder: Path, error: OSError, mend: str) -> InputError:
    return InputError("--store", f"cannot be written ({error.strerror or error})", str(folder), mend)


def _seal(record: dict[str, Any]) -> str:
    """SHA-256 of a record, 64 hex digits."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def is_store(folder: Path) -> bool:
    """Whether a folder holds a study."""
    try:
        return (folder / RECORD).is_file()
    except OSError:  # a folder that may not be looked into
        return False


def is_free(folder: Path) -> bool:
    """Whether a folder may become a store: it is new, or holds only what a store holds that has lost its record."""
    try:
        own = {*OWN, *(path.name for path in half_written(folder))}
        return all(path.name in own for path in folder.iterdir())
    except OSError:  # there is none, or none to look into: who writes into it says so
        return True


def half_written(folder: Path) -> Iterator[Path]:
    """Files that a work which was killed has left half-written."""
    yield from folder.glob(f".{RECORD}.*")
    for place in (folder, *(folder / name for name in TABLES)):
        yield from place.glob(".*.part")


def open_store(folder: str | Path) -> Store:
    """A store that exists.

    Raises
    ------
    InputError
        If there is none, or one that this version cannot read.
    DamagedRecord
        If its record is not as it was written.
    """
    folder = Path(folder)
    field = str(folder / RECORD)
    anew = f"`smarketing experiment run PLAN --store {folder}` writes it anew and keeps all runs."
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except OSError as error:
        mend = "`smarketing experiment run PLAN --store FOLDER` makes one."
        rule = f"must be the folder of a study ({RECORD}: {error.strerror})"
        raise InputError("--store", rule, str(folder), mend) from None
    except (ValueError, RecursionError) as error:
        raise DamagedRecord(field, f"must be JSON ({error})", Told("something else"), anew) from None
    if not isinstance(record, dict) or record.get("kind") != KIND:
        raise InputError(
            field, f"must say that it is a {KIND}", Told("something else"), "This folder is of something else."
        )
    if not isinstance(record.get("schema"), int):
        raise DamagedRecord(field, "must say its schema", record.get("schema"), anew)
    seal = record.pop("content", None)
    if record["schema"] <= STORE_SCHEMA and seal != _seal(record):
        raise DamagedRecord(field, "must be as it was written", Told("one that has been changed"), anew)
    record = upgraded(record, field)
    if not _has_a_study(record):
        raise DamagedRecord(
            field, f"must have plan and provenance with {', '.join(NEEDED)}", Told("other fields"), anew
        )
    return Store(folder, record)


def _has_a_study(record: dict[str, Any]) -> bool:
    """Whether a record holds what every reader of a store looks for."""
    plan, about = record.get("plan"), record.get("provenance")
    return isinstance(plan, dict) and isinstance(about, dict) and set(NEEDED) <= set(about)


def upgraded(record: dict[str, Any], field: str) -> dict[str, Any]:
    """A store's record in the layout of today.

    Raises
    ------
    InputError
        If it was written by a later version.
    """
    while record["schema"] < STORE_SCHEMA:
        record = UPGRADES[record["schema"]](record) | {"schema": record["schema"] + 1}
    if record["schema"] > STORE_SCHEMA:
        newer = dict(record.get("provenance", {})).get("version", "of another version")
        mend = f"It was written by smarketing {newer}: pip install 'smarketing>={newer}'"
        raise InputError(f"{field}: schema", f"must be at most {STORE_SCHEMA}", record["schema"], mend)
    return record
