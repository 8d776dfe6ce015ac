"""The data report as one HTML file that loads nothing."""

from __future__ import annotations

from sim.calibrate.data_report import DataReport
from sim.report.data_parts import data_parts, summary
from sim.report.parts_page import parts_page


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
    heading = f"What {report.source_name} can tell", f"{report.n_kept:,} rows · {report.layout}"
    return parts_page("data.html.j2", heading, summary(report), data_parts(report))
