"""Doors of what the product has written itself: stores of studies, and results as JSON."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from sim.spec.scenario import Scenario
from tests.adversarial.mutations import spoilt, spoilt_bytes


@functools.cache
def small_store() -> Path:
    """A complete study of two points, made once a process."""
    from tests.unit.small_studies import plan_of, run

    place = Path(tempfile.mkdtemp(prefix="smarketing-fuzz-")) / "store"
    run(plan_of(replications=2, factors={"relationship": ["undefined", "integrated"]}), place)
    return place


def store(luck: Random, folder: Path) -> Any:
    """A study on disk of which files were changed, cut, removed or put in."""
    from sim.ensemble.experiment import load

    place = folder / "store"
    shutil.copytree(small_store(), place)
    for _ in range(luck.randint(1, 2)):
        _spoil_store(luck, place)
    study = load(place)
    status = study.status
    if luck.random() < 0.3:
        study.table("runs")
    return status


def _spoil_store(luck: Random, place: Path) -> None:
    from sim.ensemble.store import RECORD

    files = sorted(path for path in place.rglob("*") if path.is_file())
    if not files:
        return
    file, way = luck.choice([place / RECORD, *files]), luck.random()
    if not file.exists() or way < 0.1:
        file.unlink(missing_ok=True)
    elif file.name == RECORD and way < 0.7:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            return
        changed = spoilt(luck, document)
        if luck.random() < 0.6 and isinstance(changed, dict):
            from sim.ensemble.store import _seal

            changed.pop("content", None)
            changed["content"] = _sealed(changed, _seal)
        file.write_text(json.dumps(changed, default=str), encoding="utf-8", errors="replace")
    elif way < 0.9:
        file.write_bytes(spoilt_bytes(luck, file.read_bytes()))
    else:
        (file.parent / luck.choice(("junk.parquet", "junk.txt", ".x.part"))).write_bytes(luck.randbytes(50))


def _sealed(record: dict[str, Any], seal: Callable[[dict[str, Any]], str]) -> str:
    """The seal of a record that somebody changed with all the means of a programmer."""
    return seal(json.loads(json.dumps(record, default=str)))


@functools.cache
def results() -> tuple[dict[str, Any], ...]:
    """One result of each kind that a page can be made of."""
    from sim.ensemble.comparison import compare, run
    from tests.unit.small_studies import firm

    short = firm()
    documents = [run(short, seed=1).document(), json.loads(compare(short, replications=3).json())]
    documents.append(json.loads(compare(short, interventions=["liaison"], replications=3).json()))
    stored = Path(__file__).parents[1] / "golden" / "calibration.json"
    return (*documents, json.loads(stored.read_text(encoding="utf-8")), *_more_results(short))


def _more_results(short: Scenario) -> list[dict[str, Any]]:
    """An attribution, an explanation and a decision of a tiny firm."""
    from sim.decide.decision import decide
    from sim.explain.attribution import attribute
    from sim.explain.explanation import explain
    from sim.explain.explanation_json import explanation_json

    with tempfile.TemporaryDirectory() as place:
        split = attribute(short, interventions=["liaison", "collocation"], replications=2, store=Path(place) / "a")
        options: dict[str, Any] = {"interventions": ["liaison"], "replications": 20, "horizon": 65}
        chosen = decide(short, budget=1e6, **options, store=Path(place) / "d")
        told = explain(short, relationships=["undefined", "integrated"], leads=2)
        return [json.loads(split.json()), json.loads(chosen.json()), json.loads(explanation_json(told))]


def result(luck: Random, folder: Path) -> Any:
    """A result as JSON, given to `report` and, where it is one, to `replay`."""
    from sim.ensemble.replay import replay
    from sim.report.results import read_result, result_page

    document = luck.choice(results())
    file = folder / "result.json"
    file.write_bytes(_spoilt_json(luck, document))
    if luck.random() < 0.15:
        return replay(_short_enough(file))
    _, content = read_result(file)
    return result_page(content)


def _spoilt_json(luck: Random, document: dict[str, Any]) -> bytes:
    way = luck.random()
    if way < 0.75:
        return json.dumps(spoilt(luck, document), default=str).encode(errors="surrogatepass")
    if way < 0.78:
        deep = luck.choice((b"[", b'{"a":')) * luck.choice((100, 3000, 100_000))
        return b'{"provenance": ' + deep
    return spoilt_bytes(luck, json.dumps(document).encode())


def _short_enough(file: Path) -> Path:
    """The same file, or one that asks for few and short runs: that many runs take long is no fault."""
    try:
        document = json.loads(file.read_bytes())
        about = document["provenance"]
        if isinstance(about.get("replications"), int) and about["replications"] > 3:
            about["replications"] = 3
        run = about["scenario"]["run"]
        if run["days"] > 20 or run["warmup_days"] > 20 or about["scenario"]["people"]["units"] > 2:
            about["scenario"] = 5
        file.write_text(json.dumps(document), encoding="utf-8")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return file
