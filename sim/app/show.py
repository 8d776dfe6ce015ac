"""Organizations that live side by side before one visitor, at his pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.app.links import View
from sim.app.live import Living
from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.vocabulary import DISCOVERY, HANDED, NEGOTIATION, PROPOSAL, RAW
from sim.spec.scenario import Scenario

#: Pictures a second that the server sends; the browser draws what lies between.
FRAMES_PER_SECOND = 5
#: Figures that a frame carries; a page shows them with unit and name.
FIGURES = (
    "bookings_new",
    "wins",
    "cycle_days",
    "conflict_per_100",
    "followup_rate",
    "win_rate",
    "trust",
    "profit",
)
OPEN_STATES = {"raw": RAW, "handed": HANDED, "discovery": DISCOVERY, "proposal": PROPOSAL, "negotiation": NEGOTIATION}

Frame = dict[str, Any]


class Show:
    """What one visitor looks at: one organization or several, all on the same day and the same luck.

    Parameters
    ----------
    view : View
        What is shown; its day says where to begin.

    Raises
    ------
    InputError
        If a scenario cannot be run.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.firms = [Living(scenario, view.seed, view.day) for scenario in view.scenarios()]
        self.lock = threading.RLock()

    @property
    def today(self) -> int:
        """Working days of the window that are over in all of them."""
        return min(firm.today for firm in self.firms)

    @property
    def is_over(self) -> bool:
        """Whether all have come to their end."""
        return all(firm.is_over for firm in self.firms)

    def live(self, days: int) -> list[Frame]:
        """Let all live through some days; a frame of each."""
        with self.lock:
            frames = [frame_of(firm, firm.live(days)) for firm in self.firms]
            self.view = self.view.changed(day=self.today)
            return frames

    def frames(self) -> list[Frame]:
        """A frame of each as it stands, with nothing that has just happened."""
        with self.lock:
            return [frame_of(firm, {}) for firm in self.firms]

    def restart(self) -> list[Frame]:
        """Begin again on the first day, with all changes on the days that they were made."""
        with self.lock:
            self.view = self.view.changed(day=0)
            self.firms = [Living(scenario, self.view.seed) for scenario in self.view.scenarios()]
            return self.frames()

    def change(self, index: int, text: str) -> list[Frame]:
        """Let an organization go on as another (its text as in `View.organizations`) from today.

        Raises
        ------
        InputError
            If the text cannot be; nothing is changed then.
        """
        with self.lock:
            texts = list(self.view.organizations)
            texts[index] = text
            view = self.view.changed(organizations=tuple(texts))
            self.firms[index].change(_scenario(view, index))
            self.view = view
            return self.frames()


def _scenario(view: View, index: int) -> Scenario:
    return view.scenarios()[index]


def frame_of(firm: Living, happened: dict[str, Any]) -> Frame:
    """What a picture needs of an organization on a day, as JSON can carry it.

    Parameters
    ----------
    happened : dict
        What `Living.live` told; empty for a still picture.

    Returns
    -------
    dict
        ``day``, ``days`` (of the window), ``happened``, ``figures`` (FIGURES, None where there is none), ``open``
        (leads by state), ``trust`` (0–100 for each pair, marketer by marketer, and its mean), ``strain`` (0–100 by row
        of people), ``unread`` and ``deals`` (of reps).
    """
    people = firm.world.people.view(np.ndarray)
    states = np.bincount(leads_of(firm.world)["state"], minlength=NEGOTIATION + 1)
    figures = firm.figures()
    return {
        "day": firm.today,
        "days": firm.n_days,
        "week": firm.today // DAYS_PER_WEEK,
        "happened": happened,
        "figures": {name: figures[name] for name in FIGURES},
        "open": {name: int(states[state]) for name, state in OPEN_STATES.items()},
        "trust": np.rint(100.0 * firm.trust()).astype(int).tolist(),
        "strain": np.rint(100.0 * people["strain"]).astype(int).tolist(),
        "unread": people["unread"].tolist(),
        "deals": people["open_deals"].tolist(),
    }


class Pace(threading.Thread):
    """Lets time pass in a show while it is asked to, until its page closes.

    Parameters
    ----------
    show : Show
        What lives.
    draw : callable
        Takes the frames.
    is_watched : callable
        Whether anybody sees it: time stands still while nobody does.
    """

    def __init__(self, show: Show, draw: Callable[[list[Frame]], None], is_watched: Callable[[], bool]) -> None:
        super().__init__(name="pace", daemon=True)
        self.show, self.draw, self.is_watched = show, draw, is_watched
        self.ended = threading.Event()
        self.owed = 0.0

    def stop(self) -> None:
        """Let no more time pass."""
        self.ended.set()

    def run(self) -> None:
        """Let time pass, a frame at a time."""
        due = time.perf_counter()
        while not self.ended.is_set() and not self.show.is_over:
            due = max(due + 1.0 / FRAMES_PER_SECOND, time.perf_counter() - 0.5)
            if self.is_watched():
                self._pass()
            self.ended.wait(max(0.005, due - time.perf_counter()))

    def _pass(self) -> None:
        self.owed += self.show.view.speed / FRAMES_PER_SECOND
        if (days := int(self.owed)) > 0 and not self.ended.is_set():
            self.owed -= days
            frames = self.show.live(days)
            if not self.ended.is_set():
                self.draw(frames)
