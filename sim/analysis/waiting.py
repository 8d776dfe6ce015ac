"""How long things take in a run, what is still open counted as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.deals import count_deals, deals_of
from sim.analysis.rows import is_inbound, leads_of, warmup_of
from sim.analysis.survival import closings, incidence
from sim.domain.records import World
from sim.domain.vocabulary import EXPIRED, HANDED

if TYPE_CHECKING:
    import pandas as pd


def time_to_win(world: World) -> pd.DataFrame:
    """What has become of a deal so many days after the first contact.

    Of deals first contacted within the window, those still open counted as long as they are seen. Shares come from the
    estimator of Aalen and Johansen (1978), which is that of Kaplan and Meier where a deal can end in two ways.

    Returns
    -------
    pandas.DataFrame
        ``calendar_days`` since the first contact, then the shares ``won``, ``lost`` and ``open`` by then; a row for day
        0 and for each day on which a deal was closed.
    """
    import pandas as pd

    deals = deals_of(world)
    if len(deals["days"]) == 0:
        return pd.DataFrame({"calendar_days": [0.0], "won": [0.0], "lost": [0.0], "open": [1.0]})
    own = count_deals(pd.DataFrame(deals).assign(replication=0))
    counts = own.counts[:, 0]
    won, lost, still_open, _ = incidence(counts)
    table = pd.DataFrame({"calendar_days": own.days, "won": won, "lost": lost, "open": still_open})
    kept: pd.DataFrame = table[closings(counts)]
    return kept.reset_index(drop=True)


def median_time_to_win(world: World) -> float | None:
    """Calendar days from first contact by which half of the deals that are ever won have been won; None without wins.

    Unlike the median cycle over wins it is not shortened by slow deals that the end of the run cuts off.
    """
    table = time_to_win(world)
    won = table["won"].to_numpy()
    if won[-1] <= 0.0:
        return None
    return float(table["calendar_days"].iloc[int(np.argmax(won >= 0.5 * won[-1]))])


def response_table(world: World) -> pd.DataFrame:
    """What has become of a handed-off lead so many working days after the hand-off.

    Of leads handed off in the window whose time is over (contacted, or lapsed unworked); not of those whom
    marketing has talked with before.

    Returns
    -------
    pandas.DataFrame
        ``working_days`` since the hand-off, ``contacted`` (share of those leads that had been contacted by then); the
        last row is the share that is ever contacted, and 1 less it the share that never is.
    """
    import pandas as pd

    leads = leads_of(world)
    leads = leads[is_inbound(leads) & (leads["handed_day"] >= warmup_of(world)) & (leads["state"] != HANDED)]
    leads = leads[leads["is_qualified"] == 0]
    waits = (leads["first_day"] - leads["handed_day"])[leads["state"] != EXPIRED]
    days = np.arange(int(world.rules.expiry_days) + 1)
    contacted = np.searchsorted(np.sort(waits), days, side="right") / max(1, len(leads))
    return pd.DataFrame({"working_days": days, "contacted": contacted if len(leads) else np.nan})
