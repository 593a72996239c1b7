"""The dashboard, for a screen of 1920×1080: what is missing, what is extra, and since when."""

from __future__ import annotations

from typing import NamedTuple


class Widget(NamedTuple):
    """One widget.  ``x`` and ``width`` are in columns of a 6.0 dashboard, which has 24; ``y`` and
    ``height`` are in rows.  ``what`` is an item key or the name of a graph."""

    kind: str
    name: str
    what: str
    x: int
    y: int
    width: int
    height: int


MISSING_AND_EXTRA = "psdiff: Missing and extra"
COLLECTION_TIME = "psdiff: Collection time"
DAEMON = "psdiff: {#PSDIFF.ID}: running"

WIDGETS = (
    Widget("value", "Missing", "psdiff.missing.count", 0, 0, 4, 2),
    Widget("value", "Extra", "psdiff.extra.count", 4, 0, 4, 2),
    Widget("value", "Processes", "psdiff.processes", 8, 0, 4, 2),
    Widget("value", "Collection time", "psdiff.seconds", 12, 0, 4, 2),
    Widget("value", "Baseline written", "psdiff.baseline.written", 16, 0, 8, 2),
    Widget("text", "What is missing", "psdiff.missing.text", 0, 2, 12, 3),
    Widget("text", "What is extra", "psdiff.extra.text", 12, 2, 12, 3),
    Widget("graph", "Missing and extra", MISSING_AND_EXTRA, 0, 5, 12, 4),
    Widget("graph", "Collection time", COLLECTION_TIME, 12, 5, 12, 4),
    Widget("prototype", "Daemons", DAEMON, 0, 9, 24, 4),
)
