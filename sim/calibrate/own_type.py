"""A firm's practices as a relationship type of its own, so that it can be compared with the shipped types."""

from __future__ import annotations

import pandas as pd

from sim.calibrate.practice_prior import bundles
from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.kinds import Relationship
from sim.spec.resolve import practice_levels
from sim.spec.scenario import Scenario

#: Name of the type; `smarketing compare FILE --relationships as_it_is,aligned` compares the firm with another type.
OWN = "as_it_is"
_OWN_PATH = f"catalogue.relationships.{OWN}.practices."


def own_path(path: str) -> str:
    """Path of a practice of the firm's own type; any other path as it is.

    Examples
    --------
    >>> own_path("practices.meetings"), own_path("market.gap_days")
    ('catalogue.relationships.as_it_is.practices.meetings', 'market.gap_days')
    """
    name = path.removeprefix("practices.")
    return _OWN_PATH + name if path.startswith("practices.") else path


def own_paths(draws: pd.DataFrame) -> pd.DataFrame:
    """Draws with their practices under the firm's own type.

    A path such as ``practices.meetings`` holds whatever the type is, so that every type that the firm is compared with
    would have the firm's meetings; the own type's path does not.
    """
    return draws.rename(columns=own_path)


def with_own_type(base: Scenario, levels: pd.Series[float] | None = None, evidence: str = "") -> Scenario:
    """A scenario whose practices are a type of its own.

    Parameters
    ----------
    base : Scenario
        Where levels are not given, its own are kept.
    levels : pandas.Series, optional
        Level by path such as ``practices.meetings``.
    evidence : str
        What the levels rest on.
    """
    given = (
        {} if levels is None else {str(path).removeprefix("practices."): float(levels[path]) for path in levels.index}
    )
    kept = {name: practice_levels(base)[name] for name in PRACTICES}
    own = Relationship(
        label="As it is",
        description="Practices of the firm itself.",
        evidence=evidence or "A: as in the base",
        practices=kept | {name: level for name, level in given.items() if name in PRACTICES},
    )
    relationships = base.catalogue.relationships | {OWN: own}
    catalogue = base.catalogue.model_copy(update={"relationships": relationships})
    left = {name: level for name, level in base.practices.items() if name not in {*bundles(), *given}}
    return base.model_copy(update={"catalogue": catalogue, "relationship": OWN, "practices": left})
