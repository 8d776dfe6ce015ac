"""The data report as one HTML file that loads nothing."""

from __future__ import annotations

from sim.calibrate.data_report import DataReport
from sim.calibrate.privacy import FAIR_USE
from sim.ensemble.provenance import version
from sim.report.data_parts import data_parts, summary
from sim.report.page import MARKS, environment
from sim.report.study_page import shown


def data_page(report: DataReport) -> str:
    """Make the data report of an export.

    Parameters
    ----------
    report : DataReport
        Read only here.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same report.
    """
    return (
        environment()
        .get_template("data.html.j2")
        .render(
            title=f"What {report.source_name} can tell",
            kicker=f"{report.n_kept:,} rows · {report.layout}",
            answer=summary(report),
            parts=data_parts(report),
            picture=shown,
            marks=MARKS,
            fair_use=FAIR_USE,
            version=version(),
        )
    )
