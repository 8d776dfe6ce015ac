"""Every word of the documentation and of the app stands in the British dictionary or in the project's own list.

codespell knows common misspellings and reads the code too; here the words must be known. The dictionary is that of
LibreOffice (docs/spelling/en_GB.zip, with its licence); words of the field and names stand in docs/spelling/words.txt.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from hunspell import Hunspell

from tests.pages import ROOT

FOLDER = ROOT / "docs" / "spelling"
PAGES = ("*.md", "docs/**/*.md", "experiments/*.md", "examples/*/*.md", "scenarios/**/*.md")
#: Pages whose words are names of packages.
LISTS_OF_NAMES = {ROOT / "docs" / "licences.md"}
#: What is no prose: blocks of code, comments, code within a line, targets of links, addresses, tags, lists of works.
HIDDEN = re.compile(
    r"""
    ^[ ]*(?P<fence>```+).*?^[ ]*(?P=fence)
    | <!--.*?-->
    | (?P<ticks>`+).+?(?P=ticks)
    | (?<=\])\([^)\s]*\)
    | https?:[^\s)>\]]+
    | \b10\.\d{4,}/\S+
    | </?[a-z][^>]*>
    | ^-[ ][^\n]*\(\d{4}\)\..*?(?=\n-[ ]|\n\n|\Z)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ɏ]+)*")
#: Names of files and fields, formulas and formats are no words; nor are names in CamelCase, initials and symbols.
NO_WORD = re.compile(r"[\d_@={}]|\w[.:]\w|^\.\w")
NAME = re.compile(r"[a-z][A-Z]|^[^a-z]+s?$|^.$")
#: Verbs and nouns with two spellings: we write -ise. An organization is the field's own term.
ENDING = re.compile(r"(?<=i)z(?=(?:e[ds]?|ers?|ings?|ations?|ational|able)$)")


# --- Texts ------------------------------------------------------------------------------------------------------------


def prose(text: str) -> str:
    """A page with blanks in place of what is no prose; lines stay where they are."""
    return HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def words_of(line: str) -> Iterator[str]:
    """Words of a line of prose, each without its possessive."""
    for token in re.split(r"[\s|/–—]+", line):
        if not NO_WORD.search(token.strip(".,;:!?()[]*\"'“”…")):
            yield from (re.sub(r"['’]s$", "", word) for word in WORD.findall(token) if not NAME.search(word))


def places() -> Iterator[tuple[str, str]]:
    """Where each line of prose stands, and the line."""
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)} - LISTS_OF_NAMES):
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(prose(path.read_text(encoding="utf-8")).splitlines(), 1):
            yield f"{name}:{number}", line
    for path in sorted(ROOT.glob("docs/notebooks/*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            if cell["cell_type"] == "markdown":
                yield f"{path.relative_to(ROOT).as_posix()}, cell {number}", prose("".join(cell["source"]))
    app = ROOT / "sim" / "app" / "words.py"
    for node in ast.walk(ast.parse(app.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield f"sim/app/words.py:{node.lineno}", prose(node.value)


@cache
def found() -> dict[str, list[str]]:
    """Places by word."""
    known: dict[str, list[str]] = {}
    for place, line in places():
        for word in words_of(line):
            known.setdefault(word, []).append(place)
    return known


# --- Dictionary -------------------------------------------------------------------------------------------------------


@cache
def dictionary() -> Hunspell:
    """Words of British English, as LibreOffice has them."""
    with TemporaryDirectory() as folder:
        ZipFile(FOLDER / "en_GB.zip").extractall(folder)
        return Hunspell("en_GB", hunspell_data_dir=folder)


@cache
def own() -> tuple[str, ...]:
    """Words of the project's own list, in its order."""
    return tuple((FOLDER / "words.txt").read_text(encoding="utf-8").split())


@cache
def is_in_dictionary(word: str) -> bool:
    return bool(dictionary().spell(word.replace("’", "'")))


def missing(word: str) -> list[str]:
    """What of a word neither the dictionary nor the list has: nothing, the word, or parts of it between hyphens."""
    if is_listed(word) or is_in_dictionary(word):
        return []
    parts = word.split("-")
    return [part for part in parts if not is_listed(part) and not is_in_dictionary(part)] if len(parts) > 1 else [word]


def is_listed(word: str) -> bool:
    """Whether the list has a word; a word in small letters may begin with a capital."""
    return word in own() or word[:1].lower() + word[1:] in own()


def two_ways(word: str) -> str:
    """The spelling with -ise of a word with -ize, if there is one; of a term or a listed word, none."""
    other = ENDING.sub("s", word)
    is_term = word.lower().startswith("organiz")
    return other if other != word and not is_term and not is_listed(word) and is_in_dictionary(other) else ""


def told(wrong: Callable[[str], str]) -> str:
    """Lines that name place, word and what to do, of every word of which something is wrong."""
    return "\n".join(
        f"{places[0]}: {word}: {fault} ({len(places)} times)"
        for word, places in sorted(found().items(), key=lambda each: each[1][0])
        if (fault := wrong(word))
    )


def unknown(word: str) -> str:
    parts = missing(word)
    near = " or ".join(near for part in parts for near in islice(dictionary().suggest(part), 2))
    return f"mend it{f' ({near}?)' if near else ''}, or add it to docs/spelling/words.txt" if parts else ""


# --- Tests ------------------------------------------------------------------------------------------------------------


def test_every_word_is_known() -> None:
    assert len(found()) > 4000
    assert not (lines := told(unknown)), f"Words that no dictionary has:\n{lines}"


def test_verbs_end_in_ise() -> None:
    assert not (lines := told(lambda word: (other := two_ways(word)) and f"write {other}")), lines


def test_the_list_is_sorted_and_holds_only_words_that_are_needed() -> None:
    assert list(own()) == sorted(set(own()), key=lambda word: (word.lower(), word)), "sort docs/spelling/words.txt"
    used = {part for word in found() for part in (word, *word.split("-"))}
    used |= {word[:1].lower() + word[1:] for word in used}
    assert not [word for word in own() if word not in used], (
        "not used any more: take them out of docs/spelling/words.txt"
    )
    known = [word for word in own() if is_in_dictionary(word) and not ENDING.search(word)]
    assert not known, "the dictionary has them: take them out of docs/spelling/words.txt"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One plain word, *stressed* or “said”.", "One plain word stressed or said"),
        ("See `sim.run` and [the page](docs/a_page.md) or https://an.address/pth.", "See and the page or"),
        ("before\n```sh\nsmarketing ruun\n```\nafter", "before after"),
        ("<!-- table: nmes -->\n| Hours of reps | c.u./year |\n<!-- end -->", "Hours of reps year"),
        ("Bob’s `x` costs 3kg, E12; report.html, {name}", "Bob costs"),
        ("sales–marketing and/or hand-off of an MQL in HubSpot", "sales marketing and or hand-off of an in"),
    ],
)
def test_words_are_told_from_what_is_no_prose(text: str, words: str) -> None:
    assert " ".join(word for line in prose(text).splitlines() for word in words_of(line)) == words


def test_a_misspelling_and_an_american_spelling_are_found() -> None:
    assert "dispute" in unknown("dispuute")
    assert "behaviour" in unknown("behavior")
    assert "liaison" in unknown("liason-work")
    assert two_ways("recognized") == "recognised"
    assert not unknown("hand-over") and not two_ways("organization") and not two_ways("size")
