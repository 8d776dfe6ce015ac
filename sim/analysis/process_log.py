"""An event log in the columns of process mining: XES names, as pm4py and others read them from CSV."""

from __future__ import annotations

import pandas as pd

from sim.analysis.history import event_log
from sim.analysis.rows import leads_of
from sim.domain.records import World
from sim.domain.vocabulary import STATES

COLUMNS = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "org:resource",
    "org:role",
    "lifecycle:transition",
    "case:world",
    "case:lead",
    "case:outcome",
    "case:value",
    "day",
)


def process_log(world: World, name: str) -> pd.DataFrame:
    """One row per event of a lead, by lead and time.

    Parameters
    ----------
    world : World
        After the last day; with every touch if the run was traced.
    name : str
        Of the world: a case is a lead in a world, so that the logs of several worlds can stand in one table.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; ``case:lead`` is the same for a lead in all worlds on the same luck, ``case:outcome`` its state at
        the end, ``case:value`` the first-year value at which it was won, c.u., else 0. Dates and hours are made up as
        in `event_log`, ``day`` counts working days from the first of the window.
    """
    log, leads = event_log(world), leads_of(world)
    rows = log["case"].to_numpy()
    frame = pd.DataFrame({"case:concept:name": [f"{name}/{row}" for row in rows.tolist()]})
    frame["concept:name"] = log["activity"].to_numpy()
    frame["time:timestamp"] = log["timestamp"].to_numpy()
    frame["org:resource"] = log["resource"].to_numpy()
    frame["org:role"] = log["resource"].str.partition(" ")[0].to_numpy()
    frame["lifecycle:transition"] = "complete"
    frame["case:world"] = name
    frame["case:lead"] = leads["key"][rows]
    frame["case:outcome"] = [STATES[state] for state in leads["state"][rows].tolist()]
    frame["case:value"] = leads["booked"][rows]
    frame["day"] = log["day"].to_numpy()
    return frame[list(COLUMNS)]
