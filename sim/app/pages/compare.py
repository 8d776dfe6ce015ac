"""Compare: two to four organizations on the same luck, side by side, replicated, and lead by lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from sim.app import words
from sim.app.contrast import (
    LETTERS,
    MOST,
    REPLICATIONS,
    USUAL,
    compared,
    courses_of,
    differences_of,
    doors_of,
    findings_of,
    labels_of,
    replicated,
    with_another,
    without,
)
from sim.app.frames import PICTURE, Frame, part_of
from sim.app.jobs import DONE, JOBS, Job
from sim.app.jobs_view import JobCard
from sim.app.layout import ErrorCard, is_watched
from sim.app.levers import levers_of, marks_of
from sim.app.links import View, toml_of
from sim.app.pages.floor import chosen_view, show_levers, view_or_error
from sim.app.show import Pace, Seen, Show
from sim.app.widgets import (
    Courses,
    Differences,
    Findings,
    FloorView,
    Levers,
    Reasons,
    Replicate,
    Share,
    Transport,
    cast_of,
    scenario_choices,
)
from sim.domain.errors import InputError

FEW_LEVERS = 0
REPLICATING, EXPLAINING = "replicate", "explain"
#: Replications that "Copy command" speaks of before anything was replicated.
USUAL_REPLICATIONS = 50


@solara.component
def ComparePage() -> None:
    """Read the address, and show what it says or why it cannot be."""
    search = solara.use_router().search or ""
    view = solara.use_memo(lambda: view_or_error(search, USUAL), [search])
    if isinstance(view, InputError):
        ErrorCard(view)
    else:
        Contest(compared(view)).key(search)


def share_of_comparison(view: View, replications: int) -> dict[str, str]:
    """What may be copied of a comparison: command and Python line where one can say it, and every organization."""
    doors = doors_of(view, replications)
    lines = {"command": doors.command, "python": doors.python} if doors.command else {}
    return lines | {f"toml_{index}": toml_of(view, index) for index in range(len(view.organizations))}


def share_words(view: View) -> dict[str, str]:
    """Words of what may be copied."""
    each = {f"toml_{index}": f"{words.SHARE['toml']} {LETTERS[index]}" for index in range(len(view.organizations))}
    caption = words.COMPARE["share" if doors_of(view, USUAL_REPLICATIONS).command else "no_line"]
    return {**words.SHARE, **each, "caption": caption}


@solara.component
def Contest(view: View) -> None:  # noqa: PLR0915 - one view: its state and what its controls do
    """Organizations side by side with their controls."""
    show = solara.use_memo(lambda: Show(view), [])
    router = solara.use_router()
    playing, set_playing = solara.use_state(False)
    speed, set_speed = solara.use_state(view.speed)
    query, set_query = solara.use_state(view.query())
    error, set_error = solara.use_state("")
    drawn: dict[str, Any] = solara.use_memo(dict, [])
    seen = solara.use_memo(lambda: Seen(show.frames()), [])
    n_firms = len(show.firms)

    def draw(frames: list[Frame]) -> None:
        is_full = seen.take(frames)
        for index, pulse in enumerate(seen.pulses):
            if is_full:
                drawn[f"floor{index}"].still = part_of(seen.stills[index], PICTURE)
                show_levers(drawn, f"levers{index}", show.firms[index])
            drawn[f"floor{index}"].frame = pulse
        if is_full:
            drawn["differences"].told = differences_of(seen.stills)
            with drawn["courses"].hold_sync():
                drawn["courses"].courses, drawn["courses"].day = courses_of(seen.stills), seen.stills[0]["day"]
        drawn["transport"].day = frames[0]["day"]

    def keep_widgets() -> None:
        drawn.update({name: solara.get_widget(element) for name, element in elements.items()})

    def guarded(change: Callable[[], None]) -> None:
        try:
            change()
        except InputError as wrong:
            set_error(str(wrong))
        else:
            set_error("")

    def pull(index: int, name: str, value: Any) -> None:
        def change() -> None:
            frames = show.pull(index, (name, value))
            drawn[f"floor{index}"].cast = cast_of(show.firms[index])  # there may be a liaison more
            draw(frames)
            set_query(show.view.query())

        guarded(change)

    def open_view(other: View | InputError) -> None:
        if isinstance(other, InputError):
            raise other
        router.push(f"/compare?{other.query()}")

    def step(days: int) -> None:
        set_playing(False)
        draw(show.step(days))

    def pace(chosen: int) -> None:
        show.view = show.view.changed(speed=chosen)
        set_speed(chosen)
        set_query(show.view.query())

    def restart() -> None:
        set_playing(False)
        draw(show.restart())

    def live() -> Any:
        if not playing:
            draw(show.frames())
            return None
        pace = Pace(show, draw, is_watched, lambda: set_playing(False))
        pace.start()
        return pace.stop

    casts = solara.use_memo(lambda: [cast_of(firm) for firm in show.firms], [query])
    marks = sorted(mark for firm in show.firms for mark in marks_of(firm.scenario))
    labels = labels_of(show.view)
    elements: dict[str, Any] = {}
    with solara.Div(classes=["sm-page", "sm-compare"]):
        elements["transport"] = Transport.element(
            playing=playing,
            speed=speed,
            days=show.firms[0].n_days,
            day=show.today,
            query=query,
            marks=marks,
            scenario=view.scenario,
            scenarios=scenario_choices(),
            seed=view.seed,
            on_play=set_playing,
            on_step=step,
            on_speed=pace,
            on_restart=restart,
            on_choose=lambda name, value: guarded(lambda: open_view(chosen_view(show.view, name, value))),
        )
        with solara.Div(classes=["sm-row", "sm-lead"]):
            solara.v.Html(tag="p", class_="sm-note", children=[words.COMPARE["lead"]])
            if n_firms < MOST:
                solara.Button(
                    words.COMPARE["add"],
                    on_click=lambda: guarded(lambda: open_view(with_another(show.view))),
                    classes=["sm-button"],
                )
        with solara.Div(classes=["sm-firms", f"of{n_firms}"]):
            for index, firm in enumerate(show.firms):
                with solara.Div(classes=["sm-firm"]):
                    elements[f"levers{index}"] = Levers.element(
                        levers=levers_of(firm.scenario, firm.today),
                        few=FEW_LEVERS,
                        place=index,
                        removable=n_firms > 2,
                        on_pull=lambda name, value, index=index: pull(index, name, value),
                        on_remove=lambda index=index: guarded(lambda: open_view(without(show.view, index))),
                    )
                    elements[f"floor{index}"] = FloorView.element(
                        cast=casts[index],
                        frame=seen.pulses[index],
                        still=part_of(seen.stills[index], PICTURE),
                        playing=playing,
                        speed=speed,
                        label=labels[index],
                        part="floor",
                    )
        if error:
            solara.v.Html(tag="p", class_="sm-wrong", children=[error], attributes={"role": "alert"})
        with solara.Div(classes=["sm-both", f"of{n_firms}"]):
            elements["differences"] = Differences.element(told=differences_of(seen.stills), labels=labels)
            elements["courses"] = Courses.element(
                courses=courses_of(seen.stills), day=seen.stills[0]["day"], days=show.firms[0].n_days, marks=marks
            )
        FloorView.element(cast=casts[0], still=part_of(seen.stills[0], PICTURE), part="legend")
        Work(show, n_firms)
        Share.element(texts=share_of_comparison(show.view, USUAL_REPLICATIONS), words=share_words(show.view))
    solara.use_effect(keep_widgets, [])
    solara.use_effect(live, [playing])


@solara.component
def Work(show: Show, n_firms: int) -> None:
    """What takes longer: replications and reasons, in the queue of the server."""
    job, set_job = solara.use_state(None)
    error, set_error = solara.use_state("")
    _, set_seen = solara.use_state(0)
    results: dict[str, Any] = solara.use_memo(dict, [])

    def submit(kind: str, title: str, work: Callable[[Job], Any]) -> None:
        try:
            submitted = JOBS.submit(Job(title, work, solara.get_session_id()))
        except InputError as wrong:
            set_error(str(wrong))
            return
        set_error("")
        results["kind"] = kind
        set_job(lambda _: submitted)  # a job may be called, and what may be called is asked for the state

    def replicate(replications: int) -> None:
        view = show.view
        title = words.COMPARE["job"].format(n=replications, m=n_firms)
        submit(REPLICATING, title, lambda job: findings_of(replicated(view, replications, job)))

    def explain(index: int) -> None:
        from sim.app.reasons import reasons_of

        view = show.view
        title = words.COMPARE["why_job"].format(a=LETTERS[0], b=LETTERS[index])
        submit(EXPLAINING, title, lambda job: reasons_of(view, index, job))

    def hear() -> None:
        if job is not None and job.is_over and job.result is not None:
            results[results["kind"]] = job.result
        set_seen(lambda times: times + 1)

    def leave() -> Any:
        return (lambda: None) if job is None else job.cancel

    solara.use_effect(leave, [id(job)])
    is_busy = job is not None and not job.is_over
    with solara.Div():
        Replicate.element(
            choices=list(REPLICATIONS),
            many=n_firms,
            busy=is_busy,
            error=error,
            on_replicate=replicate,
            on_explain=explain,
        )
        if job is not None and job.state != DONE:
            JobCard(job, hear).key(str(id(job)))
        if REPLICATING in results:
            Findings.element(told=results[REPLICATING])
        if EXPLAINING in results:
            Reasons.element(told=results[EXPLAINING])
