"""The template's user macros as rows.  The same in every version, but for TIMEOUT."""

from __future__ import annotations

from typing import NamedTuple


class Macro(NamedTuple):
    """A user macro with its default."""

    name: str
    value: str
    description: str


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
        "{$PSDIFF.HEARTBEAT}",
        "1h",
        "How often a value is stored that does not change; how long a change of the macros that "
        "choose daemons may take.",
    ),
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
        "A daemon has been restarted if all its processes are younger than this: more than twice "
        "{$PSDIFF.INTERVAL}, at most 10m.",
    ),
    Macro(
        "{$PSDIFF.BOOT.GRACE}",
        "5m",
        "For how long after its boot nothing that differs on the host is a problem.",
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
        "Daemons whose condition, CPU time, memory and threads are recorded too, by name.",
    ),
)

TIMEOUT = Macro("{$PSDIFF.TIMEOUT}", "3s", "How long a look may take.")
"""For versions in which an item can have its own timeout."""
