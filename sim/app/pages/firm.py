"""One's own firm: an export, what both sides say, and the scenario that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import ipyvuetify as v
import solara
import traitlets

from sim.app import firms, words
from sim.app.firm_doors import Made, lines_of, note_made
from sim.app.jobs import JOBS, Job
from sim.app.jobs_view import JobCard
from sim.app.layout import ASSETS, ErrorCard, Paper
from sim.app.my_work import folder
from sim.app.widgets import Share
from sim.calibrate.form import HEADERS
from sim.domain.errors import InputError
from sim.spec.catalogue import scenario_names

Handler = Callable[[Any], None]
#: For all that nobody said, as long as the answers are only scored.
USUAL_BASE = "mid"


class Firms(v.VuetifyTemplate):
    """The firms that are there, and a name for a new one."""

    template_file = str(ASSETS / "firms.vue")
    firms = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    where = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.FIRM).tag(sync=True)
    on = traitlets.Dict()

    def vue_choose(self, name: Any) -> None:
        """Open one."""
        self.on["choose"](str(name))

    def vue_begin(self, title: Any) -> None:
        """Begin one."""
        self.on["begin"](str(title))

    def vue_remove(self, name: Any) -> None:
        """Delete one."""
        self.on["remove"](str(name))


class Upload(v.VuetifyTemplate):
    """Files of an export, which come in pieces; the next piece is sent when the last was taken."""

    template_file = str(ASSETS / "upload.vue")
    files = traitlets.List().tag(sync=True)
    taken = traitlets.Int(0).tag(sync=True)
    refused = traitlets.Int(0).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.FIRM).tag(sync=True)
    on = traitlets.Dict()

    def vue_piece(self, piece: Any) -> None:
        """Take a piece: name of the file, content in base64, whether it is the first and the last."""
        file, content, is_first, is_last = piece
        try:
            self.on["piece"](str(file), str(content), bool(is_first))
        except InputError as error:
            self.error = str(error)
            self.refused += 1
            return
        self.error = ""
        self.taken += 1
        if is_last:
            self.on["done"]()

    def vue_look(self, _: Any = None) -> None:
        """Make the data report."""
        self.on["look"]()

    def vue_drop(self, _: Any = None) -> None:
        """Take the files out again."""
        self.on["drop"]()


class Columns(v.VuetifyTemplate):
    """Which column of an export is which."""

    template_file = str(ASSETS / "mapping.vue")
    rows = traitlets.List().tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.FIRM).tag(sync=True)
    on_save = traitlets.Callable(None, allow_none=True)

    def vue_save(self, text: Any) -> None:
        """Read the export so."""
        self.on_save(str(text))


class People(v.VuetifyTemplate):
    """The questionnaire, for one person after the other, and what the firm knows of itself."""

    template_file = str(ASSETS / "people.vue")
    statements = traitlets.List(list(HEADERS)).tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    known = traitlets.List().tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Dict(words.FIRM).tag(sync=True)
    on = traitlets.Dict()

    def vue_answer(self, answer: Any) -> None:
        """Take the answers of a person: side, role and answers."""
        self.on["answer"](*answer)

    def vue_keep(self, values: Any) -> None:
        """Keep what the firm knows of itself."""
        self.on["keep"](values)

    def vue_score(self, _: Any = None) -> None:
        """Score the answers."""
        self.on["score"]()


class Make(v.VuetifyTemplate):
    """A button that makes the firm."""

    template_file = str(ASSETS / "make.vue")
    bases = traitlets.List(scenario_names()).tag(sync=True)
    exported = traitlets.Bool(False).tag(sync=True)
    ready = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Dict(words.FIRM).tag(sync=True)
    on_make = traitlets.Callable(None, allow_none=True)

    def vue_make(self, how: Any) -> None:
        """Make it: base scenario and size of the bank."""
        self.on_make(str(how[0]), str(how[1]))


@solara.component
def FirmPage() -> None:
    """One's firms on the left, the chosen one on the right."""
    router = solara.use_router()
    chosen = parse_qs(router.search or "").get("firm", [""])[-1]
    error, set_error = solara.use_state("")

    def show(name: str) -> None:
        router.push(f"/firm?firm={name}" if name else "/firm")

    def begin(title: str) -> None:
        try:
            show(firms.new_firm(title))
            set_error("")
        except InputError as wrong:
            set_error(str(wrong))

    def remove(name: str) -> None:
        firms.remove(name)
        show("")

    with solara.Div(classes=["sm-stage", "sm-experiment"]):
        with solara.Div(classes=["sm-side"]):
            Firms.element(
                firms=firms.firm_names(),
                chosen=chosen,
                error=error,
                where=words.FIRM["where"].format(folder=folder()),
                on={"choose": show, "begin": begin, "remove": remove},
            )
        with solara.Div(classes=["sm-answer"]):
            if not chosen:
                solara.v.Html(tag="p", class_="sm-card sm-note", children=[words.FIRM["first"]])
            elif chosen in firms.firm_names():
                Desk(chosen).key(chosen)
            else:
                ErrorCard(InputError("firm", "there is no such firm of yours", chosen[:80], "Choose one of the list."))


@dataclass(frozen=True)
class Errands:
    """What the buttons of a firm's desk do.

    Parameters
    ----------
    name : str
        Of the firm.
    change : dict
        What sets ``changes``, ``page``, ``job``, ``errors`` and ``said`` of the desk.
    """

    name: str
    change: dict[str, Callable[[Any], None]]

    def changed(self) -> None:
        """Something new is there to be read."""
        self.change["changes"](lambda times: times + 1)

    def tried(self, place: str, work: Callable[[], Any], said: str = "") -> Any:
        """Do something and say that it was done, or beside its button why not; what came of it, or None."""
        try:
            result = work()
        except InputError as error:
            self.change["errors"]({place: str(error)})
            self.change["said"]("")
            return None
        self.change["errors"]({})
        self.change["said"](said)
        self.changed()
        return result

    def start(self, work: Callable[[Job], str]) -> None:
        """Let work wait for its turn."""
        submitted = JOBS.submit(Job(self.name, work, solara.get_session_id()))
        self.change["job"](lambda _: submitted)

    def look(self) -> None:
        """Show what the export can tell."""
        if (found := self.tried("export", lambda: firms.data_page_of(self.name))) is not None:
            self.change["page"]((words.FIRM["data"], found))

    def answer(self, side: Any, role: Any, answers: Any) -> None:
        """Take the answers of a person."""
        taken = lambda: firms.take_answers(self.name, str(side), str(role), list(answers))  # noqa: E731
        self.tried("people", taken, words.FIRM["handed_in"])

    def keep(self, values: Any) -> None:
        """Keep what the firm knows of itself."""
        self.tried("people", lambda: firms.save_known(self.name, dict(values)), words.FIRM["kept"])

    def score(self) -> None:
        """Score the answers; no firm is made of them yet."""
        self.tried("people", lambda: self.start(lambda job: firms.scored(self.name, USUAL_BASE, job)))

    def make(self, base: str, bank: str) -> None:
        """Make the firm."""
        self.tried("make", lambda: self.start(maker(self.name, base, bank)))

    def uploads(self) -> dict[str, Callable[..., Any]]:
        """What the upload asks for."""
        return {
            "piece": lambda file, content, is_first: firms.take_piece(self.name, file, content, is_first),
            "done": self.changed,
            "look": self.look,
            "drop": lambda: self.tried("export", lambda: firms.drop_export(self.name)),
        }


@solara.component
def Desk(name: str) -> None:
    """All of one firm."""
    changes, set_changes = solara.use_state(0)
    kept = solara.use_memo(lambda: kept_page(name), [name])
    page, set_page = solara.use_state(kept)
    job, set_job = solara.use_state(None)
    errors, set_errors = solara.use_state({})
    said, set_said = solara.use_state("")
    change = {"changes": set_changes, "page": set_page, "job": set_job, "errors": set_errors, "said": set_said}
    errands = Errands(name, change)
    is_busy = job is not None and not job.is_over

    def ended() -> None:
        errands.changed()
        if job is not None and isinstance(job.result, str):
            set_page((words.FIRM["result"], job.result))

    files = firms.export_files(name)
    Upload.element(files=files, error=errors.get("export", ""), on=errands.uploads())
    if page is not None and page[0] == words.FIRM["data"]:
        Paper(*page)
    if len(files) == 1:  # several files are those of a known layout, or none that a mapping can help
        save: Handler = lambda text: errands.tried("mapping", lambda: firms.save_mapping(name, text))  # noqa: E731
        Mapped(name, changes, save, errors)
    People.element(
        counts=firms.answered(name),
        known=firms.known_of(name),
        said=said,
        error=errors.get("people", ""),
        busy=is_busy,
        on={"answer": errands.answer, "keep": errands.keep, "score": errands.score},
    )
    Make.element(
        exported=bool(files),
        ready=name if firms.scenario_file(name).exists() else "",
        error=errors.get("make", ""),
        busy=is_busy,
        on_make=errands.make,
    )
    if job is not None:
        JobCard(job, ended)
    caption = words.FIRM["share" if "command" in (lines := lines_of(name)) else "share_later"]
    Share.element(texts=lines, words={**words.SHARE, "caption": caption})
    if page is not None and page[0] != words.FIRM["data"]:
        Paper(*page)


def maker(name: str, base: str, bank: str) -> Callable[[Job], str]:
    """The work that makes a firm: from its export where there is one, else from its answers.

    Raises
    ------
    InputError
        If the base or the size of the bank is none that is offered.
    """
    if base not in scenario_names():
        raise InputError("base", f"must be one of {', '.join(scenario_names())}", base[:80], "Choose one of them.")
    if bank not in words.FIRM["fineness"]:
        rule = f"must be one of {', '.join(words.FIRM['fineness'])}"
        raise InputError("fineness", rule, bank[:20], "Choose one of them.")
    made = Made(base, int(bank) if firms.export_files(name) else 0, any(firms.answered(name).values()))

    def make(job: Job) -> str:
        page = firms.calibrated(name, base, made.bank, job) if made.bank else firms.made_of_answers(name, base, job)
        note_made(name, made)
        return page

    return make


def kept_page(name: str) -> tuple[str, str] | None:
    """What was found of a firm before, as its title and page."""
    for file, title in ((firms.report_file(name), "result"), (firms.home(name) / "assessment.html", "assessment")):
        if file.is_file():
            return str(words.FIRM[title]), file.read_text(encoding="utf-8")
    return None


@solara.component
def Mapped(name: str, changes: int, save: Handler, errors: dict[str, str]) -> None:
    """Which column is which; where not even a guess can be made, why not."""

    def look() -> tuple[str, list[list[str]], str]:
        try:
            return firms.mapping_of(name), firms.preview_of(name), ""
        except InputError as error:
            return "", [], str(error)

    text, rows, wrong = solara.use_memo(look, [name, changes])
    Columns.element(text=text, rows=rows, error=errors.get("mapping", "") or wrong, on_save=save)
