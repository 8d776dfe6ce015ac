"""Reading a study of any size: DuckDB over the files of its store, in the order of its points."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.domain.errors import InputError
from sim.ensemble.files import ABOUT
from sim.ensemble.points import StudyPoints
from sim.ensemble.store import Store
from sim.ensemble.sweep import Progress
from sim.ensemble.work import KEY, Keep

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

#: How DuckDB writes each format; one thread, so that equal tables give equal bytes.
FORMATS = {
    "csv": "FORMAT csv, HEADER true",
    "parquet": "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000",
    "json": "FORMAT json, ARRAY true",
}
MEMORY = "1GB"
RUN_COLUMNS = (*KEY, "seed", "status", "error")
#: What rows of a run are sorted by; by their own order in other tables.
ORDER = {"runs": (), "series": ("name", "day")}


@dataclass(frozen=True)
class Reading:
    """The tables of a study as they stand in a store.

    Parameters
    ----------
    store : Store
        Where they lie.
    points : StudyPoints
        In the order of the tables.
    keep : Keep
        Which tables there are.
    digests : tuple of str
        Chunks that have been checked.
    counts : numpy.ndarray
        Replications of each distinct point that belong to the study.
    state : Progress
        What is done and what failed.
    has_twins : bool
        Whether a run stands in more than one chunk; it is read once.
    """

    store: Store
    points: StudyPoints
    keep: Keep
    digests: tuple[str, ...]
    counts: Any
    state: Progress
    has_twins: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Tables, the points first."""
        return ("points", *reversed(self.keep.tables))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view for each table; memory is bounded, and what is larger goes to disk."""
        import duckdb

        connection = duckdb.connect()
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = {_quoted(self.store.folder / '.spill')}")
        connection.execute("SET enable_progress_bar = false")
        connection.register("points", self.points.table())
        connection.register("planned", self._planned())
        for name in self.keep.tables:
            connection.execute(f"CREATE VIEW {name} AS {self._select(name)}")
        return connection

    def frame(self, name: str) -> pd.DataFrame:
        """A table for pandas."""
        with self.connect() as connection:
            frame: pd.DataFrame = connection.sql(f"SELECT * FROM {name}").df()
            return frame

    def write(self, name: str, path: Path, format: str) -> None:
        """Write a table, sorted; equal studies give equal bytes.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        import duckdb

        part = path.with_name(f".{path.name}.part")
        try:
            with self.connect() as connection:
                connection.execute("SET threads = 1")
                connection.execute(f"COPY (SELECT * FROM {name}) TO {_quoted(part)} ({self._options(format)})")
            part.replace(path)
        except (OSError, duckdb.IOException) as error:
            part.unlink(missing_ok=True)
            rule = f"cannot be written ({' '.join(str(error).split())})"
            raise InputError("--out", rule, str(path), "Make room or choose another folder.") from None

    def _options(self, format: str) -> str:
        """How a table is written; Parquet says what it comes from, by what decides its content alone."""
        if format != "parquet":
            return FORMATS[format]
        provenance = self.store.record["provenance"]
        about = {name: provenance[name] for name in ("software", "results_version", "scenario_name", "digest", "seed")}
        text = json.dumps(about | {"plan": self.store.record["plan"]}, sort_keys=True)
        return f"{FORMATS[format]}, KV_METADATA {{{ABOUT.decode()}: {_quoted(text)}}}"

    def _select(self, name: str) -> str:
        order = ["planned.place", "t.draw", "t.replication"] + [f"t.{column}" for column in ORDER.get(name, ("row",))]
        if not self.digests:
            return f"SELECT * FROM {self._nothing(name)} WHERE false"
        kept = f" AND t.name IN ({', '.join(map(_quoted, self.keep.series))})" if name == "series" else ""
        return (
            f"SELECT {self._columns(name)} FROM {self._files(name)} t JOIN planned USING (point_id)"
            f" WHERE t.replication < planned.replications{kept} ORDER BY {', '.join(order)}"
        )

    def _files(self, name: str) -> str:
        files = ", ".join(_quoted(self.store.path(name, digest)) for digest in self.digests)
        source = f"read_parquet([{files}], union_by_name = true, filename = {str(self.has_twins).lower()})"
        if not self.has_twins:
            return source
        once = f"filename = min(filename) OVER (PARTITION BY {', '.join(KEY)})"
        return f"(SELECT * EXCLUDE (filename) FROM {source} QUALIFY {once})"

    def _columns(self, name: str) -> str:
        """Columns of a table; of the runs only those outcomes that the plan keeps, in its order."""
        if name != "runs":
            return "t.*"
        return ", ".join(f"t.{_name(column)}" for column in (*RUN_COLUMNS, *self.keep.outcomes))

    def _nothing(self, name: str) -> str:
        """A table of a study of which nothing is done."""
        from sim.ensemble.work import Task, run_task

        empty = run_task(Task((), range(0), 0, self.keep))[name]
        return "(SELECT " + ", ".join(f"NULL::{_kind(field)} AS {_name(field.name)}" for field in empty.schema) + ")"

    def _planned(self) -> pa.Table:
        """Replications of each distinct point; of one whose first has failed, only that one."""
        import pyarrow as pa

        ids = [self.points.ids[row] for row in self.points.distinct]
        counts = np.where(self.state.poisoned, 1, self.counts)
        places = np.arange(len(ids))
        return pa.table({"point_id": pa.array(ids, pa.string()), "place": places, "replications": counts})


def _kind(field: Any) -> str:
    return {"string": "VARCHAR", "double": "DOUBLE"}.get(str(field.type), "BIGINT")


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
