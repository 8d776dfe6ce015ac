"""Studies: ask a question by a form, watch it run, stop it, go on with it, read and take away its answer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, quote

import ipyvuetify as v
import solara
import traitlets

from sim.app import words
from sim.app.jobs import JOBS, Job
from sim.app.jobs_view import JobCard
from sim.app.layout import ASSETS, ErrorCard, Paper
from sim.app.my_work import folder as work_folder
from sim.app.my_work import own_names
from sim.app.studies import (
    Form,
    choices,
    form_of_query,
    form_query,
    name_of,
    plan_of,
    read_form,
    report_of,
    study_at,
    study_folder,
    study_names,
    zipped,
    zipped_pictures,
)
from sim.app.widgets import Share
from sim.domain.errors import InputError
from sim.ensemble.experiment import Experiment, experiment, load
from sim.report.study_made import repeat_lines
from sim.spec.catalogue import interventions, relationships, scenario_names
from sim.spec.plan import Plan
from sim.spec.plan_write import plan_toml


class StudyForm(v.VuetifyTemplate):
    """The form; it tells of every change, so that its size is known before it is run."""

    template_file = str(ASSETS / "study_form.vue")
    options = traitlets.Dict().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    size = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Dict(words.EXPERIMENT).tag(sync=True)
    on_consider = traitlets.Callable(None, allow_none=True)
    on_ask = traitlets.Callable(None, allow_none=True)

    def vue_consider(self, content: Any) -> None:
        """Say how large it would be."""
        self.on_consider(content)

    def vue_ask(self, content: Any) -> None:
        """Run it."""
        self.on_ask(content)


class Studies(v.VuetifyTemplate):
    """The studies that are there."""

    template_file = str(ASSETS / "studies.vue")
    studies = traitlets.List().tag(sync=True)
    own = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    where = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.EXPERIMENT).tag(sync=True)
    on_choose = traitlets.Callable(None, allow_none=True)
    on_remove = traitlets.Callable(None, allow_none=True)

    def vue_choose(self, name: Any) -> None:
        """Open one."""
        self.on_choose(str(name))

    def vue_remove(self, name: Any) -> None:
        """Delete one of one's own."""
        self.on_remove(str(name))


def options() -> dict[str, Any]:
    """What the form offers."""
    return {
        "plans": choices(),
        "scenarios": [*scenario_names(), *own_names()],
        "types": [[name, kind.label] for name, kind in relationships().items()],
        "interventions": [[name, each.label, each.description] for name, each in interventions().items()],
    }


@dataclass(frozen=True)
class Considered:
    """What would come of a form: its plan, size in words and address, or why it cannot be."""

    plan: Plan | None = None
    size: str = ""
    query: str = ""
    error: str = ""


def considered(content: Any) -> Considered:
    """How large the study of a form would be, or why there is none."""
    try:
        form = read_form(content)
        plan = plan_of(form)
    except InputError as error:
        return Considered(error=str(error))
    runs = plan.n_points * plan.most_replications
    size = words.EXPERIMENT["size"].format(points=plan.n_points, replications=plan.most_replications, runs=f"{runs:,}")
    return Considered(plan, size, form_query(form))


def linked(search: str) -> tuple[dict[str, Any], Considered]:
    """The form that an address fills in, and what would come of it; the usual one where it cannot be."""
    try:
        start = asdict(form_of_query(search))
    except InputError as error:
        return asdict(Form()), Considered(error=str(error))
    return start, considered(start)


def share_of_plan(plan: Plan) -> dict[str, Any]:
    """What may be copied of a plan, and its words."""
    command, python = repeat_lines(plan)
    caption = words.EXPERIMENT["share"]
    if f"{plan.name}.toml" in command:
        own = plan.scenario.endswith(".toml")
        place = str(work_folder()) if own else words.EXPERIMENT["here"]
        caption = words.EXPERIMENT["share_file"].format(file=f"{plan.name}.toml", place=place)
    return {
        "texts": {"command": command, "python": f"import sim\n\nprint({python}.status)\n"},
        "files": {"toml": plan_toml(plan)},
        "words": {**words.SHARE, "toml": words.EXPERIMENT["copy_plan"], "caption": caption},
    }


def job_of(plan: Plan, owner: str) -> Job:
    """The work of a plan: what its store already holds is not run again."""
    folder = study_folder() / name_of(plan)
    return Job(name_of(plan), lambda job: experiment(plan, store=folder, advance=job), owner)


@solara.component
def ExperimentPage() -> None:
    """A form on the left, its answer on the right."""
    router = solara.use_router()
    chosen = parse_qs(router.search or "").get("study", [""])[-1]
    job, set_job = solara.use_state(None)
    seen, set_seen = solara.use_state(0)
    start, first = solara.use_memo(lambda: linked(router.search or ""), [])
    estimate, set_estimate = solara.use_state(first)

    def show(name: str) -> None:
        router.push(f"/experiment?study={quote(name)}" if name else "/experiment")

    def run(plan: Plan) -> None:
        submitted = JOBS.submit(job_of(plan, solara.get_session_id()))
        set_job(lambda _: submitted)  # a job may be called, and what may be called is asked for the state
        show(name_of(plan))

    def ask(content: Any) -> None:
        try:
            run(plan_of(read_form(content)))
        except InputError as error:
            set_estimate(Considered(error=str(error)))

    def remove(name: str) -> None:
        folder = study_folder() / name
        if folder == study_at(name):
            shutil.rmtree(folder)
        show("")

    with solara.Div(classes=["sm-stage", "sm-experiment"]):
        with solara.Div(classes=["sm-side"]):
            StudyForm.element(
                options=options(),
                start={**start, "types": list(start["types"]), "interventions": list(start["interventions"])},
                query="" if chosen else estimate.query,
                size=estimate.size,
                error=estimate.error,
                busy=job is not None and not job.is_over,
                on_consider=lambda content: set_estimate(considered(content)),
                on_ask=ask,
            )
            Studies.element(
                studies=study_names(),
                own=[path.name for path in study_folder().glob("*")],
                chosen=chosen,
                where=str(study_folder()),
                on_choose=show,
                on_remove=remove,
            )
        with solara.Div(classes=["sm-answer"]):
            if job is not None:
                JobCard(job, lambda: set_seen(lambda times: times + 1))
            Answer(chosen, seen, run, job is not None and not job.is_over)
            if not chosen and estimate.plan is not None:
                Share.element(**share_of_plan(estimate.plan))


@solara.component
def Answer(name: str, seen: int, run: Callable[[Plan], None], is_busy: bool) -> None:
    """What a study has to say; `seen` grows when there is more of it."""
    found = solara.use_memo(lambda: study_or_error(name), [name, seen])
    if isinstance(found, InputError):
        if not is_busy:
            ErrorCard(found)
    elif found is None:
        solara.v.Html(tag="p", class_="sm-card sm-note", children=[words.EXPERIMENT["waiting"]])
    else:
        TakeAway(found, run, is_busy)
        Report(found)


@solara.component
def Report(study: Experiment) -> None:
    """The report of a study, written while the page goes on."""
    page, set_page = solara.use_state("")
    done = study.status.done

    def write() -> Any:
        closed = threading.Event()

        def work() -> None:
            text = report_of(study)
            if not closed.is_set():
                set_page(text)

        if done:
            threading.Thread(target=work, name="report", daemon=True).start()
        return closed.set

    solara.use_effect(write, [str(study.store.folder), done])
    if page:
        Paper(words.EXPERIMENT["frame"], page)
    else:
        said = words.EXPERIMENT["writing" if done else "first"]
        solara.v.Html(tag="p", class_="sm-card sm-note", children=[said], attributes={"role": "status"})


def study_or_error(name: str) -> Experiment | InputError | None:
    """A study by its name, nothing without one, or why there is none."""
    try:
        return load(study_at(name)) if name else None
    except InputError as error:
        return error


@solara.component
def TakeAway(study: Experiment, run: Callable[[Plan], None], is_busy: bool) -> None:
    """Downloads of a study, and a button that goes on with one that is not complete."""
    said, name = words.EXPERIMENT, study.store.folder.name
    files: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        ("report", f"{name}.html", lambda: report_of(study)),
        ("csv", f"{name}-csv.zip", lambda: zipped(study, "csv")),
        ("parquet", f"{name}-parquet.zip", lambda: zipped(study, "parquet")),
        ("pictures", f"{name}-pictures.zip", lambda: zipped_pictures(study)),
        ("plan", f"{study.plan.name}.toml", lambda: plan_toml(study.plan)),
    )
    with solara.Div(classes=["sm-card"]), solara.Div(classes=["sm-row"]):
        for kind, file, make in files if study.status.done else files[-1:]:
            with solara.FileDownload(make, filename=file):
                solara.Button(said[kind], classes=["sm-button"])
        if study.status.missing and not is_busy:
            solara.Button(said["again"], on_click=lambda: run(study.plan), classes=["sm-button", "primary"])
    Share.element(**share_of_plan(study.plan))
