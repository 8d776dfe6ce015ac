"""Parts of a plan: what a factor may be, which points are run, and how often."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from sim.domain.errors import InputError, Told, did_you_mean
from sim.spec.errors import TAG
from sim.spec.section import Section

#: Replications are looked at in complete blocks of so many where they go on until a study is precise enough.
BLOCK = 50
MOST_REPLICATIONS = 100_000
MOST_SEED = 2**31 - 1
MOST_SAMPLES = 2**17
MOST_STEPS = 1000


def _level(value: Any) -> int | float | str:
    if isinstance(value, bool):
        raise InputError("", "must be a number or text", value, "Write 1 for true and 0 for false.")
    if not isinstance(value, int | float | str):
        raise InputError("", "must be a number or text", str(value), 'Such as 9 or "aligned".')
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError("", "must be a finite number", value, "Give a number within its range.")
    return value


#: A value that a factor may take.
Level = Annotated[int | float | str, PlainValidator(_level), WithJsonSchema({"type": ["number", "string"]})]


class Range(Section):
    """All values between two ends, both allowed."""

    low: float = Field(description="lowest value")
    high: float = Field(description="highest value")
    steps: int | None = Field(default=None, ge=2, le=MOST_STEPS, description="values of a grid, both ends in")
    scale: Literal["linear", "log"] = Field(default="linear", description="log: equal ratios instead of differences")
    whole: bool | None = Field(
        default=None, description="whole numbers only; default: where the value counts something"
    )

    @model_validator(mode="after")
    def _has_room(self) -> Range:
        if self.low >= self.high:
            raise InputError(
                "high", f"must be more than low ({self.low:g})", self.high, "Exchange the two, or give a wider range."
            )
        if self.scale == "log" and self.low <= 0:
            raise InputError("low", "must be more than 0 on a log scale", self.low, 'Use scale = "linear".')
        if self.whole:
            check_whole_range(self)
        return self

    def at(self, share: float) -> float:
        """The value at a share of the way from low to high: by differences, or by ratios on a log scale.

        Examples
        --------
        >>> Range(low=4, high=16).at(0.5), Range(low=4, high=16, scale="log").at(0.5)
        (10.0, 8.0)
        """
        if share >= 1.0:
            return self.high
        by_ratio = self.scale == "log"
        value = self.low * (self.high / self.low) ** share if by_ratio else self.low + (self.high - self.low) * share
        return min(max(value, self.low), self.high)

    def grid(self, whole: bool = False) -> list[float] | list[int]:
        """As many values as there are steps, both ends in; rounded to whole numbers or to 12 digits.

        Examples
        --------
        >>> Range(low=0, high=0.3, steps=4).grid(), Range(low=1, high=8, steps=3).grid(whole=True)
        ([0.0, 0.1, 0.2, 0.3], [1, 4, 8])
        """
        n = self.steps or 2
        values = [self.at(step / (n - 1)) for step in range(n)]
        return [round(value) for value in values] if whole else [float(f"{value:.12g}") for value in values]


def check_whole_range(given: Range) -> None:
    """Make sure that a range of whole numbers has whole ends, and a number of its own for each step.

    Raises
    ------
    InputError
        Naming what is wrong.
    """
    for name in ("low", "high"):
        if not (value := getattr(given, name)).is_integer():
            raise InputError(name, "must be a whole number here", value, "Leave the decimals out.")
    if given.steps and len(set(given.grid(whole=True))) < given.steps:
        raise InputError(
            "steps",
            "must be fewer: some would be the same whole number",
            given.steps,
            "Give fewer steps, or a wider range.",
        )


def _list_or_range(value: Any) -> Any:
    if isinstance(value, dict) and not {"low", "high"} & set(value) and any(map(_is_group, value.values())):
        raise InputError("", "a path must stand in quotes", Told("a table"), 'Such as "market.gap_days".')
    if not _is_group(value) and not isinstance(value, Range):
        raise InputError("", "must be a list of values or a range", value, "Such as [4, 9] or { low = 4, high = 20 }.")
    return value


def _is_group(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)


def _form(value: Any) -> str:
    return f"{TAG}table" if isinstance(value, dict | Section) else f"{TAG}value"


Levels = Annotated[tuple[Level, ...], Field(min_length=1, max_length=10_000)]
#: What a factor may be: a list of values, or a range.
Factor = Annotated[
    Annotated[Range, Tag(f"{TAG}table")] | Annotated[Levels, Tag(f"{TAG}value")],
    Discriminator(_form),
    BeforeValidator(_list_or_range),
]


class Sequential(Section):
    """Replications until a study is precise enough, looked at after complete blocks of 50."""

    minimum: int = Field(
        default=BLOCK, ge=BLOCK, le=MOST_REPLICATIONS, multiple_of=BLOCK, description="at least so many"
    )
    maximum: int = Field(ge=BLOCK, le=MOST_REPLICATIONS, multiple_of=BLOCK, description="at most")
    precision: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(
        min_length=1,
        description="by outcome: half-width of the interval of the difference from the baseline, as a share of the"
        " baseline's mean; in a study of one point, of its mean",
    )

    @model_validator(mode="after")
    def _maximum_is_more(self) -> Sequential:
        if self.maximum < self.minimum:
            raise InputError(
                "maximum", f"must be at least the minimum ({self.minimum})", self.maximum, "Give a higher maximum."
            )
        return self


Count = Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)]
#: How often each point is run: a number, or until it is precise enough.
Replications = Annotated[
    Annotated[Sequential, Tag(f"{TAG}table")] | Annotated[Count, Tag(f"{TAG}value")], Discriminator(_form)
]


class ListDesign(Section):
    """The points that the plan lists."""

    kind: Literal["list"] = "list"
    is_sampled: ClassVar[bool] = False


class GridDesign(Section):
    """Every value of each factor with every value of the others; the first factor changes last."""

    kind: Literal["grid"] = "grid"
    is_sampled: ClassVar[bool] = False


class LatinHypercubeDesign(Section):
    """Points such that each factor has one value in each of as many equal slices as there are samples."""

    kind: Literal["latin-hypercube"] = "latin-hypercube"
    samples: int = Field(ge=2, le=MOST_SAMPLES, description="points")
    is_sampled: ClassVar[bool] = True

    def n_points(self, _n_factors: int) -> int:
        """Points of the design."""
        return self.samples


class _PowerOfTwo(Section):
    samples: int = Field(
        ge=2, le=MOST_SAMPLES, description="a power of two", json_schema_extra={"enum": [2**n for n in range(1, 18)]}
    )
    is_sampled: ClassVar[bool] = True

    @model_validator(mode="after")
    def _is_a_power_of_two(self) -> _PowerOfTwo:
        if self.samples & (self.samples - 1):
            near = 2 ** round(math.log2(self.samples))
            raise InputError("samples", "must be a power of two", self.samples, f"For example {near}.")
        return self


class SobolDesign(_PowerOfTwo):
    """Points of a scrambled Sobol' sequence: evenly spread, and more samples keep the first ones."""

    kind: Literal["sobol"] = "sobol"

    def n_points(self, _n_factors: int) -> int:
        """Points of the design."""
        return self.samples


class SaltelliDesign(_PowerOfTwo):
    """Saltelli's scheme for Sobol' indices: how much of an outcome's variance each factor accounts for."""

    kind: Literal["saltelli"] = "saltelli"
    second_order: bool = Field(default=False, description="also pairs of factors, for nearly twice the points")

    def n_points(self, n_factors: int) -> int:
        """Points of the design."""
        return int(self.samples * ((2 if self.second_order else 1) * n_factors + 2))


class MorrisDesign(Section):
    """Trajectories that change one factor after the other: which of many factors matter at all."""

    kind: Literal["morris"] = "morris"
    trajectories: int = Field(ge=2, le=10_000, description="each of one point more than there are factors")
    levels: int = Field(default=4, ge=4, le=100, multiple_of=2, description="values that each factor may take")
    is_sampled: ClassVar[bool] = True

    def n_points(self, n_factors: int) -> int:
        """Points of the design."""
        return int(self.trajectories * (n_factors + 1))


DESIGNS = (ListDesign, GridDesign, LatinHypercubeDesign, SobolDesign, MorrisDesign, SaltelliDesign)
KINDS = tuple(str(design.model_fields["kind"].default) for design in DESIGNS)


def _known_kind(value: Any) -> Any:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    if kind is None:
        raise InputError("kind", "is missing", None, f"One of: {', '.join(KINDS)}.")
    if kind not in KINDS:
        raise InputError("kind", "is not known", kind, did_you_mean(str(kind), KINDS))
    return value


def _tag(value: Any) -> str:
    return f"{TAG}{value['kind'] if isinstance(value, dict) else value.kind}"


#: Which points are run.
Design = Annotated[
    Annotated[ListDesign, Tag(f"{TAG}list")]
    | Annotated[GridDesign, Tag(f"{TAG}grid")]
    | Annotated[LatinHypercubeDesign, Tag(f"{TAG}latin-hypercube")]
    | Annotated[SobolDesign, Tag(f"{TAG}sobol")]
    | Annotated[MorrisDesign, Tag(f"{TAG}morris")]
    | Annotated[SaltelliDesign, Tag(f"{TAG}saltelli")],
    Discriminator(_tag),
    BeforeValidator(_known_kind),
]
