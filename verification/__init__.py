"""Statistical checks against theory and other programs, each with a figure, a bound and a stated error rate.

`python -m verification` (`make verify`) runs them and writes docs/verification.md and docs/verification.json.
"""
