"""A plan of a study: a scenario, what is varied, which points are run, how often, and what is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME as OUTCOMES
from sim.domain.records import JOURNAL_FIELDS
from sim.spec.catalogue import bundled, load_scenario, read_toml
from sim.spec.designs import MOST_SEED, Design, Factor, GridDesign, Level, ListDesign, Replications, Sequential
from sim.spec.errors import input_error
from sim.spec.plan_rules import MOST_POINTS, RULES, check_plan, n_values
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
            raise ValueError(f"unknown {what} {name!r}. {did_you_mean(name, known)}")
        if name in seen:
            raise ValueError(f"names {name!r} twice")
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
    if path.suffix != ".toml" and path.parent == Path():
        shipped = bundled("experiments") / f"{source}.toml"
        if not shipped.is_file():
            mend = did_you_mean(str(source), plan_names()) + " Or name a file that ends in .toml."
            raise InputError("plan", "there is no plan of that name", str(source), mend)
        path = shipped
    return read_plan({"name": path.stem, **read_toml(path)}, path.parent, path.name)


def read_plan(
    content: Mapping[str, Any], folder: Path | None = None, where: str = "", base: Scenario | None = None
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

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    return _checked(content, folder or Path(), base, where)


def plan_with(plan: Plan, **changes: Any) -> Plan:
    """A plan with other fields, such as ``replications=200``; ``scenario`` may be a `Scenario`; None changes nothing.

    Raises
    ------
    InputError
        If the plan cannot be changed so.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    base = plan._base
    if "scenario" in given:
        base = given["scenario"] if isinstance(given["scenario"], Scenario) else None
        given["scenario"] = base.name if base else str(given["scenario"])
    return _checked({**dict(plan), **given}, plan._folder, base, "")


def _checked(content: Mapping[str, Any], folder: Path, base: Scenario | None, where: str) -> Plan:
    try:
        plan = Plan.model_validate(dict(content))
    except ValidationError as error:
        raise input_error(error, Plan, where or "plan") from None
    plan._folder, plan._base = folder, base
    check_plan(plan, base_of(plan), f"{where or 'plan'}: ")
    return plan


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
