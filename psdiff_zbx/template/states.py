"""Items whose value a colour can stand for: the state of the host, and that of each daemon.

Thresholds of widgets compare one value with constants.  They cannot tell that 3 of 4 processes
run, nor that an old count is from before an error.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple

from .records import ID, Item

CANNOT_TELL, RIGHT, DIFFERS = "-1", "0", "1"
TOO_FEW = "-1"


class ValueMap(NamedTuple):
    """A value map: its texts by value."""

    name: str
    texts: Mapping[str, str]


VALUE_MAPS = (
    ValueMap("psdiff: daemon", {TOO_FEW: "missing", "0": "not running"}),
    ValueMap(
        "psdiff: state", {CANNOT_TELL: "cannot tell", RIGHT: "as expected", DIFFERS: "differs"}
    ),
)
_DAEMON_MAP, _STATE_MAP = VALUE_MAPS

# Stored at each collection, also after an error: hosts whose last one is old are silent.
STATE = Item(
    "psdiff.state",
    "State of processes",
    "$['missing','extra'].count.sum()",
    "0 if the host runs what it should, 1 if anything is missing or extra, -1 if the check "
    "cannot tell.",
    "FLOAT",
    on_fail=CANNOT_TELL,
    every_sample=True,
    within=(CANNOT_TELL, RIGHT),
    outside=DIFFERS,
    value_map=_STATE_MAP.name,
)

BLIND = Item(
    "psdiff.blind",
    "Cannot tell",
    "$.missing.count",
    "-1 if the check cannot tell what runs, else 0.",
    "FLOAT",
    on_fail=CANNOT_TELL,
    every_sample=True,
    within=(CANNOT_TELL, CANNOT_TELL),
    outside="0",
)
"""For versions that can add up values of hosts, and not count those that are -1."""

DAEMON_STATE = Item(
    f'psdiff.daemon.state["{ID}"]',
    "{#PSDIFF.NAME}: state",
    f"$.daemons['{ID}'].running",
    "How many processes of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) run; -1 if they are fewer than "
    "the {#PSDIFF.EXPECTED} expected ({#PSDIFF.MODE}).",
    "FLOAT",
    within=("{#PSDIFF.EXPECTED}", ""),
    outside=TOO_FEW,
    value_map=_DAEMON_MAP.name,
)


def mappings(value_map: ValueMap) -> List[Dict[str, str]]:
    """Its rows, as exports have them."""
    return [{"value": value, "newvalue": text} for value, text in value_map.texts.items()]
