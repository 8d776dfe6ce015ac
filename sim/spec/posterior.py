"""A posterior: what is known of a firm's numbers after calibration, as a table of draws that a study runs over.

A file (Parquet or CSV) has a row for each draw, in random order, and a column for each value that is not known surely:
paths of a scenario as ``--set`` and the factors of a plan take them, or ``relationship``. Draws are counted from 1.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError
from sim.spec.factors import (
    INTERVENTIONS,
    OF_ONE,
    OF_TYPE,
    PRESETS,
    RELATIONSHIP,
    check_factor,
    check_setting,
    is_whole,
    variant,
)
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWS = 100_000
MOST_COLUMNS = 500
MOST_BYTES = 200_000_000
#: Replications of a draw before the next: two are the fewest that tell luck from parameters.
PER_DRAW = 2
#: Says on the command line and in a plan that a scenario's posterior is not to be used.
NONE = "none"
Value = float | int | str


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of a scenario's values.

    Parameters
    ----------
    file : str
        Name of the file that they were read from.
    columns : tuple of str
        Paths of the scenario, or ``relationship``.
    rows : tuple of tuple
        A value for each column of each draw.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.rows)

    @cached_property
    def digest(self) -> str:
        """Identity of the content, 64 hex digits: the order of the draws counts, that of the columns does not."""
        order = sorted(range(len(self.columns)), key=lambda place: self.columns[place])
        content = [[self.columns[place], [row[place] for row in self.rows]] for place in order]
        return hashlib.sha256(json.dumps(content, separators=(",", ":"), allow_nan=False).encode()).hexdigest()

    def settings(self, draw: int) -> dict[str, Value]:
        """Value by path of a draw, counted from 1."""
        return dict(zip(self.columns, self.rows[draw - 1], strict=True))

    def draw_of(self, replication: int) -> int:
        """Draw that a replication (from 0) uses, the same at every point: two replications each, then the next.

        Examples
        --------
        >>> posterior = Posterior("", ("market.gap_days",), ((10.0,), (12.0,), (14.0,)))
        >>> [posterior.draw_of(replication) for replication in range(8)]
        [1, 1, 2, 2, 3, 3, 1, 1]
        """
        return 1 + (replication // PER_DRAW) % self.n_draws

    def about(self) -> dict[str, Any]:
        """What a result says of it."""
        return {"file": self.file, "digest": self.digest, "draws": self.n_draws, "columns": list(self.columns)}


def drawn(base: Scenario, point: Mapping[str, Any], draw: Mapping[str, Any]) -> Scenario:
    """The scenario of a point in a draw: what the point sets stands over what was drawn.

    A point that names a relationship type also stands over a type and over levels of practices that were drawn; what
    was drawn of the type's own levels (``catalogue.relationships.…``) is part of that type.

    Parameters
    ----------
    base : Scenario
        What is varied.
    point, draw : mapping of str to number or str
        Value by factor; None in a point leaves a factor as it is.

    Raises
    ------
    InputError
        If there can be no such scenario.

    Examples
    --------
    >>> made = drawn(Scenario(), {"market.gap_days": 9.0}, {"market.gap_days": 12.0, "practices.liaisons": 1.0})
    >>> made.market.gap_days, made.practices
    (9.0, {'liaisons': 1.0})
    >>> drawn(Scenario(), {"relationship": "aligned"}, {"practices.liaisons": 1.0}).practices
    {}
    """
    given = {name: value for name, value in point.items() if value is not None}
    is_typed = RELATIONSHIP in given
    kept = {name: value for name, value in draw.items() if not (is_typed and name.startswith("practices."))}
    return variant(base, {**kept, **given})


def posterior_of(scenario: Scenario, given: str | Path | Posterior | None = None) -> Posterior | None:
    """The posterior of a study: the one that is given, else the scenario's own; None where there is none.

    Parameters
    ----------
    scenario : Scenario
        What the draws are of.
    given : str, Path or Posterior, optional
        A file, ``"none"`` for none at all, or a posterior.

    Raises
    ------
    InputError
        If there is no such file, or it does not fit the scenario.
    """
    if isinstance(given, Posterior):
        return checked(given, scenario)
    if given is not None and str(given) == NONE:
        return None
    file = str(given) if given is not None else scenario.posterior
    return read_posterior(file, scenario) if file else None


def read_posterior(path: str | Path, scenario: Scenario) -> Posterior:
    """Read a posterior and make sure that every value of it fits the scenario.

    Parameters
    ----------
    path : str or Path
        A file that ends in .parquet or .csv.
    scenario : Scenario
        What the draws are of.

    Raises
    ------
    InputError
        Naming the column, the row (from 1), the rule and the value.
    """
    path = Path(path)
    frame = _frame(path)
    _check_size(path.name, len(frame), len(frame.columns))
    columns = tuple(str(name) for name in frame.columns)
    _check_columns(path.name, columns, scenario)
    values = [_values(frame[name], name, scenario, path.name) for name in columns]
    return checked(Posterior(path.name, columns, tuple(zip(*values, strict=True))), scenario)


def _frame(path: Path) -> pd.DataFrame:
    """The table of a file, unless it is too large."""
    if path.suffix not in (".parquet", ".csv"):
        raise InputError("posterior", "must end in .parquet or .csv", str(path), "Save the draws as one of these.")
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise InputError("posterior", f"must not be larger than {MOST_BYTES:,} bytes", f"{size:,}", str(path))
        return _parquet(path) if path.suffix == ".parquet" else _csv(path)
    except OSError as error:
        mend = "Name a file of draws, or `none` to do without; a scenario names it relative to its own folder."
        raise InputError("posterior", f"cannot be read ({error.strerror or error})", str(path), mend) from None


def _parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check_size(path.name, file.metadata.num_rows, file.metadata.num_columns)
            frame: pd.DataFrame = file.read().to_pandas()
            return frame
    except (InputError, OSError):
        raise
    except Exception as error:  # what a broken part of the file makes the libraries stumble over
        rule = f"must be a whole Parquet file ({' '.join(str(error).split())[:120]})"
        raise InputError("posterior", rule, str(path), "Write the file again.") from None


def _csv(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv

    try:
        frame: pd.DataFrame = csv.read_csv(path).to_pandas()
        return frame
    except (pa.ArrowException, UnicodeDecodeError) as error:
        rule = f"must be a table with a head and commas, in UTF-8 ({' '.join(str(error).split())[:120]})"
        raise InputError("posterior", rule, str(path), "Save it again as CSV in UTF-8.") from None


def _check_size(name: str, n_rows: int, n_columns: int) -> None:
    for what, count, most in (("draws", n_rows, MOST_DRAWS), ("columns", n_columns, MOST_COLUMNS)):
        if not 1 <= count <= most:
            raise InputError(f"{name}: {what}", f"must be between 1 and {most:,}", f"{count:,}", "Draw fewer or more.")


def _check_columns(file: str, columns: tuple[str, ...], scenario: Scenario) -> None:
    """Make sure that each column is a value of the scenario that a draw may set."""
    for name in columns:
        field = f"{file}: "
        if columns.count(name) > 1:
            raise InputError(
                f"{field}{name}",
                "must be one column, not several",
                columns.count(name),
                "Leave all but one of them out.",
            )
        check_factor(scenario, name, field)
        if name in (INTERVENTIONS, *PRESETS) or OF_ONE.fullmatch(name) or name.startswith("run."):
            mend = "Give it in the scenario, or as a factor of the plan."
            raise InputError(f"{field}{name}", "is decided, not estimated: no column of a posterior", name, mend)


def _values(column: pd.Series, name: str, scenario: Scenario, file: str) -> list[Value]:
    """Values of a column as the scenario takes them: words, whole numbers, or finite numbers."""
    if name == RELATIONSHIP:
        return [_word(value, f"{file}: {name}, row {row}") for row, value in enumerate(column.tolist(), start=1)]
    whole = is_whole(scenario, name)
    return [_number(value, whole, f"{file}: {name}, row {row}") for row, value in enumerate(column.tolist(), start=1)]


def _word(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(field, "must be a relationship type", value, "Name one that `smarketing scenario list` shows.")
    return value


def _number(value: Any, whole: bool, field: str) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(field, "must be a finite number", value, "Leave the row out, or give it a number.")
    if not whole:
        return float(value)
    if not float(value).is_integer():
        raise InputError(field, "must be a whole number", value, "Round the column.")
    return int(value)


def checked(posterior: Posterior, scenario: Scenario) -> Posterior:
    """Make sure that every value fits the scenario, as far as it alone decides that.

    Ranges are intervals, so the lowest and the highest value of a column speak for all; of words, each does. What
    several values decide together is left to the runs: a draw that cannot be is a run that failed.

    Raises
    ------
    InputError
        Naming the column, the row (from 1), the rule and the value.
    """
    _check_columns(posterior.file, posterior.columns, scenario)
    for place, name in enumerate(posterior.columns):
        values = [row[place] for row in posterior.rows]
        shown = set(values) if name == RELATIONSHIP else {min(values), max(values)}
        for value in sorted(shown, key=values.index):
            try:
                check_setting(scenario, _level_of(name), value)
            except InputError as error:
                field = f"{posterior.file}: {name}, row {values.index(value) + 1}"
                raise InputError(field, error.rule, error.value, error.mend) from None
    return posterior


def _level_of(name: str) -> str:
    """The value whose range a column has: levels of an own type have that of the practice."""
    return f"practices.{name.rpartition('.')[2]}" if OF_TYPE.fullmatch(name) else name
