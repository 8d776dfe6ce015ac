"""How to cite the software that made a result: one record, told as text, BibTeX, a citation file and JSON."""

from __future__ import annotations

import json
from typing import Any

from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.provenance import commit, version

#: Forms in which a citation is told.
FORMS = ("text", "bibtex", "cff", "json")
TITLE = "smarketing: a simulator of sales–marketing organizations"
AUTHORS = ("The smarketing authors",)
LICENSE = "Apache-2.0"
ABSTRACT = (
    "An agent-based simulator that compares, on equal luck, what changes in revenue, cycle time and conflict when"
    " marketing and sales work together differently."
)
KEYWORDS = ("agent-based model", "simulation", "sales", "marketing", "organization")
SCHEMA = 1


def cited() -> dict[str, Any]:
    """All that a citation says: title, authors, version, results version, licence, and the commit of a checkout."""
    return {
        "schema": SCHEMA,
        "title": TITLE,
        "authors": list(AUTHORS),
        "version": version(),
        "results_version": RESULTS_VERSION,
        "commit": commit(),
        "license": LICENSE,
        "abstract": ABSTRACT,
        "keywords": list(KEYWORDS),
    }


def citation_text(form: str) -> str:
    """A citation in one of `FORMS`.

    Examples
    --------
    >>> citation_text("bibtex").splitlines()[1]
    '  title = {{smarketing: a simulator of sales–marketing organizations}},'
    """
    makes = {"text": _plain, "bibtex": _bibtex, "cff": citation_file, "json": _json}
    return makes[form]()


def _plain() -> str:
    return f"{', '.join(AUTHORS)}. {TITLE}. Computer program, {_which()}. Licence {LICENSE}.\n"


def _which() -> str:
    """Version, results version and commit: what somebody needs to make the same numbers again."""
    of = commit()
    return f"version {version()}, results version {RESULTS_VERSION}" + (f", commit {of[:12]}" if of else "")


def _bibtex() -> str:
    fields = {
        "title": f"{{{TITLE}}}",
        "author": " and ".join(f"{{{name}}}" for name in AUTHORS),
        "version": version(),
        "note": f"Computer program, {_which()}, licence {LICENSE}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    key = version().replace(".", "-")
    return "\n".join([f"@software{{smarketing-{key},", *lines, "}"]) + "\n"


def citation_file() -> str:
    """The text of CITATION.cff (Citation File Format 1.2.0)."""
    message = (
        "If you use smarketing in your work, please cite it with the version you ran and its results version (here"
        f" results version {RESULTS_VERSION})."
    )
    lines = ["cff-version: 1.2.0", f"message: {_quoted(message)}", "type: software", f"title: {_quoted(TITLE)}"]
    lines += [f"abstract: {_quoted(ABSTRACT)}", "authors:", *(f"  - name: {_quoted(name)}" for name in AUTHORS)]
    lines += [
        f"version: {version()}",
        f"license: {LICENSE}",
        "keywords:",
        *(f"  - {_quoted(word)}" for word in KEYWORDS),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text as YAML reads it, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def _json() -> str:
    return json.dumps(cited(), indent=1, ensure_ascii=False) + "\n"
