"""The doors through which a user's input comes in: each makes spoilt inputs, and puts them in as a user would.

A door's function takes a source of chance and an empty folder, spoils something that is whole, and gives it to the
product. It returns what the product made of it, or lets an `InputError` pass; anything else that is raised is a fault.
What is accepted must work: each door uses what it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.adversarial.of_app import classroom, form_of_study, link, request
from tests.adversarial.of_data import answers, export, mapping, posterior
from tests.adversarial.of_results import result, store
from tests.adversarial.of_scenarios import plan_file, scenario_file, words

Door = Callable[[Random, Path], Any]
DOORS: dict[str, Door] = {
    "scenario": scenario_file,
    "plan": plan_file,
    "words": words,
    "export": export,
    "mapping": mapping,
    "answers": answers,
    "posterior": posterior,
    "store": store,
    "result": result,
    "link": link,
    "request": request,
    "class": classroom,
    "study form": form_of_study,
}
