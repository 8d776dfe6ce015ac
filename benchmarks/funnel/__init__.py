"""A reference workload, funnel-1, on smarketing's foundations and beside Mesa, SimPy, AgentPy and C.

It shows what records, luck by address and the decorator can do; it is no second model, and nothing in ``sim`` knows it.
Rules of the workload: README.md. Run: ``python -m benchmarks.funnel``.
"""
