"""The template's macros and items as rows, and the record of a trigger.  The same in every
version.

``{T}`` in the expression of a trigger stands for the template's name.
"""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

from ..core.item_keys import METRICS

MASTER = next(metric for metric in METRICS if metric.command == "get").key
DISCOVERY = next(metric for metric in METRICS if metric.command == "discover").key
ID = "{#PSDIFF.ID}"


class Macro(NamedTuple):
    """A user macro with its default."""

    name: str
    value: str
    description: str


class Item(NamedTuple):
    """A dependent item of the master item, or an item prototype.  ``path`` is the JSONPath of its
    value in the master's document, ``on_fail`` its value if the path finds none.  A ``resource``
    is discovered only on demand.  A value that is not ``within`` becomes ``outside``."""

    key: str
    name: str
    path: str
    description: str
    value_type: str = "UNSIGNED"
    units: str = ""
    component: str = "daemons"
    on_fail: Optional[str] = None
    resource: bool = False
    within: Tuple[str, ...] = ()
    outside: str = ""
    value_map: str = ""

    @property
    def is_text(self) -> bool:
        """Whether its values are text."""
        return self.value_type == "TEXT"


class Trigger(NamedTuple):
    """A trigger, or a trigger prototype.  It depends on the triggers named in ``after``: their
    problems hide its own."""

    name: str
    expression: str
    priority: str
    description: str
    opdata: str = ""
    event_name: str = ""
    scope: str = "availability"
    manual_close: bool = False
    after: Tuple[str, ...] = ()


MACROS = (
    Macro("{$PSDIFF.INTERVAL}", "55s", "How often the processes are looked at."),
    Macro(
        "{$PSDIFF.NODATA}",
        "5m",
        "Time without data after which there is a problem; more than three times "
        "{$PSDIFF.INTERVAL}.",
    ),
    Macro(
        "{$PSDIFF.SAMPLES}",
        "#2",
        "How many samples in a row must agree before there is a problem.",
    ),
    Macro("{$PSDIFF.HISTORY}", "31d", "How long values are kept."),
    Macro(
        "{$PSDIFF.DAEMON.ALERT}",
        "1",
        "Set to 0 for no problem of their own when daemons are gone; for one of them with "
        'context: {$PSDIFF.DAEMON.ALERT:"cron"}. The list of what is missing names them still.',
    ),
    Macro(
        "{$PSDIFF.RESTART.ALERT}",
        "1",
        "Set to 0 to keep restarts quiet; those of one daemon with context: "
        '{$PSDIFF.RESTART.ALERT:"cron"}.',
    ),
    Macro(
        "{$PSDIFF.RESTART.AGE}",
        "5m",
        "A daemon has been restarted if all its processes are younger than this; more than "
        "{$PSDIFF.INTERVAL}.",
    ),
    Macro("{$PSDIFF.MISSING.MAX}", "0", "How many missing lines are no problem."),
    Macro("{$PSDIFF.EXTRA.MAX}", "0", "How many extra lines are no problem."),
    Macro("{$PSDIFF.ERROR.ALERT}", "1", "Set to 0 for no problem when the check cannot tell."),
    Macro("{$PSDIFF.BASELINE.ALERT}", "1", "Set to 0 for no problem when the baseline changes."),
    Macro("{$PSDIFF.NAME.MATCHES}", ".*", "Daemons to discover, by name."),
    Macro("{$PSDIFF.NAME.NOT_MATCHES}", "CHANGE_IF_NEEDED", "Daemons to leave out, by name."),
    Macro("{$PSDIFF.USER.MATCHES}", ".*", "Daemons to discover, by user."),
    Macro("{$PSDIFF.USER.NOT_MATCHES}", "CHANGE_IF_NEEDED", "Daemons to leave out, by user."),
    Macro("{$PSDIFF.CMDLINE.MATCHES}", ".*", "Daemons to discover, by command line."),
    Macro(
        "{$PSDIFF.CMDLINE.NOT_MATCHES}",
        "CHANGE_IF_NEEDED",
        "Daemons to leave out, by command line.",
    ),
    Macro(
        "{$PSDIFF.RESOURCES.MATCHES}",
        "CHANGE_IF_NEEDED",
        "Daemons whose CPU time, memory and threads are recorded too, by name.",
    ),
)

TIMEOUT = Macro("{$PSDIFF.TIMEOUT}", "3s", "How long a look may take.")
"""For versions in which an item can have its own timeout."""

# The error if the master's value is no document, for example if the program is not installed.
_NO_DOCUMENT = "no document: run 'psdiff-zbx get' as the agent's user"

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
    ),
    Item("psdiff.processes", "Processes", "$.processes", "How many processes run on the host."),
    Item("psdiff.missing.count", "Missing: count", "$.missing.count", "Missing lines."),
    Item(
        "psdiff.missing.text",
        "Missing: lines",
        "$.missing.text",
        "One line for each process of the baseline that does not run.",
        "TEXT",
    ),
    Item("psdiff.extra.count", "Extra: count", "$.extra.count", "Extra lines."),
    Item(
        "psdiff.extra.text",
        "Extra: lines",
        "$.extra.text",
        "One line for each process that runs and is not in the baseline.",
        "TEXT",
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
    ),
    Item(
        "psdiff.baseline.lines",
        "Baseline: lines",
        "$.baseline.lines",
        "How many processes the baseline holds.",
        component="baseline",
    ),
    Item(
        "psdiff.program.version",
        "Program version",
        "$.version",
        "The version of psdiff-zbx on the host.",
        "TEXT",
        component="health",
    ),
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
