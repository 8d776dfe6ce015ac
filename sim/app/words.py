"""Every word that the pages say, page by page; templates get their page's words, so that nothing is said twice."""

from __future__ import annotations

from typing import Any

NAME = "smarketing"
TAGLINE = "Two departments, one funnel, the same luck."

#: Pages in the order of the header: path, name, what it is for.
PAGES = (
    ("/", "Floor", "Watch marketing and sales at work"),
    ("/compare", "Compare", "Two organizations on the same luck"),
    ("/experiment", "Experiment", "Run a study and read its answer"),
    ("/firm", "My firm", "Bring an export and answer a questionnaire"),
    ("/class", "Class", "Play a quarter-by-quarter game with a class"),
)

SHELL: dict[str, Any] = {
    "skip": "Skip to the page",
    "pages": "Pages",
    "projector": "Projector size",
    "dark": "Dark",
    "light": "Light",
    "local": "Runs on this computer; nothing that you enter leaves it. About organizations, never about persons: do not"
    " use it to hire, rate, promote, pay or dismiss anyone.",
}

ERROR: dict[str, Any] = {
    "input": "That does not work yet",
    "title": "This view has stopped",
    "text": "Something in it went wrong; other views and other people go on. The terminal of the server says more.",
    "again": "Begin again",
    "nowhere": "There is no such page",
}

PREPARING: dict[str, Any] = {
    "title": "Getting ready",
    "compiling": "The simulation is being compiled for this computer: {done} of {parts} parts after {seconds} s. This"
    " happens once, and takes about 15 seconds on a computer that does nothing else.",
    "loading": "The simulation is being loaded: a moment.",
    "then": "The page opens by itself.",
}

SHARE: dict[str, Any] = {
    "title": "Take it with you",
    "link": "Copy link",
    "command": "Copy command",
    "python": "Copy Python",
    "toml": "Copy TOML",
    "copied": "Copied",
    "failed": "Could not copy; select the text instead",
    "caption": "The link, the command and the Python line give the same run, to the last digit.",
}

TRANSPORT: dict[str, Any] = {
    "label": "Time",
    "play": "Play",
    "pause": "Pause",
    "step": "Step",
    "step_day": "Day",
    "step_week": "Week",
    "step_quarter": "Quarter",
    "restart": "Restart",
    "speed": "Speed",
    "speeds": {"1": "a day a second", "5": "a week a second", "20": "a month a second", "65": "a quarter a second"},
    "day": "Day {day} of {days}",
    "over": "The run is over",
    "keys": "Space plays and pauses; D, W and Q step a day, a week, a quarter; R restarts.",
    "scenario": "Organization",
    "seed": "Luck",
    "other_luck": "Other luck",
}

#: A scenario in the list.
CHOICE = "{name} ({reps} reps)"

LEVERS: dict[str, Any] = {
    "title": "Levers",
    "type": "Relationship",
    "interventions": "Interventions",
    "from_today": "Changes act from today on; what lies behind stays as it was.",
    "more": "All interventions",
    "fewer": "Fewer",
    "none": "–",
    "remove": "Remove",
}

FLOOR: dict[str, Any] = {
    "title": "Floor",
    "marketing": "Marketing",
    "sales": "Sales",
    "caption": "Each moving mark is a lead that came in, was found or was handed off; each line is the trust between a"
    " marketer and a rep, bold where hand-offs were frequent of late.",
    "reading": "Choose a person or a lead for its story. Arrow keys walk from person to person, Enter opens the story,"
    " Escape closes it.",
    "legend": "Legend",
    "trust": "Trust",
    "low": "0.2, dashed below 0.3",
    "high": "0.7",
    "one": "One mark is one lead.",
    "many": "At this speed one mark stands for about {n} leads, and of what happens to them some is drawn.",
    "few": "Only pairs with hand-offs of late are drawn.",
    "unknown": "source not yet known",
    "self_found": "found by the rep",
    "won": "Won",
    "lost": "Lost",
    "gone": "Lapsed or turned down",
    "churned": "Customer left",
    "dispute": "Dispute about the matter",
    "personal": "Personal dispute",
    "escalated": "Escalated",
    "marketer": "Marketer; bar: raw leads",
    "rep": "Rep; bar: unread leads",
    "liaison": "Liaison",
    "vacant": "Vacant desk",
    "tip_marketer": "{name}: {waiting} raw leads, mean trust {trust}",
    "tip_rep": "{name}: {deals} open deals, {waiting} unread leads, mean trust {trust}",
    "tip_vacant": "{name}: vacant",
    "tip_lead": "Lead {n}, {source}",
    "summary": "{label}, day {day}: {marketers} marketers, {reps} reps.",
}

BOARD: dict[str, Any] = {
    "figures": "Key figures",
    "figures_note": "From day 0 to day {day}, as smarketing run gives them.",
    "funnel": "Funnel today",
    "open": {
        "raw": "Raw, with marketing",
        "handed": "Handed off",
        "discovery": "Discovery",
        "proposal": "Proposal",
        "negotiation": "Negotiation",
    },
    "funnel_note": "Open leads and deals by stage.",
    "flow": "Quarter {quarter} so far",
    "flows": {
        "leads_in": "leads in",
        "handed_off": "handed off",
        "deals_opened": "deals opened",
        "wins": "won",
    },
    "course": "Course",
    "booked": "New bookings",
    "disputed": "Disputes",
    "course_note": "New bookings and disputes since day 0, week by week; marks show where a lever was moved.",
    "day": "Day {day}",
}

STORY: dict[str, Any] = {
    "close": "Close",
    "trust": "Trust",
    "lines": "Of late",
    "lines_lead": "What happened",
    "day": "Day {day}",
    "nothing": "Nothing yet.",
    "as_of": "As of day {day}.",
}

JOB: dict[str, Any] = {
    "waiting": "Waiting: {ahead} before it",
    "running": "Running: {done} of {total} runs, about {left} left",
    "starting": "Starting",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Stopped; what was done is kept",
    "cancel": "Stop",
}

EXPERIMENT: dict[str, Any] = {
    "title": "Ask a question",
    "question": "Question",
    "kinds": {
        "grid": "Which type, which intervention?",
        "doses": "How much of an intervention?",
        "pairs": "Do interventions add up?",
    },
    "scenario": "Organization",
    "types": "Relationship types",
    "interventions": "Interventions",
    "one": "Choose one; its dose is varied.",
    "several": "Choose two to eight.",
    "any": "Each is tried on top of each type; none is tried too.",
    "replications": "Replications",
    "seed": "Seed",
    "run": "Run",
    "again": "Go on",
    "size": "{points} points × {replications} replications = {runs} runs",
    "studies": "Studies",
    "none": "None yet. Those that the command line writes to the folder results appear here too.",
    "delete": "Delete",
    "sure": "Delete it for good?",
    "open": "Open",
    "waiting": "Run a study, or open one: its answer stands here, and is written anew while more runs come in.",
    "first": "The first runs are on their way.",
    "writing": "Drawing the pictures and writing the answer …",
    "downloads": "Take it away",
    "report": "Report (HTML)",
    "csv": "Tables (CSV)",
    "parquet": "Tables (Parquet)",
    "pictures": "Pictures (SVG, PNG)",
    "plan": "Plan (TOML)",
    "frame": "Report of the study",
    "copy_plan": "Copy plan (TOML)",
    "share": "The command and the Python line make the same study, with the same digest.",
    "share_file": "The command and the Python line make the same study, with the same digest, of the plan: save it as"
    " {file} in {place} first.",
    "here": "the folder that you are in",
}

FIRM: dict[str, Any] = {
    "title": "My firms",
    "none": "None yet. Begin one: it needs a name, and then an export, a questionnaire, or both.",
    "new": "Name of a new firm",
    "begin": "Begin",
    "delete": "Delete",
    "sure": "Delete all of it?",
    "where": "All of it lies in {folder}, readable by you alone, until you delete it.",
    "first": "Choose a firm on the left, or begin one. A firm is a scenario of your own: it can be watched, compared"
    " and studied like those that are shipped.",
    "export": "1. What your CRM knows",
    "export_text": "A CSV or Excel export of leads or deals: Salesforce, HubSpot, Pipedrive, Zoho, or any other. Names"
    " and e-mail addresses are numbered when it is read; no page shows them.",
    "choose": "Choose files",
    "uploading": "Sending {file}: {share} %",
    "files": "Files",
    "drop": "Take them out again",
    "look": "What can it tell?",
    "mapping": "Which column is which",
    "mapping_text": "What was taken for what. Change it below if it is wrong; columns with people are never shown.",
    "columns": ["It is", "Your column", "For example"],
    "save": "Read it so",
    "guess": "Guess again",
    "people": "2. What both sides say",
    "people_text": "Twenty statements, from 1 (disagree strongly) to 5 (agree strongly), by five people or more of each"
    " side, without names. Results are shown by side, never by person, and for no fewer than five.",
    "side": "Side",
    "role": "Role",
    "sides": {"marketing": "Marketing", "sales": "Sales"},
    "roles": {"staff": "Staff", "head": "Head"},
    "cannot_say": "cannot say",
    "hand_in": "Hand in",
    "handed_in": "Thank you. The form is empty again for the next person.",
    "answered": "{marketing} of marketing and {sales} of sales have answered.",
    "known": "What the firm knows of itself",
    "known_text": "A value, or a range in which it lies nine times in ten, or both; or nothing.",
    "known_columns": ["What", "Value", "From", "To", "Unit"],
    "keep": "Keep",
    "kept": "Kept.",
    "score": "Score it",
    "make": "3. Your firm in the simulator",
    "make_text": "From an export, some thousand firms are simulated, and those that look like yours are kept: minutes."
    " From the questionnaire alone it is quicker, and less is known.",
    "base": "For all that nobody said, as in",
    "fine": "How fine",
    "fineness": {"1000": "a first look", "6000": "as good as it gets"},
    "calibrate": "Make the firm",
    "ready": "The firm is ready:",
    "watch": "Watch it",
    "compare": "Compare its options",
    "study": "Study it",
    "result": "What is known of the firm",
    "data": "What the export can tell",
    "assessment": "How the two sides work together",
    "share": "The command and the Python lines make the same firm of what lies here, to the last digit. The TOML is the"
    " scenario; the draws that it names lie beside it.",
    "share_later": "The link opens this firm on this computer. Once it is made, its scenario and the lines that make it"
    " can be taken away too.",
}

CLASS: dict[str, Any] = {
    "open": "Open a room",
    "open_text": "Everybody runs the same organization on the same luck and decides each quarter what to do within a"
    " budget. First predict, then run, then explain.",
    "scenario": "Organization",
    "relationship": "It begins as",
    "quarters": "Quarters",
    "budget": "Budget a quarter, c.u.",
    "seed": "Seed (luck)",
    "begin": "Open the room",
    "rooms": "Rooms",
    "enter": "Come in",
    "code": "Code",
    "nickname": "A made-up name",
    "join": "Join",
    "join_text": "No e-mail, no real name.",
    "here": "{players} here",
    "handed": "{moves} of {players} have handed in",
    "phase": {
        "lobby": "Waiting for the class",
        "decide": "Quarter {quarter} of {quarters}: predict and decide",
        "result": "Quarter {quarter} of {quarters}: what came of it",
        "debrief": "Debriefing",
    },
    "go_on": {
        "lobby": "Begin the first quarter",
        "decide": "Run the quarter",
        "result": "Next quarter",
        "last": "To the debriefing",
    },
    "close": "Close the room",
    "sure": "Delete the room and all that was entered?",
    "ends": "The room deletes itself on {date}, with all that was entered. Nicknames only; nothing leaves this"
    " computer.",
    "join_at": "Join at",
    "you": "You are {nickname}.",
    "wait": "The class begins soon.",
    "predict": "{outcome} at the end of the quarter will be",
    "last_time": "So far: {value}",
    "decide": "What do you do from this quarter on?",
    "spent": "{cost} of {budget} c.u. spent",
    "over": "That is {cost} of {budget} c.u.: too much.",
    "goes_on": "goes on",
    "none": "–",
    "why": "Why? What do you expect to happen?",
    "hand_in": "Hand in",
    "handed_in": "Handed in. You may still change it until the quarter is run.",
    "results": "What came of it",
    "yours": "Yours",
    "class_mean": "Class, mean",
    "nothing": "Nobody does anything",
    "rank": "You are {rank} of {players} by profit.",
    "predicted": "You predicted {predicted}, and {came} came of it.",
    "score": "Scoreboard",
    "name": "Name",
    "money": "Spent",
    "gained": "Profit against doing nothing",
    "gained_text": "That is {gained} against doing nothing, on the same luck.",
    "thousand": "{value} thousand c.u.",
    "decisions": "Who did what",
    "decisions_text": "What each decided by quarter, and the profit against the same organization in which nobody does"
    " anything.",
    "decided": "Quarter {quarter}: {what}",
    "ends_here": "ends",
    "as_before": "as before",
    "watch": "Watch",
    "predictions": "Predictions of {outcome}, quarter {quarter}",
    "predictions_text": "Each circle is a prediction, the line what came of it on average.",
    "quiz": "Which organization is which?",
    "quiz_text": "Four organizations on the same luck, one of each relationship type. Look at what came of them, and"
    " guess.",
    "letters": "ABCDEFGH",
    "guess": "Your guess",
    "truth": "It is",
    "right": "{right} of {of} right",
    "explain": "What people expected",
    "csv": "All of it (CSV)",
    "compare": "Compare with doing nothing",
}

COMPARE: dict[str, Any] = {
    "title": "Compare",
    "table": "Table",
    "lead": "The same buyers, the same days, the same dice: what differs is the organization.",
    "add": "Add an organization",
    "differences": "Differences so far",
    "figure": "Figure",
    "less": "{letter} less A",
    "differences_note": "From day 0 to day {day}, one run of each on the same luck. Replicate to see which differences"
    " last.",
    "course": "Course",
    "course_note": "New bookings and disputes since day 0 of each organization; marks show where a lever was moved.",
    "booked": "New bookings",
    "disputed": "Disputes",
    "replicate": "Replicate",
    "replications": "Replications",
    "replicate_note": "Runs every organization over the whole time on the luck of many runs, in pairs, and tells which"
    " differences are more than luck.",
    "job": "{n} replications of {m} organizations",
    "result": "Differences over {n} replications",
    "cut": " (of {planned} that were asked for)",
    "result_note": "Mean difference from A with its 95 % interval, in percent of A (of shares and trust in points);"
    " an interval that leaves out 0 is more than luck.",
    "level_a": "A",
    "level": "Level",
    "difference": "Difference from A (95 % interval)",
    "verdict": "Verdict",
    "verdicts": {
        "better": "better",
        "worse": "worse",
        "different": "different",
        "equal": "equal",
        "not distinguishable": "not distinguishable",
    },
    "equal": "0 (equal in all {n})",
    "no_verdict": "no figure",
    "digest": "Digest {digest}",
    "share": "The command and the Python line give the same study, to the last digit, with 50 replications.",
    "no_line": "An organization stands beside itself: no command compares that, the link does.",
    "why": "Why do {a} and {b} part?",
    "why_note": "Lives leads that fared differently again, one decision at a time, until the cause is found.",
    "why_job": "Leads of {a} and {b}",
    "why_counts": "{both} leads came in to both until day {days}, {differing} fared differently; {open} are still open"
    " in one or both. {looked} of those that differ were looked at.",
    "reason": "Where the paths part",
    "fates": "Fates",
    "leads": "Leads",
    "bookings": "Bookings",
    "because": "Mostly because of",
    "stories": "Stories",
    "story": "Lead {lead}: {first} in {a}, {second} in {b}",
    "step": "Step",
    "cause": "Cause",
    "not_found": "No single cause was found.",
    "none": "No lead has fared differently yet.",
}
