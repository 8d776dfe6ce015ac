"""The random organizations of the other tests make use of every mechanism."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import LEVERS, RULES
from tests.blueprints import features, random_blueprint

N = 200
FEW = 3
NEEDED = (
    *("generalists", "liaisons", "growth", "installed customers", "reps leave", "adopt", "a quarter ends"),
    *("product B from the start", "launch", "no product B", "end with a decay of its own"),
    *(f"served by {owner}" for owner in range(3)),
    *(f"handoff point {point}" for point in range(4)),
    *(f"assign rule {rule}" for rule in range(4)),
    *(f"units {number}" for number in (1, 2, 3)),
    *(f"managers {number}" for number in range(4)),
    *(f"{name} set to {value}" for name, lever in LEVERS.items() for value in range(int(lever.high) + 1)),
    *(f"{name} set back" for name in LEVERS),
    *(f"{name} {how}" for name in PRACTICES for how in ("above 0", "raised")),
    *(
        f"{name} {how}"
        for name, practice in PRACTICES.items()
        if practice.is_relative
        for how in ("below 0", "lowered")
    ),
    *(f"{rule.name} off" for rule in RULES if rule.section == "mechanisms"),
)


def test_random_organizations_make_use_of_every_mechanism() -> None:
    luck = np.random.default_rng(20240501)
    found = Counter(word for _ in range(N) for word in features(random_blueprint(luck, most_days=90)))
    rare = {word: found[word] for word in NEEDED if found[word] < FEW}
    assert rare == {}, f"in fewer than {FEW} of {N}"
