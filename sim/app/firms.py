"""One's own firms: exports, answers and what comes of them, in a folder of each that only this user may read."""

from __future__ import annotations

import base64
import binascii
import csv
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.app.limits import UPLOAD
from sim.app.my_work import folder, own_names
from sim.calibrate.form import HEADERS, ROLES, SIDES, known_file, write_form
from sim.calibrate.known import COLUMNS, QUANTITIES, known_table
from sim.domain.errors import InputError, did_you_mean
from sim.ensemble.files import write_text
from sim.ensemble.progress import Advance

#: Firms and files of an export that one may have, and people who may answer.
MOST_FIRMS, MOST_FILES, MOST_PEOPLE = 50, 20, 500
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".gz")
_FILE = re.compile(r"[^\w.()+-]+")
#: Luck of all that is made of a firm.
SEED = 1
ANSWERS, MAPPING, EXPORT, BANK = "answers.csv", "mapping.toml", "export", "bank"


def firms_folder() -> Path:
    """Where they lie."""
    return folder() / "firms"


def firm_names() -> list[str]:
    """Names of one's own firms, finished or not."""
    place = firms_folder()
    begun = {path.name for path in place.iterdir() if path.is_dir()} if place.is_dir() else set()
    return sorted(begun | set(own_names()))


def new_firm(title: str) -> str:
    """Begin a firm; its name is made of what it is called.

    Raises
    ------
    InputError
        If there is one of that name, or too many.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    if not slug:
        raise InputError(
            "name", "must have a letter from a to z or a digit", title[:40], "Call it Acme 2, for example."
        )
    name = f"my-{slug}"
    if name in firm_names():
        raise InputError("name", "must be new", name, "Choose another, or go on with the one that is there.")
    if len(firm_names()) >= MOST_FIRMS:
        raise InputError("name", f"must be one of at most {MOST_FIRMS} firms", name, "Delete one first.")
    firms_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    (firms_folder() / name).mkdir(mode=0o700)
    return name


def home(name: str) -> Path:
    """Folder of a firm.

    Raises
    ------
    InputError
        If there is no such firm.
    """
    if name not in firm_names():
        raise InputError("firm", "there is no such firm of yours", name[:80], did_you_mean(name[:80], firm_names()))
    place = firms_folder() / name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def scenario_file(name: str) -> Path:
    """The scenario that comes of a firm, whether it is there yet or not."""
    return folder() / f"{name}.toml"


def report_file(name: str) -> Path:
    """The report of how it was calibrated, whether it is there yet or not."""
    return home(name) / "report.html"


def remove(name: str) -> None:
    """Delete a firm with all that belongs to it."""
    shutil.rmtree(home(name))
    for file in folder().glob(f"{name}.*"):
        file.unlink()


# --- The export -------------------------------------------------------------------------------------------------------


def take_piece(name: str, file: str, piece: str, is_first: bool) -> Path:
    """Take a piece of a file that is being uploaded, in base64; the first one begins it anew.

    Raises
    ------
    InputError
        If its name, number or size is not what an export may have.
    """
    place = home(name) / EXPORT
    place.mkdir(exist_ok=True, mode=0o700)
    target = place / clean(file)
    if is_first and target.name not in (known := export_files(name)) and len(known) >= MOST_FILES:
        raise InputError(
            "export", f"must have at most {MOST_FILES} files", len(known) + 1, "Join files, or leave some out."
        )
    try:
        content = base64.b64decode(piece, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("export", "came damaged", target.name, "Send it again.") from None
    size = len(content) + sum(path.stat().st_size for path in place.iterdir() if not (is_first and path == target))
    if size > UPLOAD:
        target.unlink(missing_ok=True)  # half a file is of no use, and would be in the way of the next
        mend = "Calibrate it on the command line, which takes any size: smarketing calibrate EXPORT."
        raise InputError("export", f"must have at most {UPLOAD // 2**20} MiB in all", f"{size / 2**20:.0f} MiB", mend)
    with target.open("wb" if is_first else "ab") as out:
        out.write(content)
    return target


def clean(file: str) -> str:
    r"""Name of an uploaded file without its folder and without what a shell or a page could stumble over.

    Raises
    ------
    InputError
        If it is none of the kinds that can be read.

    Examples
    --------
    >>> clean("../../etc/deals (1).csv"), clean("C:\\data\\Deals.XLSX")
    ('deals_(1).csv', 'Deals.XLSX')
    """
    last = _FILE.sub("_", file.replace("\\", "/").rsplit("/", 1)[-1])[-100:].lstrip(".")
    if Path(last).suffix.lower() not in SUFFIXES:
        raise InputError(
            "export", f"must end in {', '.join(SUFFIXES)}", last[:60] or "nothing", "Save the export as one of these."
        )
    return last


def export_files(name: str) -> list[str]:
    """Names of the files of an export, in order."""
    place = home(name) / EXPORT
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


def drop_export(name: str) -> None:
    """Delete the files of an export, and the mapping that was theirs."""
    shutil.rmtree(home(name) / EXPORT, ignore_errors=True)
    (home(name) / MAPPING).unlink(missing_ok=True)


def export_path(name: str) -> Path:
    """The export: its file, or the folder of several.

    Raises
    ------
    InputError
        If there is none yet.
    """
    files = export_files(name)
    if not files:
        raise InputError("export", "must have a file", None, "Choose one or several files first.")
    place = home(name) / EXPORT
    return place / files[0] if len(files) == 1 else place


def read(name: str) -> Any:
    """The export, read by its mapping if there is one."""
    from sim.calibrate.importers import read_export

    mapping = home(name) / MAPPING
    return read_export(export_path(name), mapping if mapping.is_file() else None)


def data_page_of(name: str) -> str:
    """The data report of an export as a page."""
    from sim.calibrate.data_report import data_report
    from sim.report.data_page import data_page

    return data_page(data_report(read(name)))


def mapping_of(name: str) -> str:
    """Which column is which, as TOML: what was saved, or a guess."""
    from sim.calibrate.guesses import guess_mapping
    from sim.calibrate.mapping import mapping_text

    file = home(name) / MAPPING
    return file.read_text(encoding="utf-8") if file.is_file() else mapping_text(guess_mapping(export_path(name)))


def save_mapping(name: str, text: str) -> None:
    """Keep a mapping, if it can be read; an empty text goes back to the guess.

    Raises
    ------
    InputError
        If it is none.
    """
    from sim.calibrate.mapping import read_mapping

    file = home(name) / MAPPING
    if not text.strip():
        file.unlink(missing_ok=True)
        return
    trial = home(name) / "trial.toml"
    write_text(trial, text[:100_000])
    try:
        read_mapping(trial)
        trial.replace(file)
    finally:
        trial.unlink(missing_ok=True)


def preview_of(name: str) -> list[list[str]]:
    """Which column was taken for what, with a few of its values; nothing of columns that hold people or ids.

    Returns
    -------
    list of list of str
        What it is, the header in the export, and up to three values in a text.
    """
    import tomllib

    from sim.calibrate.tables import read_table

    columns = tomllib.loads(mapping_of(name)).get("columns", {})
    path = export_path(name)
    table = read_table(path if path.is_file() else path / export_files(name)[0], [], set())
    rows = []
    for what, header in columns.items():
        shown = header in table.sample and what in SHOWN
        values = table.sample[header].dropna().drop_duplicates().head(3).tolist() if shown else []
        rows.append([what, header, " · ".join(str(value)[:30] for value in values) or "not shown"])
    return rows


#: Columns of a mapping of which values are shown: none that could hold a person.
SHOWN = (
    "created",
    "closed",
    "stage",
    "amount",
    "is_won",
    "total_days",
    "mql",
    "handed",
    "responded",
    "expected",
    "time",
)

# --- The self-assessment ----------------------------------------------------------------------------------------------


def answers_file(name: str) -> Path:
    """Where answers are kept; an empty form is made where there is none."""
    file = home(name) / ANSWERS
    if not file.exists():
        write_form(file)
        _write_rows(file, [_rows(file)[0]])
    return file


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


def _write_rows(file: Path, rows: Sequence[Sequence[str]]) -> None:
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_text(file, text.getvalue())


def take_answers(name: str, side: str, role: str, answers: Sequence[Any]) -> None:
    """Take the answers of a person, without a name.

    Raises
    ------
    InputError
        If the side, the role or an answer is none.
    """
    if side not in SIDES or role not in ROLES:
        raise InputError(
            "side",
            f"must be one of {', '.join(SIDES)}, and a role of {', '.join(ROLES)}",
            f"{side} {role}",
            "Choose both from the lists.",
        )
    texts = ["" if answer in (None, "") else str(answer) for answer in answers]
    if len(texts) != len(HEADERS) or any(text not in ("", "1", "2", "3", "4", "5") for text in texts):
        raise InputError(
            "answers",
            f"must be {len(HEADERS)}, each 1 to 5 or left open",
            len(texts),
            "Answer each item with 1 to 5, or leave it open.",
        )
    if not any(texts):
        raise InputError("answers", "must not all be left open", None, "Answer one item or more.")
    file = answers_file(name)
    rows = _rows(file)
    if len(rows) > MOST_PEOPLE:
        raise InputError(
            "answers",
            f"must be of at most {MOST_PEOPLE} people",
            len(rows),
            "Score the firm with those who have answered.",
        )
    _write_rows(file, [*rows, [side, role, *texts]])


def answered(name: str) -> dict[str, int]:
    """How many people of each side have answered: all that is told of single people."""
    file = home(name) / ANSWERS
    counts = Counter(row[0] for row in _rows(file)[1:]) if file.exists() else Counter[str]()
    return {side: counts[side] for side in SIDES}


def save_known(name: str, values: Mapping[str, Sequence[Any]]) -> None:
    """Keep what the firm knows of itself: value, low and high of quantities by name; what is left open goes.

    Raises
    ------
    InputError
        If a value is none, or out of its range.
    """
    file = known_file(answers_file(name))
    texts = {
        known: [str(text).strip()[:20] for text in row][:3] for known, row in values.items() if known in QUANTITIES
    }
    known_table({known: (known, dict(zip(COLUMNS[1:], row, strict=True))) for known, row in texts.items()})
    open_ = ["", "", ""]
    lines = [[each.name, *texts.get(each.name, open_), each.unit, each.meaning] for each in QUANTITIES.values()]
    _write_rows(file, [_rows(file)[0], *lines])


def known_of(name: str) -> list[list[str]]:
    """What the firm knows of itself: name, value, low, high, unit and meaning of each quantity."""
    return _rows(known_file(answers_file(name)))[1:]


def form_of(name: str) -> Any:
    """The form as `sim.calibrate.answers.read_answers` reads it."""
    from sim.calibrate.answers import read_answers

    return read_answers(answers_file(name))


# --- What comes of it -------------------------------------------------------------------------------------------------


def scored(name: str, base: str, advance: Advance) -> str:
    """Score the self-assessment; returns the page of results."""
    return _page_of(name, _assessed(name, base, advance))


def made_of_answers(name: str, base: str, advance: Advance) -> str:
    """Score the self-assessment and make the firm of it; returns the page of results."""
    from sim.calibrate.by_hand import write_firm
    from sim.spec.catalogue import load_scenario

    found = _assessed(name, base, advance)
    write_firm(found.firm(load_scenario(base), SEED), scenario_file(name), SEED)
    return _page_of(name, found)


def _assessed(name: str, base: str, advance: Advance) -> Any:
    from sim.calibrate.assessed import assess, n_organizations
    from sim.spec.catalogue import load_scenario

    answers = form_of(name)
    advance.expect(n_organizations(answers))
    return assess(answers, load_scenario(base), SEED, progress=advance)


def _page_of(name: str, found: Any) -> str:
    from sim.report.assessment_text import assessment_page

    page = assessment_page(found)
    write_text(home(name) / "assessment.html", page)
    return page


def calibrated(name: str, base: str, bank: int, advance: Advance) -> str:
    """Calibrate the firm from its export and, where people answered, their answers; returns the page of results."""
    from sim.calibrate import calibration
    from sim.calibrate.assessment import infer, what_counts
    from sim.report.firm_page import firm_page
    from sim.spec.catalogue import load_scenario

    export, scenario, practices, counted = read(name), load_scenario(base), None, ""
    advance.expect(bank + calibration.N_CHECKS)
    if any(answered(name).values()):
        told = form_of(name)
        counted = what_counts(told)
        practices = infer(told, scenario, SEED, calibration.N_PRACTICES)
    how = calibration.How(bank, home(name) / BANK, None, practices, SEED, counted)
    found = calibration.calibrate(export, scenario, how, advance)
    calibration.write_firm(found, scenario_file(name))
    page = firm_page(found)
    write_text(report_file(name), page)
    return page
