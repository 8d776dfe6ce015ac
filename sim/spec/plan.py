"""A plan of a study: a scenario, what is varied, which points are run, how often, and what is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from sim.domain.errors import InputError, did_you_mean
from sim.domain.extensions import extensions, used_packages
from sim.domain.outcomes import BY_NAME as OUTCOMES
from sim.domain.outcomes import OWN_OUTCOMES
from sim.domain.records import JOURNAL_FIELDS
from sim.spec.catalogue import bundled, is_name, load_scenario, read_toml
from sim.spec.designs import MOST_SEED, Design, Factor, GridDesign, Level, ListDesign, Replications, Sequential
from sim.spec.errors import input_error
from sim.spec.plan_rules import MOST_POINTS, RULES, check_plan, n_values
from sim.spec.posterior import NONE, Posterior, posterior_of
from sim.spec.scenario import Scenario
from sim.spec.section import Section

SERIES = tuple(field.name for field in JOURNAL_FIELDS)


class Plan(Section):
    """A study: everything that decides its results but the version of the model."""

    name: str = Field(default="study", min_length=1, max_length=80)
    description: str = Field(default="", max_length=2000, description="what it answers")
    scenario: str = Field(
        default="mid", min_length=1, max_length=500, description="shipped scenario, or a file beside the plan"
    )
    posterior: str = Field(
        default="",
        max_length=500,
        description="file of draws of the scenario's uncertain values, beside the plan; left out: the scenario's own;"
        ' "none" for none',
    )
    seed: int = Field(default=1, ge=0, le=MOST_SEED, description="same plan and seed, same results")
    replications: Replications = Field(default=100, description="runs of each point, or until precise enough")
    outcomes: tuple[str, ...] = Field(default=(), description="outcomes to keep; left out: all")
    series: tuple[str, ...] = Field(default=(), description="columns of the journal to keep by week; left out: none")
    tables: tuple[Literal["deals", "incidents", "events"], ...] = Field(
        default=(), description="tables of every deal, dispute or event of a lead to keep; left out: none"
    )
    on_error: Literal["record", "stop"] = Field(
        default="record", description="whether a point that fails is noted, or the study stopped"
    )
    design: Design = Field(description="which points are run")
    factors: dict[str, Factor] = Field(default_factory=dict, max_length=500, description="what is varied, by name")
    points: tuple[dict[str, Level], ...] = Field(
        default=(), max_length=MOST_POINTS, description="points of a list, each with its value by factor"
    )
    baseline: dict[str, Level] = Field(
        default_factory=dict, description="values of the point that others are compared with; left out: the first"
    )
    _folder: Path = PrivateAttr(default_factory=Path)
    _base: Scenario | None = PrivateAttr(default=None)
    _posterior: Posterior | None = PrivateAttr(default=None)

    @field_validator("outcomes")
    @classmethod
    def _outcomes_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _known(names, OUTCOMES, "outcome")

    @field_validator("series")
    @classmethod
    def _series_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _known(names, SERIES, "column of the journal")

    @field_validator("tables")
    @classmethod
    def _tables_are_named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _known(names, names, "table")

    @model_validator(mode="after")
    def _is_a_study(self) -> Plan:
        for rule in RULES:
            rule(self)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Factors in their order: as the plan gives them, or as they first appear in its points."""
        return tuple(self.factors) or tuple(dict.fromkeys(chain.from_iterable(self.points)))

    @property
    def n_points(self) -> int:
        """Points of the study."""
        if isinstance(self.design, ListDesign):
            return len(self.points)
        if isinstance(self.design, GridDesign):
            return math.prod(n_values(factor) for factor in self.factors.values())
        return self.design.n_points(len(self.factors))

    @property
    def most_replications(self) -> int:
        """Runs that a point may have."""
        return self.replications.maximum if isinstance(self.replications, Sequential) else self.replications


def _known(names: tuple[str, ...], known: Any, what: str) -> tuple[str, ...]:
    seen: set[str] = set()
    for name in names:
        if name not in known:
            raise InputError("", f"unknown {what}", name, did_you_mean(name, known))
        if name in seen:
            raise InputError("", "must name each once", name, "Leave one of them out.")
        seen.add(name)
    return names


def plan_names() -> list[str]:
    """Names of the shipped plans."""
    return sorted(path.stem for path in bundled("experiments").glob("*.toml"))


def load_plan(source: str | Path) -> Plan:
    """A shipped plan by name, or one from a TOML file.

    Raises
    ------
    InputError
        If there is no such plan or file, or if it does not hold what a plan must.

    Examples
    --------
    >>> load_plan("grid").n_points
    92
    """
    path = Path(source)
    if is_name(source):
        shipped = bundled("experiments") / f"{source}.toml"
        if not shipped.is_file():
            mend = did_you_mean(str(source), plan_names()) + " Or name a file that ends in .toml."
            raise InputError("plan", "there is no plan of that name", str(source), mend)
        path = shipped
    return read_plan({"name": path.stem, **read_toml(path)}, path.parent, path.name)


def outcomes_kept(plan: Plan) -> tuple[str, ...]:
    """Outcomes that a plan keeps: those that it names, else ours and those of extensions that it or its scenario uses.

    So a store is complete whatever else is installed.
    """
    if plan.outcomes:
        return plan.outcomes
    ours = tuple(outcome.name for outcome in OWN_OUTCOMES)
    if not extensions():
        return ours
    used = used_packages(json.dumps([plan.model_dump(mode="json"), base_of(plan).model_dump(mode="json")]))
    return (*ours, *(name for name, outcome in OUTCOMES.items() if outcome.package in used))


def read_plan(
    content: Mapping[str, Any],
    folder: Path | None = None,
    where: str = "",
    base: Scenario | None = None,
    posterior: Posterior | None = None,
) -> Plan:
    """Validate a plan, and that its scenario has what it varies.

    Parameters
    ----------
    content : mapping
        As a file gives it.
    folder : Path, optional
        Where a scenario file that the plan names is looked for; by default the folder one is in.
    where : str
        Name of the file, for messages.
    base : Scenario, optional
        What is varied, where it is no longer to be looked for by its name.
    posterior : Posterior, optional
        Draws that are at hand, so that they are not looked for by the name of their file.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    return _checked(content, (folder or Path(), where), base, posterior)


def plan_with(plan: Plan, **changes: Any) -> Plan:
    """A plan with other fields, such as ``replications=200``; None changes nothing.

    ``scenario`` may be a `Scenario`, ``posterior`` a `Posterior`.

    Raises
    ------
    InputError
        If the plan cannot be changed so.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    base, draws = plan._base, plan._posterior
    if "scenario" in given:
        base = given["scenario"] if isinstance(given["scenario"], Scenario) else None
        given["scenario"] = base.name if base else str(given["scenario"])
        draws = None
    asked = given.pop("posterior", None)
    changed = _checked({**dict(plan), **given}, (plan._folder, ""), base, draws)
    return changed if asked is None else _with_posterior(changed, asked)


def _with_posterior(plan: Plan, asked: str | Path | Posterior) -> Plan:
    """A plan over other draws: a file that is named here and now, relative to no plan, or none."""
    draws = posterior_of(base_of(plan), asked)
    named = draws.file if draws else NONE
    return _checked({**dict(plan), "posterior": named}, (plan._folder, ""), plan._base, draws)


def _checked(
    content: Mapping[str, Any], place: tuple[Path, str], base: Scenario | None, posterior: Posterior | None
) -> Plan:
    """A plan that holds; `place` is the folder of what it names, and the name of its own file."""
    folder, where = place
    try:
        plan = Plan.model_validate(dict(content))
    except ValidationError as error:
        raise input_error(error, Plan, where or "plan") from None
    plan._folder, plan._base = folder, base
    check_plan(plan, base_of(plan), f"{where or 'plan'}: ")
    plan._posterior = posterior_of(base_of(plan), posterior or _named_posterior(plan))
    return plan


def _named_posterior(plan: Plan) -> str | Path | None:
    """What a plan says of a posterior: a file, that there is none, or nothing."""
    if plan.posterior in ("", NONE):
        return plan.posterior or None
    return plan._folder / plan.posterior


def posterior_in(plan: Plan) -> Posterior | None:
    """The posterior over whose draws a plan runs, its own or its scenario's; None where there is none."""
    return plan._posterior


def base_of(plan: Plan) -> Scenario:
    """The scenario that a plan varies.

    Raises
    ------
    InputError
        If there is no such scenario or file.
    """
    if plan._base is not None:
        return plan._base
    is_file = Path(plan.scenario).suffix == ".toml"
    return load_scenario(plan._folder / plan.scenario if is_file else plan.scenario)
