"""Making a result again from its own record, to equal bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.domain.errors import InputError
from sim.domain.extensions import check_extensions
from sim.ensemble.comparison import compare, run
from sim.ensemble.experiment import Experiment, load
from sim.ensemble.provenance import check_results_version, posterior_used
from sim.ensemble.store import is_store
from sim.ensemble.work import Keep, run_task
from sim.spec.catalogue import read_scenario, relationships_of
from sim.spec.posterior import NONE

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
        If it is no result, was made with other results, or rests on an extension that is not here: naming what to
        install.
    """
    path = Path(result)
    if path.is_dir() or is_store(path):
        return _replay_store(load(path), sample)
    document = _document(path)
    check_extensions(document, str(path))
    check_results_version(document["provenance"], str(path))
    return _replay_run(document) if "outcomes" in document else _replay_comparison(document)


def _document(path: Path) -> dict[str, Any]:
    mend = "Give a file that `smarketing run` or `compare` wrote with --format json, or the folder of a study."
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("RESULT", f"cannot be read ({error.strerror})", str(path), mend) from None
    except (ValueError, RecursionError):
        raise InputError("RESULT", "must be JSON or the folder of a study", str(path), mend) from None
    if not _is_result(document):
        raise InputError("RESULT", "must be a result of smarketing", str(path), mend)
    return document


def _is_result(document: Any) -> bool:
    """Whether a document has all that it takes to make it again."""
    if not isinstance(document, dict) or not isinstance(document.get("provenance"), dict):
        return False
    if not {"scenario", "seed", "results_version", "version"} <= set(document["provenance"]):
        return False
    if isinstance(document.get("outcomes"), dict):
        return True
    rows = document.get("rows")
    of_scenarios = isinstance(rows, list) and all(
        isinstance(row, dict) and {"scenario", "outcome"} <= set(row) for row in rows
    )
    return of_scenarios and bool(rows) and "replications" in document["provenance"]


def _replay_run(document: dict[str, Any]) -> Replay:
    made = run(read_scenario(document["provenance"]["scenario"]), seed=document["provenance"]["seed"])
    return Replay("a run", tuple(_differences(document["outcomes"], made.outcomes, "")))


def _replay_comparison(document: dict[str, Any]) -> Replay:
    """Compare again: types and interventions are told by the ids of the rows."""
    provenance = document["provenance"]
    scenario = read_scenario(provenance["scenario"])
    ids = list(dict.fromkeys(row["scenario"] for row in document["rows"]))
    types = [name for name in ids if name in relationships_of(scenario)]
    uses = [name for name in ids if name not in types]
    about = provenance.get("posterior")
    made = compare(
        scenario,
        relationships=(about["types"] if about and uses else types) or None,
        interventions=uses or None,
        replications=provenance["replications"],
        seed=provenance["seed"],
        posterior=posterior_used(about) if about else NONE,
    )
    now = {_key(row): row for row in json.loads(made.json())["rows"]}
    then = {_key(row): row for row in document["rows"]}
    told = [f"{', '.join(key)}: is not in the result" for key in now if key not in then]
    for key, row in then.items():
        told += _differences(row, now.get(key, {}), f"{', '.join(key)}: ")
    return Replay(f"a comparison of {len(ids)} scenarios", tuple(told))


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return str(row["scenario"]), str(row["outcome"])


def _differences(then: dict[str, Any], now: dict[str, Any], where: str) -> list[str]:
    """What of a record is not the same now, in words."""
    names = dict.fromkeys([*then, *now])
    pairs = [(name, then.get(name, "missing"), now.get(name, "missing")) for name in names]
    return [f"{where}{name} was {was}, is {this}" for name, was, this in pairs if was != this]


def _replay_store(study: Experiment, sample: int | None) -> Replay:
    check_extensions(study.store.record, str(study.store.folder))
    check_results_version(study.provenance, str(study.store.folder))
    runs = study.sql("SELECT * FROM runs WHERE status = 'done'")
    n = len(runs) if sample is None else min(sample, len(runs))
    chosen = runs.iloc[np.unique(np.linspace(0, len(runs) - 1, n).astype(int))] if n else runs
    told = [difference for row in _records(chosen) for difference in _differences_of_run(study, row)]
    return Replay(f"{len(chosen)} of {len(runs)} runs", tuple(told))


def _differences_of_run(study: Experiment, then: dict[str, Any]) -> list[str]:
    sweep, first = study.sweep, int(then["replication"])
    place = sweep.points.place[then["point_id"]]
    task = sweep.task([place], range(first, first + 1), Keep(sweep.keep.outcomes))
    made = _records(run_task(task)["runs"].to_pandas())
    return _differences(then, made[0] if made else {}, f"point {then['point_id']}, replication {first}: ")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what does not exist is None."""
    rows: list[Any] = frame.to_dict("records")
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in rows]
