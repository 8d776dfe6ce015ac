"""The stylised facts that a valid model shows, as data: what is known, who says so, and what must hold in the model.

Every row S.. of docs/evidence.md is here. "Changes little" and "many times" are words of the sources; what they are
taken to mean (LITTLE, MANY_TIMES) was fixed before the model was run. Levels are those of a standing practice from
the first day, as surveys compare firms; `uses` are interventions that start after the warm-up.
"""

from __future__ import annotations

from sim.validation.claims import (
    IMPOSED,
    TUNED,
    Claim,
    Fact,
    changes_by,
    falls,
    hardly_changes,
    lowers,
    raises,
    rises,
    within,
)
from sim.validation.quantities import Change, Gap, Mean, Quantity, Relative
from sim.validation.settings import Setting, firm

#: "Little": a tenth of the disputes; a fiftieth of the bookings.
LITTLE, LITTLE_MONEY = 0.10, 0.02
#: "Hardly": a hundredth of the bookings.
HARDLY = 0.01
#: "Many times" the median.
MANY_TIMES = 3.0
#: "Near nil": a quarter of the disputes of a mid-size firm.
NEAR_NIL = -0.75

#: A complicated sale, in which it matters what the buyer is told; a simple, quick one; nobody ever quarrels.
COMPLEX = {"selling.decide_message": 1.6, "selling.yes_message": 0.3, "selling.decide_context": 1.2}
SIMPLE = {
    "selling.decide_message": 0.2,
    "selling.yes_message": 0.0,
    "selling.decide_context": 0.1,
    "selling.decide_discovery": 0.3,
    "selling.decide_proposal": 0.3,
    "market.gap_days": 5.0,
}
KINDS = ("lead_quality", "follow_up", "credit", "price", "budget", "territory", "blame")
NO_DISPUTES = {f"conflict.gamma_{kind}": 0.0 for kind in KINDS}
BY_REVENUE = {"shared_metric_marketing": 0.5, "shared_metric_sales": 0.25}


def practising(label: str, /, **levels: float) -> Setting:
    """An undefined firm with some practices at other levels."""
    return practising_in("undefined", label, **levels)


def practising_in(relationship: str, label: str, /, **levels: float) -> Setting:
    """A firm with some practices at other levels than its relationship's."""
    return firm(relationship, change={f"practices.{name}": level for name, level in levels.items()}, label=label)


def types(size: str = "mid", sale: str = "", change: dict[str, float] | None = None) -> tuple[Setting, ...]:
    """The four relationship types in a size of firm and a kind of sale."""
    names = ("undefined", "defined", "aligned", "integrated")
    where = ", ".join(filter(None, ["" if size == "mid" else size, sale]))
    return tuple(firm(n, size=size, change=change, label=f"{n} ({where})" if where else n) for n in names)


TYPES = UNDEFINED, DEFINED, ALIGNED, INTEGRATED = types()
MICRO, SMALL, GROWING = types("micro"), types("small"), types("growing")
COMPLICATED, QUICK = types(sale="complex sale", change=COMPLEX), types(sale="simple sale", change=SIMPLE)

TWO_WAY = practising("two-way meetings", meetings=6.0, meeting_hours=1.5, agenda_discipline=1.0)
ONE_WAY = practising("one-way meetings", meetings=6.0, meeting_hours=1.5, agenda_discipline=0.2)
TOGETHER = practising("sitting together", collocation=0.8)
IN_CLASS = practising("classes", training=6.0)
AT_WORK = practising("joint projects", joint_work=1.5)
REWARDED = practising("shared rewards", **BY_REVENUE)
BACKED = practising("backing from the top", executive_support=0.9)
TRACKED = practising("tracking", sla=0.7)
RULED = practising("hand-off rules and one funnel", handoff_clarity=0.85, funnel_unity=0.9)
RIDING = practising("calls together", ride_alongs=2.0)
SHARING = practising("shared data", data_sharing=0.85)
PLANNED = practising("joint planning", joint_planning=0.9)
REVIEWED = practising("feedback", feedback=0.6)
REWARDED_REVIEWED = practising("feedback, shared rewards", feedback=0.6, **BY_REVENUE)
TRUSTED_REVIEWED = firm(change={"practices.feedback": 0.6, "contact.trust_start": 0.6}, label="feedback, trust")
NO_NEWS = practising_in("defined", "defined, no feedback", feedback=0.0)
SOME_NEWS = practising_in("defined", "defined, half feedback", feedback=0.5)
ALL_NEWS = practising_in("defined", "defined, full feedback", feedback=1.0)
NEWS_LATER = firm("defined", "salesforce_feedback", label="defined, feedback from day 0")
CALM = firm(change=NO_DISPUTES, label="no disputes")
CALM_AND_KEEN = firm(change=NO_DISPUTES | {"handoff.follow_up_base": 0.65}, label="no disputes, keen on leads")
AMBITIOUS = firm(change={"selling.quota": 130000.0}, label="quota a fifth higher")

MORE_SELLING = firm(uses="sales_headcount=0.1", label="a tenth more selling hours")
MORE_MARKETING = firm(uses="programme_budget=0.3", label="three tenths more programme")
CUT = firm(uses="programme_budget=-0.3", label="three tenths less programme")
UNPOLITICAL = firm(change={"mechanisms.use_budget_power": 0}, label="no budget rounds")
INTEGRATED_UNPOLITICAL = firm(
    "integrated", change={"mechanisms.use_budget_power": 0}, label="integrated, no budget rounds"
)
YEARS = {"run.days": 1040.0}
FOR_GOOD = firm(change=YEARS, label="undefined for four years")
SELLING_FOR_GOOD = firm(change=YEARS | {"practices.sales_capacity": 0.1}, label="a tenth more selling for four years")
MARKETING_FOR_GOOD = firm(change=YEARS | {"practices.budget": 0.1}, label="a tenth more programme for four years")


def paid(by_revenue: float, noise: float) -> Setting:
    """Marketers paid by revenue to a share, by lead counts for the rest, with lead scores so noisy."""
    change = {"practices.shared_metric_marketing": by_revenue, "marketing.score_noise": noise}
    return firm(change=change, label=f"{100 * by_revenue:.0f} % paid by revenue, score error {noise:g}")


def above(kind: str, larger: Quantity, smaller: Quantity) -> Claim:
    """One quantity is larger than another."""
    return Claim(kind, Gap(larger, smaller), low=0.0)


def gains_less_if_aligned(label: str, **levels: float) -> Claim:
    """A practice adds less to the bookings of an aligned firm than to those of an undefined one."""
    of_undefined = Relative("bookings_new", practising(label, **levels), UNDEFINED)
    of_aligned = Relative("bookings_new", practising_in("aligned", f"aligned, {label}", **levels), ALIGNED)
    return above("ordering", of_undefined, of_aligned)


def more_often_won(better: str, worse: str) -> Claim:
    """Leads of one source are won more often than those of another."""
    return above("ordering", Mean(f"won_{better}", UNDEFINED), Mean(f"won_{worse}", UNDEFINED))


FACTS: tuple[Fact, ...] = (
    Fact(
        "S01",
        "The sales cycle shortens from undefined to defined, aligned and integrated, above all in large firms with"
        " complex sales",
        "E16, SdD",
        [*falls("cycle_days_mean", TYPES), *falls("cycle_days_mean", COMPLICATED)],
    ),
    Fact(
        "S02",
        "Winning a customer and entering a market cost less where the two sides are integrated",
        "E16, SdD",
        [lowers("cac", INTEGRATED, UNDEFINED), lowers("market_entry_hours", INTEGRATED, UNDEFINED)],
    ),
    Fact(
        "S03",
        "The win rate rises with alignment, at most by 40 %, and churn falls, at most by 40 %",
        "E01",
        [
            *rises("win_rate", TYPES),
            changes_by("win_rate", INTEGRATED, UNDEFINED, (0.0, 0.4)),
            *falls("churn_rate", TYPES),
            changes_by("churn_rate", INTEGRATED, UNDEFINED, (-0.4, 0.0)),
        ],
    ),
    Fact(
        "S04",
        "An integrated firm earns 5 to 25 % more than an undefined one, not a multiple",
        "E02, E05",
        [changes_by(money, INTEGRATED, UNDEFINED, (0.05, 0.25)) for money in ("bookings_new", "revenue_recognised")],
        origin=TUNED,
        note="New bookings were tuned to come out at the upper end; revenue, in which old customers weigh, lies below.",
    ),
    Fact(
        "S05",
        "Net of what coordination costs, integrated is not always best: in some sizes, or where sales are simple,"
        " another type wins",
        "E11, E12, E17, SdA, SdD",
        [
            lowers("profit", MICRO[3], MICRO[2]),
            lowers("profit", SMALL[3], SMALL[2]),
            lowers("profit", QUICK[3], QUICK[2]),
        ],
        needs="any",
    ),
    Fact(
        "S06",
        "In a very small firm, whose people do both jobs, there is next to no conflict, and structure costs more than"
        " it brings",
        "E17, SdD",
        [
            Claim("range", Relative("conflict_per_pm", MICRO[0], UNDEFINED), high=NEAR_NIL),
            *(lowers("profit", structured, MICRO[0]) for structured in MICRO[1:]),
        ],
        note="Light structure (defined) costs a firm of five next to nothing here: rules and a map are paid in hours of"
        " meetings only. What is missing is the cost of formality itself: writing rules down, keeping to them and"
        " waiting for them takes the same hours in a firm of five as in one of sixty.",
    ),
    Fact(
        "S07",
        "Conflict appears and grows as the functions separate with size, fastest in the undefined type",
        "SdD",
        [
            *rises("conflict_per_pm", [MICRO[0], SMALL[0], GROWING[0], UNDEFINED]),
            above(
                "ordering",
                Change("conflict_per_pm", UNDEFINED, SMALL[0]),
                Change("conflict_per_pm", INTEGRATED, SMALL[3]),
            ),
        ],
    ),
    Fact(
        "S08",
        "Who works together well already gains less from working together still more",
        "E17, SdD",
        [
            above(
                "ordering",
                Relative("bookings_new", ALIGNED, UNDEFINED),
                Relative("bookings_new", INTEGRATED, ALIGNED),
            ),
            gains_less_if_aligned("joint projects", joint_work=1.5),
            gains_less_if_aligned("backing from the top", executive_support=0.9),
            gains_less_if_aligned("two liaisons", liaisons=2.0),
        ],
    ),
    Fact(
        "S09",
        "In the undefined type most dealings between the sides are about disputes; their share falls with each type",
        "E118, SdA",
        [within("dispute_contact_share", UNDEFINED, 0.5, 1.0), *falls("dispute_contact_share", TYPES)],
    ),
    Fact(
        "S10",
        "Where nothing is agreed about 70 % of marketing's leads (50 to 80 %) are not followed up",
        "E50, E56",
        [within("never_answered", UNDEFINED, 0.5, 0.8)],
        origin=TUNED,
    ),
    Fact(
        "S11",
        "Follow-up rises with the quality of a lead and with tracking; tracking moves veterans and good closers less",
        "E51",
        [
            above("sign", Mean("followup_of_good_leads", UNDEFINED), Mean("followup_of_poor_leads", UNDEFINED)),
            raises("followup_rate", TRACKED, UNDEFINED),
            above(
                "ordering",
                Change("followup_novice", TRACKED, UNDEFINED),
                Change("followup_veteran", TRACKED, UNDEFINED),
            ),
            above(
                "ordering",
                Change("followup_by_unskilled", TRACKED, UNDEFINED),
                Change("followup_by_skilled", TRACKED, UNDEFINED),
            ),
        ],
    ),
    Fact(
        "S15",
        "Response times have a heavy tail: the mean is many times the median, and a fifth or more are never answered",
        "E66",
        [
            Claim("shape", Mean("response_days/response_median", UNDEFINED), low=MANY_TIMES),
            within("never_answered", UNDEFINED, 0.2, 1.0),
        ],
        note="Leads are answered within days or, after expiry_days, never: nothing is answered within minutes, and"
        " nothing after weeks. What is missing are two speeds, a lead routed at once to somebody who waits for it"
        " and a lead that lies in a system until somebody looks; in the data (E71) both are choices of the firm, not"
        " of the rep.",
    ),
    Fact(
        "S16",
        "Sales blames price and lead quality, marketing blames execution and follow-up; blame rises when targets are"
        " missed",
        "E16, SdC, SdD",
        [raises("blame_disputes", AMBITIOUS, UNDEFINED)],
        origin=IMPOSED,
        note="Who complains about what is given by the kinds of dispute; that blame rises with missed targets is a"
        " result of quotas and rules.",
    ),
    Fact(
        "S17",
        "Each side rates its own part above the other's rating of it, most where nothing is agreed",
        "E62, E116",
        [*falls("contribution_gap", TYPES), within("contribution_gap", UNDEFINED, 0.05, 1.0)],
        origin=IMPOSED,
        note="The gap is read off how much of the funnel management can see, which a formula ties to funnel_unity.",
    ),
    Fact(
        "S18",
        "Leaders see more alignment than the front line",
        "E19",
        [
            above("ordering", Mean("alignment_seen_by_heads", each), Mean("alignment_seen_by_staff", each))
            for each in TYPES
        ],
        note="Heads answer from the level of a practice, staff from what they live, and acquaintance stands"
        " in for rules that nobody wrote: so staff see more. What is missing is how news goes up: at the top a practice"
        " counts as done when it is announced, and of disputes only those are heard that were escalated.",
    ),
    Fact(
        "S19",
        "Two-way talk cuts conflict more than as much one-way talk",
        "E26, E27, SdB",
        [lowers("conflict_per_pm", TWO_WAY, ONE_WAY), lowers("personal_per_pm", TWO_WAY, ONE_WAY)],
    ),
    Fact(
        "S21",
        "Sitting together multiplies contact, and by itself changes conflict and revenue little",
        "E23, E43–E46",
        [
            Claim("range", Relative("contact_raw", TOGETHER, UNDEFINED), low=1.0),
            hardly_changes("conflict_per_pm", TOGETHER, UNDEFINED, LITTLE),
            hardly_changes("bookings_new", TOGETHER, UNDEFINED, LITTLE_MONEY),
        ],
    ),
    Fact(
        "S22",
        "Rotation and joint projects do more against conflict and for collaboration than sitting together or classes",
        "E23, SdA, SdB, SdC",
        [
            *(lowers("conflict_per_pm", AT_WORK, other) for other in (TOGETHER, IN_CLASS)),
            *(raises("collaboration", AT_WORK, other) for other in (TOGETHER, IN_CLASS)),
        ],
    ),
    Fact(
        "S23",
        "Shared rewards raise collaboration and work on leads, but cut conflict little",
        "E24",
        [
            raises("collaboration", REWARDED, UNDEFINED),
            raises("followup_rate", REWARDED, UNDEFINED),
            hardly_changes("conflict_per_pm", REWARDED, UNDEFINED, LITTLE),
        ],
        note="Shared pay brings the horizons of the two sides together, and a gap between horizons opens disputes: half"
        " of the gap, a quarter of the disputes. What is missing is what works against it in firms: who is paid for the"
        " other's work has a stake in it, and so more reason to blame and to claim credit.",
    ),
    Fact(
        "S24",
        "Backing from the top cuts conflict more than shared rewards do",
        "E24, SdA, SdE",
        [lowers("conflict_per_pm", BACKED, UNDEFINED), lowers("conflict_per_pm", BACKED, REWARDED)],
    ),
    Fact(
        "S25",
        "Classes and knowing the other job by themselves change conflict little",
        "E23, E26",
        [hardly_changes("conflict_per_pm", IN_CLASS, UNDEFINED, LITTLE)],
    ),
    Fact(
        "S27",
        "Feedback from sales improves marketing, after a while, and costs selling time: a medium frequency is best",
        "E48, SdB, SdC",
        [
            raises("market_knowledge", SOME_NEWS, NO_NEWS),
            raises("bookings_new", SOME_NEWS, NO_NEWS),
            lowers("bookings_new", ALL_NEWS, SOME_NEWS),
            above(
                "ordering",
                Relative("bookings_second_year", NEWS_LATER, DEFINED),
                Relative("bookings_first_quarter", NEWS_LATER, DEFINED),
            ),
        ],
        note="There is no hump: a report takes 0.12 h and teaches as much as the one before. What is missing is that"
        " reports of one week repeat each other, and that somebody in marketing must read them. Then more would teach"
        " less and cost the same.",
    ),
    Fact(
        "S28",
        "One funnel with agreed rules for the hand-off cuts disputes over blame and rejected leads, with no change of"
        " culture",
        "E119, E120, SdA, SdC",
        [
            *(lowers(kind, RULED, UNDEFINED) for kind in ("blame_disputes", "lead_quality_disputes")),
            lowers("conflict_per_pm", RULED, UNDEFINED),
        ],
    ),
    Fact(
        "S29",
        "Calls together make marketing's later work fit customers better, and sales uses more of it",
        "SdB, SdC, SdE",
        [raises(name, RIDING, UNDEFINED) for name in ("market_knowledge", "fit_of_handed", "message")],
        note="Use of material is read as the consistency of what buyers hear: nobody opens a document here. It grows"
        " through words in common only; that reps reach more often for material of those who know the market is"
        " missing.",
    ),
    Fact(
        "S30",
        "Shared customer data help to aim; yet reps keep what they hold to be theirs unless trusted or rewarded",
        "SdE",
        [
            raises("fit_of_handed", SHARING, UNDEFINED),
            raises("reporting", REWARDED_REVIEWED, REVIEWED),
            raises("reporting", TRUSTED_REVIEWED, REVIEWED),
        ],
    ),
    Fact(
        "S31",
        "Planning the year together cuts later quarrels over budget and turf, and more deals are won",
        "E04, SdE",
        [
            lowers("budget_disputes", PLANNED, UNDEFINED),
            lowers("territory_disputes", PLANNED, UNDEFINED),
            raises("win_rate", PLANNED, UNDEFINED),
        ],
    ),
    Fact(
        "S33",
        "Selling acts at once, marketing builds up and fades over months; a cut hardly shows in the first month and"
        " shows later",
        "E100–E106, SdD",
        [
            raises("bookings_first_quarter", MORE_SELLING, UNDEFINED),
            hardly_changes("bookings_first_month", CUT, UNDEFINED, HARDLY),
            lowers("bookings_second_year", CUT, UNDEFINED),
            above(
                "ordering",
                Relative("bookings_second_year", MORE_MARKETING, UNDEFINED),
                Relative("bookings_first_quarter", MORE_MARKETING, UNDEFINED),
            ),
        ],
    ),
    Fact(
        "S34",
        "A budget rule that rewards what is seen soon gives sales the larger share",
        "E110, E111, SdD",
        [
            within("selling_share_of_cost", UNDEFINED, 0.5, 1.0),
            raises("selling_share_of_cost", UNDEFINED, UNPOLITICAL),
            above(
                "ordering",
                Change("selling_share_of_cost", UNDEFINED, UNPOLITICAL),
                Change("selling_share_of_cost", INTEGRATED, INTEGRATED_UNPOLITICAL),
            ),
        ],
        origin=IMPOSED,
        note="Pay and programme are given, and with them that selling costs more. That budget rounds move more towards"
        " selling is a formula; how much follows from what management sees, and it is less in an integrated firm.",
    ),
    Fact(
        "S35",
        "Revenue answers more to selling effort (elasticity about 0.3) than to advertising (0.1 to 0.24)",
        "E100, E103",
        [
            above(
                "ordering",
                Relative("bookings_new", SELLING_FOR_GOOD, FOR_GOOD),
                Relative("bookings_new", MARKETING_FOR_GOOD, FOR_GOOD),
            ),
            changes_by("bookings_new", SELLING_FOR_GOOD, FOR_GOOD, (0.02, 0.04)),
            changes_by("bookings_new", MARKETING_FOR_GOOD, FOR_GOOD, (0.009, 0.024)),
        ],
        note="A tenth more of each, for four years. Selling answers too strongly: an hour more finds as good a buyer"
        " as the one before, but for the common pool. What is missing is that reps begin with the best prospects and"
        " accounts, so that the last hour is worth less than the mean one.",
    ),
    Fact(
        "S37",
        "Conflict as it is found is low to moderate: more about the matter than personal",
        "E26, E27",
        [within("functional_share", UNDEFINED, 0.5, 1.0), within("conflict_per_pm", UNDEFINED, 0.0, 1.0)],
        note="No public data record the level of conflict: below one dispute a person and month is what moderate is"
        " taken to mean.",
    ),
    Fact(
        "S38",
        "Conflict and collaboration each move revenue while the other stands still",
        "E15",
        [
            raises("bookings_new", CALM, UNDEFINED),
            Claim("range", Change("followup_rate", CALM, UNDEFINED), -0.03, 0.03),
            raises("bookings_new", CALM_AND_KEEN, CALM),
        ],
    ),
    Fact(
        "S40",
        "Of a referral's leads most are won, then website and social media alike, ads, trade shows, webinars",
        "E77, E79",
        [
            *(more_often_won("referral", worse) for worse in ("website", "social")),
            *(more_often_won(better, "ads") for better in ("website", "social")),
            more_often_won("ads", "trade_show"),
            more_often_won("trade_show", "webinar"),
            within("won_website/won_social", UNDEFINED, 0.5, 2.0),
        ],
        origin=IMPOSED,
        note="The fit of each source is given; that the order survives scoring, follow-up and selling is a result."
        " Website and social media are taken to be alike within a factor of two.",
    ),
    Fact(
        "S41",
        "Large accounts take longer; small ones are won at least as often",
        "E80, E87",
        [
            above("ordering", Mean("cycle_key", UNDEFINED), Mean("cycle_mid", UNDEFINED)),
            above("ordering", Mean("cycle_mid", UNDEFINED), Mean("cycle_small", UNDEFINED)),
            above("ordering", Mean("win_rate_small", UNDEFINED), Mean("win_rate_key", UNDEFINED)),
        ],
    ),
    Fact(
        "S42",
        "Of all leads 0.5 to 5 % become customers",
        "E74, E80",
        [within("wins_marketing/leads_in", setting, 0.005, 0.05) for setting in (UNDEFINED, INTEGRATED)],
        note="Undefined firms are well within; integrated ones win more of their inquiries than any published base."
        " There nearly every lead is worked, warmed up twice and read well, and buyers are never out of reach: what is"
        " missing is that many inquiries cannot be reached at all (E58), whoever calls.",
    ),
    Fact(
        "S43",
        "That nobody decides is a leading cause of loss (20 to 60 %)",
        "E86",
        [within("no_decision_share", UNDEFINED, 0.2, 0.6)],
        note="Measured among lost deals.",
    ),
    Fact(
        "S44",
        "45 to 60 % of reps reach their quota, 20 to 35 % leave in a year, a new one needs about five months",
        "E96, E97",
        [within("quota_share", UNDEFINED, 0.45, 0.60), within("turnover", UNDEFINED, 0.20, 0.35)],
        origin=TUNED,
        note="Quota and the chance of leaving were set for this; the ramp (90 working days, four months) is given.",
    ),
    Fact(
        "S47",
        "Where the quality of leads can be seen, paying marketers by qualified leads does as well as by revenue; where"
        " not, mixed pay is needed",
        "E41, E42",
        [
            hardly_changes("bookings_new", paid(1.0, 0.4), paid(0.0, 0.4), LITTLE_MONEY),
            raises("bookings_new", paid(0.5, 2.5), paid(0.0, 2.5)),
            above(
                "ordering",
                Relative("bookings_new", paid(0.5, 2.5), paid(0.0, 2.5)),
                Relative("bookings_new", paid(0.5, 0.4), paid(0.0, 0.4)),
            ),
        ],
        note="Pay by lead count lowers one threshold for all leads, so its harm does not grow with the error of the"
        " score. What is missing is gaming: a marketer paid by count who chooses which leads to call ready, and whom"
        " a noisy score cannot catch.",
    ),
    Fact(
        "S48",
        "Where nothing is agreed sales does not use 60 to 70 % of marketing's material, less where it is reviewed"
        " together",
        "E65, E120",
        [within("message", UNDEFINED, 0.3, 0.4), raises("message", REVIEWED, UNDEFINED)],
        note="Use (30 to 40 %) is read as the consistency of what buyers hear: words in common, feedback and plans.",
    ),
)
BY_ID = {fact.id: fact for fact in FACTS}
