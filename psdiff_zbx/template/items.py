"""The template's items as rows.  The same in every version."""

from __future__ import annotations

from ..core.item_keys import METRICS
from .calm import CALM_ITEMS
from .counts import COUNTS
from .records import ID, Item

MASTER = next(metric for metric in METRICS if metric.command == "get").key
DISCOVERY = next(metric for metric in METRICS if metric.command == "discover").key

# The error if the master's value is no document, for example if the program is not installed.
_NO_DOCUMENT = "no document: run 'psdiff-zbx get' as the agent's user"

# While a daemon is missing no two samples are the same, not even of those that an agent sends
# together: so each is stored.
_SAMPLED = "return value ? Date.now() + Math.random() + '\\n' + value : value;"

PROGRAM_VERSION = "psdiff.program.version"

OLDEST_PROGRAM = "1.0.0"
"""The oldest psdiff-zbx whose document has all that these items read."""

ITEMS = (
    Item(
        "psdiff.error",
        "Error",
        "$.error",
        "Why the check cannot tell what runs; empty when it can.",
        "TEXT",
        component="health",
        on_fail=_NO_DOCUMENT,
    ),
    Item(
        "psdiff.seconds",
        "Collection time",
        "$.seconds",
        "How long the last look at the processes took. It is there after an error, too.",
        "FLOAT",
        "s",
        component="health",
        every_sample=True,
    ),
    Item("psdiff.processes", "Processes", "$.processes", "How many processes run on the host."),
    Item(
        "psdiff.missing.count",
        "Missing: count",
        "$.missing.count",
        "Missing lines.",
        every_sample=True,
    ),
    Item(
        "psdiff.missing.text",
        "Missing: lines",
        "$.missing.text",
        "One line for each process of the baseline that does not run.",
        "TEXT",
    ),
    Item(
        "psdiff.missing.daemons",
        "Missing: daemons",
        "$.missing.daemons",
        "The ids of the daemons that have too few processes, in each sample in which there are "
        "any, below a number that is never the same. Their triggers count these samples.",
        "TEXT",
        script=_SAMPLED,
    ),
    Item(
        "psdiff.extra.count",
        "Extra: count",
        "$.extra.count",
        "Extra lines.",
        every_sample=True,
    ),
    Item(
        "psdiff.extra.text",
        "Extra: lines",
        "$.extra.text",
        "One line for each process that runs and is not in the baseline.",
        "TEXT",
    ),
    Item(
        "psdiff.started.recently",
        "Recent start: seen",
        "$.recent_start",
        "When that was, by the host's clock, in each sample that shows a daemon younger than ten "
        "minutes; else 0.",
        units="unixtime",
    ),
    Item(
        "psdiff.baseline.written",
        "Baseline: written",
        "$.baseline.written",
        "When the baseline was written.",
        units="unixtime",
        component="baseline",
    ),
    Item(
        "psdiff.baseline.by",
        "Baseline: author",
        "$.baseline.by",
        "Who wrote the baseline.",
        "TEXT",
        component="baseline",
    ),
    Item(
        "psdiff.baseline.digest",
        "Baseline: digest",
        "$.baseline.digest",
        "Changes when a line of the baseline does.",
        "TEXT",
        component="baseline",
        every_sample=True,
    ),
    Item(
        "psdiff.baseline.lines",
        "Baseline: lines",
        "$.baseline.lines",
        "How many processes the baseline holds.",
        component="baseline",
    ),
    Item(
        PROGRAM_VERSION,
        "Program version",
        "$.version",
        "The version of psdiff-zbx on the host.",
        "TEXT",
        component="health",
    ),
    *CALM_ITEMS,
    *COUNTS,
)

ITEM_PROTOTYPES = (
    Item(
        f'psdiff.daemon.running["{ID}"]',
        "{#PSDIFF.NAME}: running",
        f"$.daemons['{ID}'].running",
        "How many processes of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) run; "
        "{#PSDIFF.EXPECTED} expected ({#PSDIFF.MODE}).",
    ),
    Item(
        f'psdiff.daemon.started["{ID}"]',
        "{#PSDIFF.NAME}: started",
        f"$.daemons['{ID}'].started",
        "When the oldest process of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) started; "
        "0 if none runs.",
        units="unixtime",
    ),
    Item(
        f'psdiff.daemon.condition["{ID}"]',
        "{#PSDIFF.NAME}: condition",
        f"$.daemons['{ID}'].state",
        "What the processes of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) do: running, disk sleep, "
        "main thread ended, stopped, or not running; the worst of them.",
        "TEXT",
        resource=True,
    ),
    Item(
        f'psdiff.daemon.cpu["{ID}"]',
        "{#PSDIFF.NAME}: CPU time",
        f"$.daemons['{ID}'].cpu",
        "CPU time of the running processes, together.",
        "FLOAT",
        "s",
        resource=True,
    ),
    Item(
        f'psdiff.daemon.rss["{ID}"]',
        "{#PSDIFF.NAME}: memory",
        f"$.daemons['{ID}'].rss",
        "Resident memory of the running processes, together.",
        units="B",
        resource=True,
    ),
    Item(
        f'psdiff.daemon.threads["{ID}"]',
        "{#PSDIFF.NAME}: threads",
        f"$.daemons['{ID}'].threads",
        "Threads of the running processes, together.",
        resource=True,
    ),
)
