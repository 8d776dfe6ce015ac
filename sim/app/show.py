"""Organizations that live side by side before one visitor, at his pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sim.app.frames import Frame, frame_of
from sim.app.levers import pulled
from sim.app.links import View
from sim.app.live import Living

#: Pictures a second that the server sends; the browser draws what lies between.
FRAMES_PER_SECOND = 5
#: Only every so many pictures carry what is slow to change or dear to send: trust, figures, the course so far.
FULL_EVERY = 5


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

    def live(self, days: int, is_full: bool = True) -> list[Frame]:
        """Let all live through some days; a frame of each (see `sim.app.frames.frame_of`)."""
        with self.lock:
            frames = [frame_of(firm, firm.live(days), is_full) for firm in self.firms]
            self.view = self.view.changed(day=self.today)
            return frames

    def step(self, days: int) -> list[Frame]:
        """The same for somebody who steps: their frames say so, since a page at rest shows what happens in a step."""
        return [{**frame, "is_step": True} for frame in self.live(days)]

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

    def pull(self, index: int, change: tuple[str, Any]) -> list[Frame]:
        """Move a lever of an organization, today (see `sim.app.levers.pulled`).

        Raises
        ------
        InputError
            If the lever or the dose is none; nothing is changed then.
        """
        with self.lock:
            text = pulled(self.view.organizations[index], self.view.base(), self.firms[index].today, change)
            return self.change(index, text)

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
            self.firms[index].change(view.scenarios()[index])
            self.view = view
            return self.frames()


class Seen:
    """The last frame of each organization as a page has been given it, so that it is not given an older one again.

    Parameters
    ----------
    frames : list of dict
        The first ones, full.
    """

    def __init__(self, frames: list[Frame]) -> None:
        self.pulses = [_pulse(frame) for frame in frames]
        self.stills = [frame["still"] for frame in frames]

    def take(self, frames: list[Frame]) -> bool:
        """Remember new frames; whether they are full."""
        self.pulses = [_pulse(frame) for frame in frames]
        is_full = all(frame["still"] is not None for frame in frames)
        if is_full:
            self.stills = [frame["still"] for frame in frames]
        return is_full


def _pulse(frame: Frame) -> Frame:
    """A frame without what is not told with every picture."""
    return {name: value for name, value in frame.items() if name != "still"}


class Pace(threading.Thread):
    """Lets time pass in a show while it is asked to, until its page closes or the run is over.

    Parameters
    ----------
    show : Show
        What lives.
    draw : callable
        Takes the frames.
    is_watched : callable
        Whether anybody sees it: time stands still while nobody does.
    when_over : callable
        Called when the run has come to its end.
    """

    def __init__(
        self,
        show: Show,
        draw: Callable[[list[Frame]], None],
        is_watched: Callable[[], bool],
        when_over: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="pace", daemon=True)
        self.show, self.draw, self.is_watched, self.when_over = show, draw, is_watched, when_over
        self.ended = threading.Event()
        self.owed = 0.0
        self.ticks = 0

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
        if not self.ended.is_set():
            self.when_over()

    def _pass(self) -> None:
        self.owed += self.show.view.speed / FRAMES_PER_SECOND
        with self.show.lock:  # a pause that came meanwhile has been heard before another day begins
            if (days := int(self.owed)) == 0 or self.ended.is_set():
                return
            self.owed -= days
            self.ticks += 1
            frames = self.show.live(days, is_full=self.ticks % FULL_EVERY == 0 or self._ends_with(days))
        if not self.ended.is_set():
            self.draw(frames)

    def _ends_with(self, days: int) -> bool:
        return any(firm.today + days >= firm.n_days for firm in self.show.firms)
