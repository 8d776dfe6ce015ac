"""What must hold of a plan as a whole, and of a plan with the scenario that it varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError, Told, did_you_mean
from sim.domain.outcomes import BY_NAME as OUTCOMES
from sim.spec.designs import Range, Sequential, check_whole_range
from sim.spec.factors import NAMES, check_factor, check_setting, is_whole
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    from sim.spec.plan import Plan

MOST_POINTS = 200_000
MOST_RUNS = 20_000_000


def n_values(factor: Range | tuple[Any, ...]) -> int:
    """Values that a factor takes in a grid."""
    return (factor.steps or 0) if isinstance(factor, Range) else len(factor)


def _has_factors_or_points(plan: Plan) -> None:
    if plan.design.kind == "list":
        if plan.factors:
            raise InputError(
                "factors", "have no meaning in a list", ", ".join(plan.factors), "Give the values in [[points]]."
            )
        if not plan.points:
            raise InputError("points", "must be given for a list", None, "One [[points]] table each.")
        return
    if plan.points:
        raise InputError(
            "points",
            f"have no meaning in the design {plan.design.kind}",
            Told(f"{len(plan.points)} of them"),
            'Use kind = "list".',
        )
    if not plan.factors:
        raise InputError("factors", "must name at least one factor", None, 'Such as "market.gap_days" = [4, 9, 20].')


def _factors_fit_the_design(plan: Plan) -> None:
    for name, factor in plan.factors.items():
        (_range_fits if isinstance(factor, Range) else _list_fits)(plan, f"factors.{name}", factor)


def _range_fits(plan: Plan, field: str, factor: Any) -> None:
    if plan.design.kind == "grid" and not factor.steps:
        raise InputError(
            field,
            "needs steps in a grid",
            Told(f"{factor.low:g} to {factor.high:g}"),
            "Give steps = 5, or a list of values.",
        )
    if plan.design.is_sampled and factor.steps:
        mend = "Leave steps out; values are drawn from the whole range."
        raise InputError(f"{field}.steps", f"has no meaning in the design {plan.design.kind}", factor.steps, mend)


def _list_fits(plan: Plan, field: str, factor: Any) -> None:
    if len(set(factor)) < len(factor):
        raise InputError(field, "must not hold a value twice", list(factor), "Leave one of them out.")
    if plan.design.is_sampled and len(factor) < 2:
        mend = "Give more, or put it into the scenario."
        raise InputError(field, "must hold at least two values to be varied", list(factor), mend)


def _points_differ(plan: Plan) -> None:
    seen: dict[Any, int] = {}
    for index, point in enumerate(plan.points):
        if not point:
            raise InputError(
                f"points[{index}]",
                "must set at least one factor",
                None,
                'Give it a value, such as "market.gap_days" = 9, or leave it out.',
            )
        key = frozenset(point.items())
        if key in seen:
            raise InputError(f"points[{index}]", f"is the same as points[{seen[key]}]", str(point), "Leave one out.")
        seen[key] = index


def _baseline_is_a_point(plan: Plan) -> None:
    if not plan.baseline:
        return
    if plan.design.is_sampled:
        mend = 'Leave it out, or use kind = "grid" or "list".'
        raise InputError("baseline", f"has no meaning in the design {plan.design.kind}", str(dict(plan.baseline)), mend)
    for name, value in plan.baseline.items():
        if name not in plan.names:
            raise InputError(f"baseline.{name}", "must be a factor of the plan", name, did_you_mean(name, plan.names))
        values = plan.factors.get(name)
        if isinstance(values, tuple) and value not in values:
            mend = f"They are: {', '.join(repr(known) for known in values)}."
            raise InputError(f"baseline.{name}", "must be one of the factor's values", value, mend)


def _is_not_too_much(plan: Plan) -> None:
    if plan.n_points > MOST_POINTS:
        raise InputError("design", f"must make at most {MOST_POINTS} points", plan.n_points, "Vary less, or sample.")
    if (runs := plan.n_points * plan.most_replications) > MOST_RUNS:
        raise InputError("replications", f"must make at most {MOST_RUNS} runs in all", runs, "Give fewer.")


def _keeps_what_it_looks_at(plan: Plan) -> None:
    if not isinstance(plan.replications, Sequential):
        return
    for name in plan.replications.precision:
        field = f"replications.precision.{name}"
        if name not in OUTCOMES:
            raise InputError(field, "is no outcome", name, did_you_mean(name, OUTCOMES))
        if plan.outcomes and name not in plan.outcomes:
            raise InputError(field, "must be among the outcomes that are kept", name, f"Add {name!r} to outcomes.")


#: What must hold of a plan as a whole.
RULES: tuple[Callable[[Plan], None], ...] = (
    _has_factors_or_points,
    _factors_fit_the_design,
    _points_differ,
    _baseline_is_a_point,
    _is_not_too_much,
    _keeps_what_it_looks_at,
)


def check_plan(plan: Plan, base: Scenario, where: str = "") -> None:
    """Make sure that a scenario has what a plan varies, and that each factor can take each of its values.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    for name in plan.names:
        check_factor(base, name, f"{where}{'factors.' if plan.factors else 'points: '}")
    for name, factor in plan.factors.items():
        for value in _ends(base, name, factor, f"{where}factors.{name}"):
            check_setting(base, name, value, f"{where}factors.")
    for index, point in enumerate(plan.points):
        for name, value in point.items():
            check_setting(base, name, value, f"{where}points[{index}].")


def _ends(base: Scenario, name: str, factor: Range | tuple[Any, ...], field: str) -> Iterator[Any]:
    """Values that decide whether a factor can take all that it may."""
    if not isinstance(factor, Range):
        yield from factor
        return
    if name in NAMES:
        raise InputError(
            field, "takes names, not numbers", Told(f"{factor.low:g} to {factor.high:g}"), "Give a list of names."
        )
    if is_whole(base, name):
        _check_whole(factor, field)
    yield from (factor.low, factor.high)


def _check_whole(factor: Range, field: str) -> None:
    if factor.whole is False:
        raise InputError(
            f"{field}.whole",
            "must be true here: the value counts something",
            False,
            "Leave whole out, or write whole = true.",
        )
    try:
        check_whole_range(factor)
    except InputError as error:
        raise InputError(f"{field}.{error.field}", error.rule, error.value, error.mend) from None
