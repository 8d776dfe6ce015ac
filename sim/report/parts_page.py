"""A page of parts about a firm's own data, with the line on fair use, as one HTML file that loads nothing."""

from __future__ import annotations

from typing import Any

from sim.calibrate.privacy import FAIR_USE
from sim.ensemble.provenance import version
from sim.report.page import MARKS, environment
from sim.report.study_page import shown
from sim.report.study_parts import Part


def parts_page(template: str, heading: tuple[str, str], answer: list[str], parts: list[Part], **more: Any) -> str:
    """Make a page.

    Parameters
    ----------
    template : str
        Its own template, which extends ``parts.html.j2``.
    heading : (title, kicker)
        What it is about.
    answer : list of str
        Sentences at its head.
    parts : list of Part
        In their order.
    **more
        What its own template shows besides.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same content.
    """
    title, kicker = heading
    return (
        environment()
        .get_template(template)
        .render(
            title=title,
            kicker=kicker,
            answer=answer,
            parts=parts,
            picture=shown,
            marks=MARKS,
            fair_use=FAIR_USE,
            version=version(),
            **more,
        )
    )
