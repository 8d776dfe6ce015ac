"""Studies of the pages: from a form to a plan, where studies lie, and what may be taken away of them."""

from __future__ import annotations

import functools
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from sim.app.links import MOST_TEXT, is_own, named
from sim.app.my_work import folder
from sim.domain.errors import InputError, did_you_mean
from sim.ensemble.experiment import RESULTS
from sim.ensemble.provenance import plan_digest
from sim.ensemble.store import is_store
from sim.spec.catalogue import interventions_of, relationships_of
from sim.spec.designs import MOST_SEED
from sim.spec.edit import with_interventions
from sim.spec.plan import Plan, base_of, load_plan, plan_names, plan_with, read_plan
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: What a form may ask: relationship types and interventions, doses of one intervention, pairs of several.
GRID, DOSES, PAIRS = "grid", "doses", "pairs"
#: A page runs no larger study than this; the command line does.
MOST_RUNS, MOST_REPLICATIONS, MOST_CHOSEN = 40_000, 1000, 40
#: Multiples of the usual dose that a curve tries.
DOSE_STEPS = (0.25, 0.5, 1.0, 1.5, 2.0)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}")


@dataclass(frozen=True)
class Form:
    """What a visitor has filled in.

    Parameters
    ----------
    kind : str
        GRID, DOSES, PAIRS, or the name of a shipped plan.
    scenario : str
        Name of a shipped scenario, or of one's own.
    types : tuple of str
        Relationship types, of a grid.
    interventions : tuple of str
        By name: on top of each type in a grid, one of which the dose is varied, or those that are paired.
    replications : int
        Runs of each point.
    seed : int
        Luck.
    """

    kind: str = GRID
    scenario: str = "mid"
    types: tuple[str, ...] = ("undefined", "integrated")
    interventions: tuple[str, ...] = ()
    replications: int = 100
    seed: int = 1


def read_form(content: Mapping[str, Any]) -> Form:
    """What a browser has sent, held to what a form may be.

    Raises
    ------
    InputError
        Naming what is wrong.
    """
    usual = Form()
    return Form(
        kind=str(content.get("kind", usual.kind))[:80],
        scenario=str(content.get("scenario", usual.scenario))[:80],
        types=_texts(content.get("types", usual.types), "types"),
        interventions=_texts(content.get("interventions", ()), "interventions"),
        replications=_whole(content.get("replications", usual.replications), "replications", 2, MOST_REPLICATIONS),
        seed=_whole(content.get("seed", usual.seed), "seed", 0, MOST_SEED),
    )


def _texts(values: Any, field: str) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or len(values) > MOST_CHOSEN:
        raise InputError(field, f"must be a list of at most {MOST_CHOSEN}", type(values).__name__, "Choose fewer.")
    return tuple(dict.fromkeys(str(value)[:80] for value in values))


def _whole(value: Any, field: str, low: int, high: int) -> int:
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not low <= int(text) <= high:
        raise InputError(field, f"must be a whole number from {low} to {high}", text[:40], "Write digits alone.")
    return int(text)


def form_query(form: Form) -> str:
    """A form as the query of an address.

    Examples
    --------
    >>> form_query(Form(kind="doses", interventions=("liaison",)))
    'kind=doses&scenario=mid&type=undefined&type=integrated&intervention=liaison&replications=100&seed=1'
    """
    pairs = [("kind", form.kind), ("scenario", form.scenario), *(("type", name) for name in form.types)]
    pairs += [("intervention", name) for name in form.interventions]
    return urlencode([*pairs, ("replications", form.replications), ("seed", form.seed)])


def form_of_query(query: str) -> Form:
    """The form that an address fills in; what it does not say is as usual.

    Raises
    ------
    InputError
        If it names what a form cannot be.
    """
    said = parse_qs(query[:MOST_TEXT], keep_blank_values=True)
    content: dict[str, Any] = {
        name: said[name][-1] for name in ("kind", "scenario", "replications", "seed") if name in said
    }
    content |= {f"{name}s": said[name] for name in ("type", "intervention") if name in said}
    return read_form(content)


def plan_of(form: Form) -> Plan:
    """The plan of a form.

    Raises
    ------
    InputError
        If it asks for nothing, for what is unknown, or for more than a page may run.
    """
    plan = _shipped(form) if form.kind in plan_names() and form.kind not in MAKERS else _made(form)
    runs = plan.n_points * plan.most_replications
    if runs > MOST_RUNS:
        mend = f"Ask for fewer replications, or run it on the command line: smarketing experiment run {plan.name}."
        raise InputError("replications", f"must come to at most {MOST_RUNS:,} runs on a page", f"{runs:,}", mend)
    return plan


def _shipped(form: Form) -> Plan:
    plan = load_plan(form.kind)
    return plan_with(plan, scenario=named(form.scenario), seed=form.seed, replications=form.replications)


def _made(form: Form) -> Plan:
    if form.kind not in MAKERS:
        raise InputError("question", "unknown question", form.kind, did_you_mean(form.kind, [*MAKERS, *plan_names()]))
    base = named(form.scenario)
    for name in form.interventions:
        with_interventions(base, name)
    source = form.scenario + (".toml" if is_own(form.scenario) else "")
    content = {"name": form.kind, "scenario": source, "seed": form.seed, "replications": form.replications}
    return read_plan(content | MAKERS[form.kind](form, base), base=base)


def _grid(form: Form, base: Scenario) -> dict[str, Any]:
    unknown = [name for name in form.types if name not in relationships_of(base)]
    if unknown or not form.types:
        raise InputError(
            "types",
            f"must be some of {', '.join(relationships_of(base))}",
            ", ".join(unknown) or "none",
            "Choose from the list.",
        )
    if len(form.types) + len(form.interventions) < 2:
        raise InputError(
            "types",
            "must be two types, or one with an intervention",
            form.types[0],
            "Choose another type, or add an intervention.",
        )
    factors = {"relationship": list(form.types)}
    if form.interventions:
        factors["interventions"] = ["", *form.interventions]
    text = "Which relationship type, and which intervention on top of it?"
    return {"description": text, "design": {"kind": "grid"}, "factors": factors}


def _doses(form: Form, base: Scenario) -> dict[str, Any]:
    if len(form.interventions) != 1:
        raise InputError("interventions", "must be one, to vary its dose", len(form.interventions), "Choose one.")
    (name,) = form.interventions
    action = interventions_of(base)[name]
    doses = [step * action.default_dose for step in DOSE_STEPS]
    doses = [dose for dose in dict.fromkeys(doses) if action.least <= dose <= action.most]
    path = f"interventions.{name}.dose"
    text = f"How much of it: {action.label}, from nothing to more than usual."
    return {"description": text, "design": {"kind": "list"}, "points": [{path: dose} for dose in (0, *doses)]}


def _pairs(form: Form, _: Scenario) -> dict[str, Any]:
    if not 2 <= len(form.interventions) <= 8:
        raise InputError(
            "interventions",
            "must be two to eight, to be paired",
            len(form.interventions),
            "Choose two or more, at most eight.",
        )
    pairs = ["+".join(pair) for pair in combinations(form.interventions, 2)]
    factors = {"interventions": ["", *form.interventions, *pairs]}
    text = "Do interventions add up, alone and in pairs?"
    return {"description": text, "design": {"kind": "grid"}, "factors": factors}


MAKERS = {GRID: _grid, DOSES: _doses, PAIRS: _pairs}


def choices() -> dict[str, Any]:
    """What a form offers: shipped plans with their questions."""
    own = {"grid", "pairs", "dose_response"}
    return {name: load_plan(name).description for name in plan_names() if name not in own}


def study_folder() -> Path:
    """Where studies of the pages lie."""
    return folder() / "studies"


def name_of(plan: Plan) -> str:
    """Name of a plan's study: equal plans share one, so that nothing is run twice."""
    return f"{plan.name}-{plan_digest(plan, base_of(plan))[:8]}"


def study_names() -> list[str]:
    """Names of the studies that are there: those of the pages, and those of the command line in ``results``."""
    return sorted({path.name for place in _places() for path in _inside(place) if is_store(path)})


def _places() -> tuple[Path, ...]:
    return study_folder(), RESULTS


def _inside(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []


def study_at(name: str) -> Path:
    """Folder of a study by its name; names of folders elsewhere are none.

    Raises
    ------
    InputError
        If there is none.
    """
    if _NAME.fullmatch(name) and name in study_names():
        return next(place / name for place in _places() if is_store(place / name))
    raise InputError("study", "there is no such study", name[:80], did_you_mean(name[:80], study_names()))


@functools.lru_cache(maxsize=8)
def _page(folder: str, done: int) -> str:
    from sim.ensemble.experiment import load
    from sim.report.study_page import study_page

    return study_page(load(folder))


def report_of(study: Experiment) -> str:
    """The report of a study as one HTML file, made once for as many runs as are done."""
    return _page(str(study.store.folder), study.status.done)


def zipped(study: Experiment, format: str) -> bytes:
    """Every table of a study and its provenance in a ZIP file."""
    with tempfile.TemporaryDirectory() as place:
        return _zip(study.export(place, format))


def zipped_pictures(study: Experiment) -> bytes:
    """Every picture of a study as SVG and PNG in a ZIP file."""
    from sim.report.study_page import parts_of, write_pictures

    with tempfile.TemporaryDirectory() as place:
        return _zip(write_pictures(study, parts_of(study), Path(place)))


def _zip(files: list[Path]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return memory.getvalue()
