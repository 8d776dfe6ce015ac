"""Every table that is written or returned, with all its columns: what each is, in which unit; docs/reference/tables.md.

Meanings that stand elsewhere (outcomes, records, the course of a run) are taken from there. Tests hold the columns and
their types against those of real tables, and find tables that are not told here.
"""
