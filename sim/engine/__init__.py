"""The compiled day loop: the schedule of docs/odd.md for one run. No formulas."""
