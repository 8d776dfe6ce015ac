"""Tables of what an export and a self-assessment say of a firm."""

from __future__ import annotations

from sim.analysis.columns.told import TableColumns
from sim.domain.tables import read_fields

FORECAST = read_fields("""
target    | text   | -            | what is forecast of the cohorts held out
unit      | text   | -            | unit of the figures
forecast  | text   | -            | which forecast: simulated firms, or one of two plain ones
median    | number | its own unit | of the forecast
low       | number | as the median | lower end of its 90 % interval
high      | number | as the median | upper end
observed  | number | as the median | what came of it
is_inside | yes/no | -            | whether that lies within the interval
score     | number | widths       | interval score in widths of the historic forecast; lower is better
""")
SCORES = read_fields("""
forecast | text   | -       | which forecast
inside   | number | share   | of targets that lie inside their intervals
score    | number | widths  | mean interval score; lower is better
targets  | whole  | targets | that were compared
""")
FIT = read_fields("""
summary  | text   | -            | what is measured of rows
observed | number | its own unit | in the export
low      | number | as observed  | lower end of the middle 90 % of the firms of the posterior
median   | number | as observed  | of these firms
high     | number | as observed  | upper end
""")
PARAMETERS = read_fields("""
parameter    | text   | -            | what was fitted
meaning      | text   | -            | what it is
prior_low    | number | its own unit | lower end of the middle 90 % before the export was looked at
prior_median | number | as prior_low | before
prior_high   | number | as prior_low | upper end before
low          | number | as prior_low | lower end of the middle 90 % after
median       | number | as prior_low | after
high         | number | as prior_low | upper end after
told         | number | share        | of the prior variance that the export has taken away
verdict      | text   | -            | told, partly told or not told
""")
TYPES = read_fields("""
type  | text   | -     | relationship type
after | number | share | of draws of the posterior nearest to it
""")
EFFECTS = read_fields("""
type   | text   | -     | relationship type that the firm would have
low    | number | share | lower end of the middle 90 % of the change of new bookings
median | number | share | change of new bookings
high   | number | share | upper end
better | number | share | of draws in which new bookings rise
""")
UNKNOWNS = read_fields("""
unknown | text   | -     | what is not known surely
share   | number | share | of the differences between draws in the effect of the best type that go with it
""")
FINDINGS = read_fields("""
kind   | text  | -    | of the finding
title  | text  | -    | kind in two or three words
weight | text  | -    | serious, mind or good to know
what   | text  | -    | it, in a sentence with its numbers
n      | whole | rows | that it is about; empty where it is not about rows
of     | whole | rows | of how many
effect | text  | -    | what it does to a calibration
mend   | text  | -    | what to do
""")
MISSING = read_fields("""
column  | text   | -     | of the export
rows    | text   | -     | which rows should have it
n       | whole  | rows  | that should have it
missing | whole  | rows  | of these, without it
share   | number | share | missing / n
""")
COHORTS = read_fields("""
month    | month  | -     | of creation
arrivals | whole  | rows  | created
followed | whole  | rows  | of these, followed long enough
won      | whole  | rows  | of these, won within the follow-up
share    | number | share | won / followed; empty with fewer than ten followed
low      | number | share | lower end of its 95 % interval
high     | number | share | upper end
""")
ESTIMATES = read_fields("""
quantity | text   | -            | what it is
path     | text   | -            | value of a scenario that it sets; empty if it sets none by itself
unit     | text   | -            | unit of value, low and high; empty for bare numbers
value    | number | its own unit | estimate
low      | number | as the value | lower end of its interval; empty where there is none
high     | number | as the value | upper end
level    | number | share        | confidence of the interval
method   | text   | -            | how the interval came about
n        | whole  | rows         | behind it, or weeks or people, as the note says
note     | text   | -            | what must be known to read it
part     | text   | -            | heading under which it stands
""")
GROUP_SUMS = read_fields("""
group  | text   | -       | marketing, sales or both sides
people | whole  | people  | who answered; empty where fewer than five did
sum    | whole  | 20..100 | twenty times the mean of the themes that may be shown
band   | text   | -       | relationship type that the sum stands for
themes | whole  | themes  | of which the sum is made
""")
THEMES = read_fields("""
group  | text   | -      | marketing, sales or both sides
item   | whole  | -      | number of the statement, from 1
theme  | text   | -      | the statement
mean   | number | 1..5   | of the answers; empty where fewer than five answered
spread | number | 1..5   | standard deviation of the answers
people | whole  | people | who answered; empty where fewer than five did
""")
GAPS = read_fields("""
item     | whole  | -    | number of the statement, from 1
theme    | text   | -    | the statement
gap      | number | 1..5 | mean of marketing less that of sales
low      | number | 1..5 | lower end of its 95 % interval
high     | number | 1..5 | upper end
is_clear | yes/no | -    | whether it is distinguishable from 0, all themes together (Holm)
""")
PRACTICES = read_fields("""
practice | text   | -            | of the catalogue
median   | number | its own (catalogue) | of the draws
low      | number | as the median | lower end of the middle 90 %
high     | number | as the median | upper end
width    | number | share        | of the 90 % range that it has before anybody is asked: 0 known, 1 open
""")
FORM = read_fields("""
side | text | - | marketing or sales
role | text | - | staff or head
""")
KNOWN = read_fields("""
quantity | text   | -            | what the firm is asked for
value    | number | its own unit | what it says, if it is sure
low      | number | as the value | the least that it may be, if it is not
high     | number | as the value | the most
unit     | text   | -            | of the value
meaning  | text   | -            | what is asked
""")


def firms() -> tuple[TableColumns, ...]:
    """Tables of what an export and a self-assessment say."""
    made = (
        ("forecast", "target and forecast", "json calibration.forecast", FORECAST),
        ("scores of forecasts", "forecast", "json calibration.scores", SCORES),
        ("fit", "summary of rows", "json calibration.fit", FIT),
        ("parameters", "parameter that was fitted", "json calibration.parameters", PARAMETERS),
        ("types", "relationship type", "json calibration.types", TYPES),
        ("effects of types", "relationship type", "json calibration.effects", EFFECTS),
        (
            "unknowns",
            "value that is not known surely, the one that matters most first",
            "json calibration.unknowns",
            UNKNOWNS,
        ),
        ("findings", "thing that an export shows", "json data_report.findings", FINDINGS),
        ("missing cells", "column of an export", "json data_report.missing", MISSING),
        ("cohorts", "month of creation", "json data_report.cohorts", COHORTS),
        ("estimates", "quantity that an export tells directly", "json data_report.estimates", ESTIMATES),
        ("sums by side", "side", "json assessment.sums", GROUP_SUMS),
        ("themes by side", "side and statement", "json assessment.themes", THEMES),
        ("gaps", "statement", "json assessment.gaps", GAPS),
        ("practices", "practice", "json assessment.practices", PRACTICES),
        (
            "form of a self-assessment",
            "person who answers, without a name; an empty form to be filled in",
            "file that assess --new writes",
            FORM,
            "one for each of the twenty statements: 1 disagree strongly to 5 agree strongly",
        ),
        ("what a firm knows of itself", "quantity that is asked for", "file beside the form", KNOWN),
    )
    return tuple(TableColumns(*one) for one in made)
