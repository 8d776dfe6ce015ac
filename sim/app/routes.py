"""The pages and their addresses; the server and tests load this module."""

from __future__ import annotations

import solara

from sim.app.layout import Layout
from sim.app.pages.classroom import ClassPage
from sim.app.pages.compare import ComparePage
from sim.app.pages.experiment import ExperimentPage
from sim.app.pages.firm import FirmPage
from sim.app.pages.floor import FloorPage

routes = [
    solara.Route("/", component=FloorPage, label="Floor", layout=Layout),
    solara.Route("compare", component=ComparePage, label="Compare"),
    solara.Route("experiment", component=ExperimentPage, label="Experiment"),
    solara.Route("firm", component=FirmPage, label="My firm"),
    solara.Route("class", component=ClassPage, label="Class"),
]
