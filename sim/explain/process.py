"""The event logs of all worlds of an explanation in one table, for process mining."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.analysis.process_log import process_log
from sim.explain.explanation import Explanation


def process_logs(told: Sequence[Explanation]) -> pd.DataFrame:
    """What happened to each lead in every world; columns of `sim.analysis.process_log`, and where they come from.

    Parameters
    ----------
    told : sequence of Explanation
        All of one baseline.

    Returns
    -------
    pandas.DataFrame
        The baseline first; ``case:seed`` and ``case:version`` say how a case can be made again.
    """
    names = [told[0].names[0], *(one.names[1] for one in told)]
    worlds = [told[0].pair.worlds[0], *(one.pair.worlds[1] for one in told)]
    frame = pd.concat([process_log(world.world, name) for world, name in zip(worlds, names, strict=True)])
    about = told[0].provenance
    return frame.assign(**{"case:seed": about["seed"], "case:version": f"smarketing {about['version']}"})
