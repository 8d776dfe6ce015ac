"""Compare: two to four organizations on the same luck, side by side, replicated, and lead by lead."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import solara

from sim.app import words
from sim.app.contrast import (
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
from sim.app.frames import PICTURE, part_of
from sim.app.jobs import DONE, JOBS, Job
from sim.app.jobs_view import JobCard
from sim.app.layout import ErrorCard
from sim.app.levers import levers_of, marks_of
from sim.app.links import LETTERS, View, toml_of
from sim.app.pages.floor import chooser, go_to, view_or_error
from sim.app.player import Player, use_player, use_time
from sim.app.show import Show
from sim.app.widgets import (
    Courses,
    Differences,
    Findings,
    FloorView,
    Levers,
    Reasons,
    Replicate,
    Share,
    StoryView,
    cast_of,
)
from sim.domain.errors import InputError

FEW_LEVERS = 0
PATH = "/compare"
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


def draw_contrast(player: Player) -> None:
    """Draw what only the comparison has: running differences, and courses in one picture."""
    stills = player.seen.stills
    player.drawn["differences"].told = differences_of(stills)
    with player.drawn["courses"].hold_sync():
        player.drawn["courses"].courses, player.drawn["courses"].day = courses_of(stills), stills[0]["day"]


@solara.component
def Contest(view: View) -> None:
    """Organizations side by side with their controls."""
    router = solara.use_router()
    player = use_player(view, draw_contrast)
    show = player.show
    casts = solara.use_memo(lambda: [cast_of(firm) for firm in show.firms], [player.query])
    marks = sorted(mark for firm in show.firms for mark in marks_of(firm.scenario))

    def open_with(other: Callable[[View], View]) -> None:
        player.tried(lambda: go_to(PATH, other(show.view), router))

    with solara.Div(classes=["sm-page", "sm-compare"]):
        elements = {"transport": player.transport(marks, chooser(player, PATH, router))}
        with solara.Div(classes=["sm-row", "sm-lead"]):
            solara.v.Html(tag="p", class_="sm-note", children=[words.COMPARE["lead"]])
            if len(show.firms) < MOST:
                solara.Button(words.COMPARE["add"], on_click=lambda: open_with(with_another), classes=["sm-button"])
        with solara.Div(classes=["sm-firms", f"of{len(show.firms)}"]):
            for index, cast in enumerate(casts):
                with solara.Div(classes=["sm-firm"]):
                    elements |= contestant(player, index, cast, open_with)
        StoryView.element(story=player.story, on_pick=partial(player.pick, player.story.get("place", 0)))
        if player.error:
            solara.v.Html(tag="p", class_="sm-wrong", children=[player.error], attributes={"role": "alert"})
        with solara.Div(classes=["sm-both", f"of{len(show.firms)}"]):
            elements |= contrast(player, marks)
        FloorView.element(cast=casts[0], still=part_of(player.seen.stills[0], PICTURE), part="legend")
        Work(show, len(show.firms))
        Share.element(texts=share_of_comparison(show.view, USUAL_REPLICATIONS), words=share_words(show.view))
    use_time(player, elements)


def contestant(
    player: Player, index: int, cast: dict[str, Any], open_with: Callable[[Callable[[View], View]], None]
) -> dict[str, Any]:
    """Levers and floor of one organization."""
    firm = player.show.firms[index]
    levers = Levers.element(
        levers=levers_of(firm.scenario, firm.today),
        few=FEW_LEVERS,
        place=index,
        removable=len(player.show.firms) > 2,
        on_pull=partial(player.pull, index),
        on_remove=lambda: open_with(lambda view: without(view, index)),
    )
    floor = FloorView.element(
        cast=cast,
        frame=player.seen.pulses[index],
        still=part_of(player.seen.stills[index], PICTURE),
        playing=player.playing,
        speed=player.speed,
        label=labels_of(player.show.view)[index],
        part="floor",
        chosen=player.chosen(index),
        on_pick=partial(player.pick, index),
    )
    return {f"levers{index}": levers, f"floor{index}": floor}


def contrast(player: Player, marks: list[Any]) -> dict[str, Any]:
    """Figures with their running differences, and courses in one picture."""
    stills, labels = player.seen.stills, labels_of(player.show.view)
    days = player.show.firms[0].n_days
    return {
        "differences": Differences.element(told=differences_of(stills), labels=labels),
        "courses": Courses.element(courses=courses_of(stills), day=stills[0]["day"], days=days, marks=marks),
    }


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
