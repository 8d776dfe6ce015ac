"""Change one habit of one kind of person, in plain Python, and compare on the same luck.

Hunters look for prospects of their own: in the last 15 days of a quarter they open the inbox with marketing's leads
only if the firm tracks answers. Run it: ``python docs/examples/subclassed_agent.py``
"""

from __future__ import annotations

from sim.model.agents import Rep
from sim.model.organization import Organization

SEEDS = range(1, 9)
SHOWN = {
    "bookings_new": "New bookings, c.u. a year",
    "followup_rate": "Follow-up, share of leads handed off",
    "response_days": "Response, working days",
    "conflict_per_100": "Disputes per 100 hand-offs",
}


class Hunter(Rep):
    """A rep who lets marketing's leads lie while the quarter closes."""

    def step(self) -> None:
        """Work a day: everything as usual, but without the habit of opening the inbox."""
        usual = self.record.inbox_habit
        if self.model.day % 65 >= 50:
            self.record.inbox_habit = 0.0
        super().step()
        self.record.inbox_habit = usual


def main() -> None:
    """Run both organizations with each seed and print what differs."""
    pairs = [
        (
            Organization("small", seed=seed).run(),
            Organization("small", seed=seed, agent_classes={Rep: Hunter}).run(),
        )
        for seed in SEEDS
    ]
    print(f"Scenario small, {len(pairs)} seeds, mean difference of hunters from reps:\n")
    print(f"{'':38}{'reps':>14}{'hunters':>14}{'difference':>14}{'seeds up, down':>18}")
    for name, label in SHOWN.items():
        both = [(usual[name], hunting[name]) for usual, hunting in pairs]
        met = [(usual, hunting) for usual, hunting in both if usual is not None and hunting is not None]
        usual, hunting = (sum(values) / len(met) for values in zip(*met, strict=True))
        up_and_down = f"{sum(b > a for a, b in met)}, {sum(b < a for a, b in met)}"
        print(f"{label:38}{usual:14,.2f}{hunting:14,.2f}{hunting - usual:14,.2f}{up_and_down:>18}")
    print("\nA row that goes up about as often as down tells nothing yet: take more seeds before you believe it.")


if __name__ == "__main__":
    main()
