"""The report of a calibration: as one HTML file that loads nothing, and as text for a terminal."""

from __future__ import annotations

from sim.calibrate.calibration import Calibration
from sim.calibrate.privacy import FAIR_USE
from sim.report.data_terminal import pieces_of
from sim.report.firm_parts import firm_parts, firm_summary
from sim.report.parts_page import parts_page
from sim.report.terminal import written


def firm_page(found: Calibration) -> str:
    """Make the report of a calibration: a complete HTML document, the same text for the same calibration."""
    facts = found.facts
    heading = f"{facts.source_name} in the simulator", f"{facts.n_rows:,} rows · {facts.layout}"
    return parts_page("firm.html.j2", heading, firm_summary(found), firm_parts(found), made=[])


def firm_text(found: Calibration) -> str:
    """The report of a calibration as tables."""
    return written(*firm_summary(found), *pieces_of(firm_parts(found)), "", FAIR_USE)
