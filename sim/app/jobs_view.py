"""How far a job is, for a page to show."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipyvuetify as v
import solara
import traitlets

from sim.app import words
from sim.app.jobs import JOBS, RUNNING, WAITING, Job
from sim.app.layout import ASSETS

#: Seconds between two looks at a job, and looks between two calls of who wants to read what it has so far.
LOOK, NEWS = 0.25, 120


class JobBar(v.VuetifyTemplate):
    """Title, progress and a button to stop."""

    template_file = str(ASSETS / "job.vue")
    title = traitlets.Unicode("").tag(sync=True)
    state = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    share = traitlets.Float(0.0).tag(sync=True)
    words = traitlets.Dict(words.JOB).tag(sync=True)
    on_cancel = traitlets.Callable(None, allow_none=True)

    def vue_cancel(self, _: Any = None) -> None:
        """Stop it."""
        self.on_cancel()


def state_text(job: Job) -> str:
    """How a job stands, in words."""
    if job.state == WAITING:
        return words.JOB["waiting"].format(ahead=JOBS.ahead_of(job))
    if job.state != RUNNING:
        return words.JOB[job.state]
    if not job.done:
        return words.JOB["starting"]
    left = job.seconds * max(0, job.total - job.done) / job.done
    told = f"{left / 60:.0f} min" if left >= 90 else f"{left:.0f} s"
    return words.JOB["running"].format(done=f"{job.done:,}", total=f"{job.total:,}", left=told)


@solara.component
def JobCard(job: Job, on_news: Callable[[], None]) -> None:
    """A job while it goes on; `on_news` is called now and then, and when nothing more will come."""
    _, look = solara.use_state(0)

    def watch() -> Any:
        closed = threading.Event()

        def wait() -> None:
            looks = 0
            while not job.is_over:
                if closed.wait(LOOK):
                    return
                looks += 1
                look(looks)
                if looks % NEWS == 0:
                    on_news()
            if not closed.is_set():
                look(-1)
                on_news()

        threading.Thread(target=wait, name="look", daemon=True).start()
        return closed.set

    solara.use_effect(watch, [id(job)])
    JobBar.element(
        title=job.title,
        state=job.state,
        text=state_text(job),
        error=job.error,
        share=job.share,
        on_cancel=job.cancel,
    )
