"""The words of the model as numbers: states, sources, purposes of chance, practices, kinds of dispute, uses of time.

Kernels see plain integers; people see the names. A number is never used again for something else.
"""

from __future__ import annotations

from typing import Final

from sim.domain.extensions import added_purposes

# Classes of luck: who or what a draw happens to (top bits of a key).
INSTALLED: Final = 0
INBOUND: Final = 1
EVENT: Final = 2
SELF_FOUND_DEAL: Final = 3
PERSON: Final = 4
QUARTER_PAIR: Final = 5
CALENDAR: Final = 6

# Purposes of chance (model.md 4.3). The numbers are frozen: a new purpose takes a new number.
DRAW_MARKETER: Final = 1
DRAW_SEGMENT: Final = 2
DRAW_SOURCE: Final = 3
DRAW_FIT: Final = 4
DRAW_VALUE: Final = 5
DRAW_TEMPO: Final = 6
DRAW_DUE: Final = 7
DRAW_SCORE: Final = 8
DRAW_RECYCLE: Final = 9
DRAW_ASSIGN: Final = 10
DRAW_KEEP_OWN: Final = 11
DRAW_READ: Final = 12
DRAW_WORK_IT: Final = 13
DRAW_SECOND_LOOK: Final = 14
DRAW_REROUTE: Final = 15
DRAW_REROUTE_PICK: Final = 16
DRAW_WORK_IT_REROUTED: Final = 17
DRAW_ACCEPT: Final = 18
DRAW_PRODUCT: Final = 19
DRAW_REPORT: Final = 20
DRAW_TOUCH: Final = 21
DRAW_SAYS_YES: Final = 22
DRAW_RENEWS: Final = 23
DRAW_SUPPORTING_MARKETER: Final = 24
DRAW_DISPUTE: Final = 25
DRAW_FUNCTIONAL: Final = 26
DRAW_ESCALATED: Final = 27
DRAW_SKILL: Final = 28
DRAW_PACE: Final = 29
DRAW_HABIT: Final = 30
DRAW_INBOX_HABIT: Final = 31
DRAW_OPEN_INBOX: Final = 32
DRAW_LEAVE: Final = 33
DRAW_ARRIVALS: Final = 34
DRAW_LEVEL: Final = 35
DRAW_PAIR_MARKETER: Final = 36
DRAW_PAIR_REP: Final = 37
DRAW_PROSPECT: Final = 38
DRAW_RENEWAL_DAY: Final = 39
DRAW_BLAME_CONTENT: Final = 40
DRAW_TENURE: Final = 41
DRAW_MISTAKE: Final = 42
DRAW_CUSTOMER_AGE: Final = 43
DRAW_LEAVE_BY_SHOCK: Final = 50

PURPOSES: Final[dict[int, str]] = {
    value: name.removeprefix("DRAW_").lower() for name, value in list(globals().items()) if name.startswith("DRAW_")
}

# Judgements: no draw of their own, but decisions on a value in which there is luck. Numbered like purposes.
READY: Final = 51
#: Never recorded, but may be held: the point of hand-off as it applies to a lead.
HANDOFF_AT: Final = 52
JUDGEMENTS: Final[dict[int, str]] = {READY: "ready"}
#: Whatever a recorded decision may be about.
QUESTIONS: Final[dict[int, str]] = {**PURPOSES, **JUDGEMENTS, **added_purposes()}

# Roles
MARKETER: Final = 0
REP: Final = 1
LIAISON: Final = 2
MANAGER: Final = 3

#: Units of a firm at most; luck addresses them.
MOST_UNITS: Final = 256

# States of a lead, deal and account
RAW: Final = 0
HANDED: Final = 1
DISCOVERY: Final = 2
PROPOSAL: Final = 3
NEGOTIATION: Final = 4
CUSTOMER: Final = 5
LOST: Final = 6
EXPIRED: Final = 7
ARCHIVED: Final = 8
REJECTED: Final = 9
CHURNED: Final = 10
STATES: Final = (
    "raw",
    "handed",
    "discovery",
    "proposal",
    "negotiation",
    "customer",
    "lost",
    "expired",
    "archived",
    "rejected",
    "churned",
)
#: Stages of a deal, DISCOVERY to NEGOTIATION.
N_STAGES: Final = NEGOTIATION - DISCOVERY + 1
#: States of a deal that was won, whatever came of the account.
WON: Final = (CUSTOMER, CHURNED)

# What a rep decided about an unworked lead
UNREAD: Final = 0
TAKEN: Final = 1
LEFT: Final = 2

# Moments of the day at which agents of extensions work
MORNING: Final = 0
NOON: Final = 1
EVENING: Final = 2

# Sources that are no inbound row
SELF_FOUND: Final = -2
JOINT_EVENT: Final = -3
UNKNOWN: Final = -1
INSTALLED_CUSTOMER: Final = -4

# Products
PRODUCT_A: Final = 0
PRODUCT_B: Final = 1

# Who serves customers after the sale (rule service_owner)
SERVED_BY_SALES: Final = 0
SERVED_BY_MARKETING: Final = 1
SERVED_BY_BOTH: Final = 2

# Why a deal was lost
NO_DECISION: Final = 1
COMPETITOR: Final = 2
SAID_NO: Final = 3
NEGLECTED: Final = 4

# Kinds of dispute
LEAD_QUALITY: Final = 1
FOLLOW_UP: Final = 2
CREDIT: Final = 3
PRICE: Final = 4
BUDGET: Final = 5
TERRITORY: Final = 6
BLAME: Final = 7
DISPUTES: Final = ("lead_quality", "follow_up", "credit", "price", "budget", "territory", "blame")

# Practices
HANDOFF_CLARITY: Final = 0
FUNNEL_UNITY: Final = 1
BOUNDARY_FLEXIBILITY: Final = 2
MEETINGS: Final = 3
MEETING_HOURS: Final = 4
AGENDA_DISCIPLINE: Final = 5
JOINT_WORK: Final = 6
TRAINING: Final = 7
COLLOCATION: Final = 8
FEEDBACK: Final = 9
DATA_SHARING: Final = 10
SHARED_METRIC_MARKETING: Final = 11
SHARED_METRIC_SALES: Final = 12
JOINT_PLANNING: Final = 13
EXECUTIVE_SUPPORT: Final = 14
SLA: Final = 15
LIAISONS: Final = 16
RIDE_ALONGS: Final = 17
PRICE_AUTHORITY: Final = 18
ACCOUNT_PLANS: Final = 19
JOINT_EVENTS: Final = 20
SALES_CAPACITY: Final = 21
PROGRAMME_BUDGET: Final = 22
LIST_PRICE: Final = 23
LEAD_VOLUME: Final = 24
PRACTICES: Final = (
    "handoff_clarity",
    "funnel_unity",
    "boundary_flexibility",
    "meetings",
    "meeting_hours",
    "agenda_discipline",
    "joint_work",
    "training",
    "collocation",
    "feedback",
    "data_sharing",
    "shared_metric_marketing",
    "shared_metric_sales",
    "joint_planning",
    "executive_support",
    "sla",
    "liaisons",
    "ride_alongs",
    "price_authority",
    "account_plans",
    "joint_events",
    "sales_capacity",
    "budget",
    "list_price",
    "lead_volume",
)

# Levers: whole numbers that may change on a day
ASSIGN_RULE: Final = 0
SERVICE_OWNER: Final = 1
HANDOFF_POINT: Final = 2
LEVERS: Final = ("assign_rule", "service_owner", "handoff_point")

# Points of hand-off; what marketing does before
AT_INQUIRY: Final = 0
WHEN_READY: Final = 1
WHEN_QUALIFIED: Final = 2
AT_OPPORTUNITY: Final = 3

# Kinds of step of a timeline
RAISE: Final = 0
LOWER: Final = 1
ADOPT: Final = 2
SET: Final = 3
LEAVE: Final = 4
#: Posts for agents of an extension; `step_what` is the number of their class.
HIRE: Final = 5

# Uses of a person's time (columns of a person's `hours`)
AVAILABLE: Final = 0
COORDINATION: Final = 1
DISPUTING: Final = 2
READING: Final = 3
CONTACTING: Final = 4
SELLING: Final = 5
PROSPECTING: Final = 6
REPORTING: Final = 7
SCORING: Final = 8
CAMPAIGNING: Final = 9
VISITING: Final = 10
UNUSED: Final = 11
CARRIED_CHANGE: Final = 12
HEARING: Final = 13
PLANNING: Final = 14
HIRING: Final = 15
MANAGING: Final = 16
SERVING: Final = 17
USES: Final = (
    "available",
    "coordination",
    "disputes",
    "reading",
    "contact",
    "deals",
    "prospecting",
    "reports",
    "scoring",
    "campaigns",
    "visits",
    "unused",
    "carried_change",
    "hearing",
    "planning",
    "hiring",
    "managing",
    "service",
)
N_USES: Final = len(USES)
