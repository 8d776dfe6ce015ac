"""Making a result again from its own record, to equal bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.domain.errors import InputError
from sim.ensemble.comparison import compare, run
from sim.ensemble.experiment import Experiment, load
from sim.ensemble.provenance import check_results_version
from sim.ensemble.store import is_store
from sim.ensemble.work import Task, run_task
from sim.spec.catalogue import read_scenario, relationships_of

#: Runs of a store that are made again unless all are asked for.
SAMPLE = 20


@dataclass(frozen=True)
class Replay:
    """What came of making a result again.

    Parameters
    ----------
    what : str
        Such as ``20 of 18400 runs``.
    differences : tuple of str
        Where it differs; none where every byte is equal.
    """

    what: str
    differences: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every byte is equal."""
        return not self.differences


def replay(result: str | Path, *, sample: int | None = SAMPLE) -> Replay:
    """Make a result again: a run or comparison as JSON, or runs of a store.

    Parameters
    ----------
    result : str or Path
        A file that ``--format json`` wrote, or the folder of a study.
    sample : int, optional
        Runs of a store, spread evenly; None for all.

    Raises
    ------
    InputError
        If it is no result, or was made with other results, naming the version to install.
    """
    path = Path(result)
    if path.is_dir() or is_store(path):
        return _replay_store(load(path), sample)
    document = _document(path)
    check_results_version(document["provenance"], str(path))
    return _replay_run(document) if "outcomes" in document else _replay_comparison(document)


def _document(path: Path) -> dict[str, Any]:
    mend = "Give a file that `smarketing run` or `compare` wrote with --format json, or the folder of a study."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("RESULT", f"cannot be read ({error.strerror})", str(path), mend) from None
    except ValueError:
        raise InputError("RESULT", "must be JSON or the folder of a study", str(path), mend) from None
    if not isinstance(document, dict) or "provenance" not in document or not {"outcomes", "rows"} & set(document):
        raise InputError("RESULT", "must be a result of smarketing", str(path), mend)
    return document


def _replay_run(document: dict[str, Any]) -> Replay:
    made = run(read_scenario(document["provenance"]["scenario"]), seed=document["provenance"]["seed"])
    then, now = document["outcomes"], made.outcomes
    return Replay(
        "a run",
        tuple(f"{name}: {then[name]} then, {now.get(name)} now" for name in then if then[name] != now.get(name)),
    )


def _replay_comparison(document: dict[str, Any]) -> Replay:
    """Compare again: types and interventions are told by the ids of the rows."""
    provenance = document["provenance"]
    scenario = read_scenario(provenance["scenario"])
    ids = list(dict.fromkeys(row["scenario"] for row in document["rows"]))
    types = [name for name in ids if name in relationships_of(scenario)]
    made = compare(
        scenario,
        relationships=types or None,
        interventions=[name for name in ids if name not in types] or None,
        replications=provenance["replications"],
        seed=provenance["seed"],
    )
    now = {(row["scenario"], row["outcome"]): row for row in json.loads(made.json())["rows"]}
    told = [
        difference
        for row in document["rows"]
        for difference in _differences(
            row, now[row["scenario"], row["outcome"]], f"{row['scenario']}, {row['outcome']}: "
        )
    ]
    return Replay(f"a comparison of {len(ids)} scenarios", tuple(told))


def _differences(then: dict[str, Any], now: dict[str, Any], where: str) -> list[str]:
    """What of a record is not the same now, in words."""
    return [f"{where}{name} was {value}, is {now.get(name)}" for name, value in then.items() if now.get(name) != value]


def _replay_store(study: Experiment, sample: int | None) -> Replay:
    check_results_version(study.provenance, str(study.store.folder))
    runs = study.sql("SELECT * FROM runs WHERE status = 'done'")
    n = len(runs) if sample is None else min(sample, len(runs))
    chosen = runs.iloc[np.unique(np.linspace(0, len(runs) - 1, n).astype(int))] if n else runs
    told = [difference for row in _records(chosen) for difference in _differences_of_run(study, row)]
    return Replay(f"{len(chosen)} of {len(runs)} runs", tuple(told))


def _differences_of_run(study: Experiment, then: dict[str, Any]) -> list[str]:
    sweep, first = study.sweep, int(then["replication"])
    place = sweep.points.place[then["point_id"]]
    task = Task((sweep.points.source(place),), range(first, first + 1), study.plan.seed, sweep.keep)
    now = _records(run_task(task)["runs"].to_pandas())[0]
    return _differences(then, now, f"point {then['point_id']}, replication {first}: ")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what does not exist is None."""
    rows: list[Any] = frame.to_dict("records")
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in rows]
