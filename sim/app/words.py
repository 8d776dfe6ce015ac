"""Every word that the pages say, page by page; templates get their page's words, so that nothing is said twice."""

from __future__ import annotations

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

SHELL = {
    "skip": "Skip to the page",
    "pages": "Pages",
    "projector": "Projector size",
    "dark": "Dark",
    "light": "Light",
    "local": "Runs on this computer; nothing that you enter leaves it. About organizations, never about persons: do not"
    " use it to hire, rate, promote, pay or dismiss anyone.",
}

ERROR = {
    "input": "That does not work yet",
    "title": "This view has stopped",
    "text": "Something in it went wrong; other views and other people go on. The terminal of the server says more.",
    "again": "Begin again",
    "nowhere": "There is no such page",
}

SHARE = {
    "title": "Take it with you",
    "link": "Copy link",
    "command": "Copy command",
    "python": "Copy Python",
    "toml": "Copy TOML",
    "copied": "Copied",
    "failed": "Could not copy; select the text instead",
    "caption": "The link, the command and the Python line give the same run, to the last digit.",
}

TRANSPORT = {
    "play": "Play",
    "pause": "Pause",
    "step_day": "Day",
    "step_week": "Week",
    "step_quarter": "Quarter",
    "restart": "Restart",
    "speed": "Speed",
    "speeds": {"1": "a day a second", "5": "a week a second", "20": "a month a second", "65": "a quarter a second"},
    "day": "Day {day} of {days}",
    "over": "The run is over",
    "keys": "Space plays and pauses, D, W and Q step, R restarts.",
}

FLOOR = {
    "title": "Floor",
    "marketing": "Marketing",
    "sales": "Sales",
    "type": "Relationship",
    "interventions": "Interventions",
    "from_today": "Changes act from today on.",
    "more": "More",
    "fewer": "Fewer",
    "caption": "Each dot is a lead on its way from a marketer to a rep. The lines are their trust: blue and thick where"
    " it is high, orange and dashed where it is low.",
}

JOB = {
    "waiting": "Waiting: {ahead} before it",
    "running": "Running: {done} of {total} runs, about {left} left",
    "starting": "Starting",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Stopped; what was done is kept",
    "cancel": "Stop",
}

EXPERIMENT = {
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
    "command": "Copy command",
    "python": "Copy Python",
    "frame": "Report of the study",
}
