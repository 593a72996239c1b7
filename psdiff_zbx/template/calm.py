"""When nothing is a problem although it differs: while a host comes up, and during planned work.

The host tells how long it has been up, and until when it is paused.  Nothing here compares the
server's clock with the host's, which may differ.
"""

from __future__ import annotations

from .records import Item

GRACE = "{$PSDIFF.BOOT.GRACE}"
# The macro is a time, such as 5m.
_SECONDS = (
    "var n = parseFloat('{}'), unit = {{m: 60, h: 3600, d: 86400}}['{}'.slice(-1)] || 1;"
    " return value < n * unit ? 1 : 0;"
)

BOOTING = Item(
    "psdiff.booting",
    "Host: coming up",
    "$.uptime",
    f"1 until the host has been up for {GRACE}, then 0.",
    component="health",
    script=_SECONDS.format(GRACE, GRACE),
)
BOOT = Item(
    "psdiff.boot",
    "Host: booted",
    "$.boot",
    "When the host has booted, by its own clock; in a container, when its first process started.",
    units="unixtime",
    component="health",
)
PAUSED = Item(
    "psdiff.paused",
    "Host: paused until",
    "$.paused",
    "Until when work is planned ('psdiff-zbx pause' on the host); 0 if none is.",
    units="unixtime",
    component="health",
)

PAUSE_SEEN = Item(
    "psdiff.paused.recently",
    "Host: paused, seen",
    "$.paused",
    "When a sample of the paused host came, which is stored at each; 0 if it is not paused.",
    units="unixtime",
    component="health",
    script="return value > 0 ? Math.floor(Date.now() / 1000) : 0;",
)

CALM_ITEMS = (BOOT, BOOTING, PAUSED, PAUSE_SEEN)

LOUD = f"last(/{{T}}/{BOOTING.key})=0 and last(/{{T}}/{PAUSED.key})=0"
"""The condition of all triggers of what differs."""

UNPAUSED = f'count(/{{T}}/{PAUSE_SEEN.key},%s,"gt",0)=0'
"""That no sample of the last so many seconds was of a paused host."""
