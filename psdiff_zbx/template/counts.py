"""Items of what is counted besides the daemons: its growth can be seen, and alarmed."""

from __future__ import annotations

from ..core.model import IGNORED_KINDS
from .records import Item

COUNTS = (
    Item("psdiff.zombies", "Zombies", "$.zombies", "Processes that have ended, and nobody asks."),
    *(
        Item(
            f"psdiff.ignored[{kind}]",
            f"Ignored: {kind}",
            f"$.ignored['{kind}']",
            "How many processes the rules leave out as such, with all that is below them.",
        )
        for kind in IGNORED_KINDS
    ),
)
