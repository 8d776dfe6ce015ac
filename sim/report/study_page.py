"""The report of a study: one HTML file for a board and a referee, with no script and no request."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from sim.analysis.figures import PIXELS_PER_INCH, svg_text
from sim.domain.errors import InputError
from sim.domain.shown import MONEY, in_currency
from sim.ensemble.files import writable_folder
from sim.ensemble.fitting import kinds
from sim.report.page import MARKS, environment
from sim.report.prose import capital
from sim.report.study_choices import best, interactions
from sim.report.study_closing import study_closing
from sim.report.study_comparisons import comparison
from sim.report.study_curves import contingency, doses, waiting
from sim.report.study_made import failures, made_lines, progress_text, size_text
from sim.report.study_parts import Exhibit, Part, refused
from sim.report.study_sensitivity import screening, sensitivity
from sim.report.study_spread import spread
from sim.report.study_stopping import stopping
from sim.spec.plan import base_of
from sim.spec.plan_write import plan_toml

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: What answers each kind of question, and its heading where there is no answer.
PARTS: dict[str, tuple[Callable[[Experiment], Part], str]] = {
    "sensitivity": (sensitivity, "What does the answer hang on?"),
    "screening": (screening, "What matters at all?"),
    "map": (contingency, "What fits where?"),
    "interactions": (interactions, "Do pairs add up?"),
    "dose": (doses, "How much of it?"),
    "comparison": (comparison, "What changes, against the baseline"),
    "best": (best, "Which is best, and how sure is that"),
    "time_to_win": (waiting, "How long does a deal take?"),
    "convergence": (stopping, "When was it precise enough?"),
}
#: Sentences at the head of a page, and points that failed that it names.
MOST_SENTENCES, MOST_FAILURES = 3, 50
#: Dots per inch of pictures as PNG.
DPI = 300


@dataclass(frozen=True)
class Shown:
    """A picture in both layouts, as SVG that is safe in the page, and its full width in pixels."""

    wide: Markup
    narrow: Markup
    width: int


def parts_of(study: Experiment, most: int | None = None) -> list[Part]:
    """All that a study can answer, what its plan asks first; a part that cannot be answered says why.

    Parameters
    ----------
    most : int, optional
        Only so many of the first.
    """
    if not study.status.done:
        return []
    return [_part(study, kind) for kind in kinds(study)[:most]] or [spread(study)]


def _part(study: Experiment, kind: str) -> Part:
    make, title = PARTS[kind]
    try:
        return make(study)
    except InputError as error:
        return Part(title, (), (refused(kind, error),))


def shown(exhibit: Exhibit) -> Shown | None:
    """The picture of an exhibit, if it has one."""
    if exhibit.draw is None:
        return None
    drawn = [exhibit.draw(narrow) for narrow in (False, True)]
    alt = " ".join([exhibit.heading, *exhibit.reading]).strip()
    texts = [svg_text(figure, f"{exhibit.name}-{place}", alt) for place, figure in enumerate(drawn)]
    width = round(float(drawn[0].get_size_inches()[0]) * PIXELS_PER_INCH)
    return Shown(Markup(texts[0]), Markup(texts[1]), width)


def study_page(study: Experiment, parts: Sequence[Part] | None = None) -> str:
    """Make the report of a study.

    Parameters
    ----------
    study : Experiment
        Complete or not.
    parts : sequence of Part, optional
        From `parts_of`, where they are known.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same study.
    """
    found = parts_of(study) if parts is None else parts
    failed = failures(study)
    currency = base_of(study.plan).currency
    page = (
        environment()
        .get_template("study.html.j2")
        .render(
            title=capital(study.plan.name.replace("_", " ")),
            question=study.plan.description,
            size=size_text(study),
            answer=list(chain.from_iterable(part.answer for part in found))[:MOST_SENTENCES],
            progress=progress_text(study),
            parts=[*found, *study_closing(study)],
            picture=shown,
            marks=MARKS,
            failed=failed[:MOST_FAILURES],
            n_failed=len(failed),
            made=made_lines(study),
            plan=plan_toml(study.plan),
            explains_money=currency == MONEY,
        )
    )
    return in_currency(page, html.escape(currency))


def write_pictures(study: Experiment, parts: Sequence[Part], folder: Path) -> list[Path]:
    """Write every picture as SVG and PNG, named after the plan, the question and the outcome.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    files = []
    folder = writable_folder(folder, "--pictures")
    for exhibit in chain.from_iterable((*part.exhibits, *part.folded) for part in parts):
        if exhibit.draw is not None:
            stem = folder / f"{study.plan.name}-{exhibit.name}"
            files += _write_picture(exhibit, stem)
    return files


def _write_picture(exhibit: Exhibit, stem: Path) -> list[Path]:
    assert exhibit.draw is not None
    figure = exhibit.draw(False)
    vector, dots = (stem.with_name(f"{stem.name}.{kind}") for kind in ("svg", "png"))
    vector.write_text(svg_text(figure, stem.name, " ".join(exhibit.reading)) + "\n", encoding="utf-8")
    figure.savefig(dots, dpi=DPI, facecolor="white")
    return [vector, dots]
