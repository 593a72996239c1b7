"""What templates cost a server, as a table that is Markdown too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from statistics import median

from tests.bench.report import UNKNOWN, machine, table
from tests.bench.server.trial import QUEUES, Result
from tests.bench.server.usage import POSTGRES

DAY = 86_400
# The server's processes in groups; what is in none of them counts as "other processes".
KINDS = {
    "preprocessing": ("preprocessing manager",),
    "LLD": ("lld manager", "lld worker"),
    "history syncers": ("history syncer",),
    "trappers": ("trapper",),
    "PostgreSQL": (POSTGRES,),
}
OTHERS = "other processes"


def report(results: Mapping[str, Result]) -> Iterator[str]:
    """Lines: on what machine, then one column for each template."""
    yield f"{machine()}\n"
    rows = [list(_column(result)) for result in results.values()]
    yield from table(
        ("", *results),
        ((line[0][0], *(cell for _, cell in line)) for line in zip(*rows)),
    )


def _column(found: Result) -> Iterable[tuple[str, str]]:
    """What each row says of one template."""
    days = found.seconds * found.hosts / DAY
    rows = found.stored.rows / days + 24 * found.throttled
    each = found.stored.bytes / found.stored.rows
    yield "hosts", f"{found.hosts:,}"
    yield "answer, bytes", f"{found.bytes_each:,.0f}"
    yield "values stored per host and collection", f"{found.stored.rows / found.sent:.1f}"
    yield "new values per second", f"{found.stored.rows / found.seconds:,.1f}"
    yield "heartbeats per host and hour", f"{found.throttled}"
    yield "rows per host and day, with heartbeats", f"{rows:,.0f}"
    yield "MB per host and day", f"{rows * each / 1e6:.2f}"
    yield from _cpu(found)
    for name in QUEUES.values():
        yield name, f"{found.queues.get(name, 0):,}"
    yield "latest sample, s behind its time", f"{found.late:.1f}"
    yield "deaths with a problem", f"{len(found.delays)} of {found.deaths}"
    some = found.delays
    yield "from death to problem, s: median", f"{median(some):.0f}" if some else UNKNOWN
    yield "from death to problem, s: longest", f"{some[-1]:.0f}" if some else UNKNOWN


def _cpu(found: Result) -> Iterable[tuple[str, str]]:
    """CPU time of one collection of one host, in ms, beyond that of the server at rest."""
    left = dict(found.cpu)
    for name, kinds in KINDS.items():
        yield f"CPU, ms: {name}", _ms(sum(left.pop(kind, 0.0) for kind in kinds), found)
    yield f"CPU, ms: {OTHERS}", _ms(sum(left.values()), found)
    yield "**CPU per host and collection, ms**", _ms(sum(found.cpu.values()), found)
    yield "CPU of the server at rest, % of one core", f"{100 * sum(found.idle.values()):.1f}"


def _ms(seconds: float, found: Result) -> str:
    return f"{1000 * seconds / found.sent:.2f}"
