"""Hosts on which something varies, and the actions of the rules that are proposed for it."""

from __future__ import annotations

from typing import NamedTuple, Tuple

from tests.core.learn.watching import Ran


class Situation(NamedTuple):
    """``actions`` are those of the rules, in the order of their findings.  ``left`` says that the
    rules do not make all of it quiet: something has really happened."""

    name: str
    ran: Tuple[Ran, ...]
    actions: Tuple[str, ...] = ()
    merges: bool = False
    left: bool = False


CRON = Ran(9, "/usr/sbin/cron -f")
SHOP = Ran(20, "/usr/bin/shop --serve")

VARYING = (
    Situation(
        "a title with a counter", (Ran(10, "app: request {n}", is_title=True),), ("replace",)
    ),
    Situation(
        "two titles with counters, of one program",
        (
            Ran(10, "app 8080: {n} requests served", is_title=True),
            Ran(11, "app 8081: {n}7 requests served", is_title=True),
        ),
        ("replace", "replace"),
    ),
    Situation(
        "a title that says what it does",
        (
            Ran(10, "app: idle", "0-2", is_title=True),
            Ran(10, "app: work on job {n}", "3-11", is_title=True, began=0),
        ),
        ("replace",),
    ),
    Situation(
        "a random port in an argument",
        (
            Ran(10, "/usr/bin/app --port 40117 --quiet", "0-5"),
            Ran(11, "/usr/bin/app --port 9153 --quiet", "6-11"),
        ),
        ("replace",),
    ),
    Situation(
        "a random port, restarted slowly",
        (Ran(10, "/usr/bin/app -p 40117", "0-3"), Ran(11, "/usr/bin/app -p 9153", "8-11")),
        ("replace",),
        left=True,
    ),
    Situation(
        "a temporary path in an argument",
        (
            Ran(10, "/usr/bin/app --run /run/app/s.aXbGTq", "0-4"),
            Ran(11, "/usr/bin/app --run /run/app/s.PwXrZa", "5-8"),
            Ran(12, "/usr/bin/app --run /run/app/s.Q2bGkq", "9-11"),
        ),
        ("replace",),
    ),
    Situation(
        "a date in an argument",
        (
            Ran(10, "/usr/bin/export --day 2026-11-26 --all", "0-5"),
            Ran(11, "/usr/bin/export --day 2026-11-27 --all", "6-11"),
        ),
        ("replace",),
    ),
    Situation(
        "its pid in an argument",
        (
            Ran(410, "/usr/bin/app --lock=/run/app.410", "0-3"),
            Ran(523, "/usr/bin/app --lock=/run/app.523", "4-11"),
        ),
        ("replace",),
    ),
    Situation(
        "an id of hex digits",
        (
            Ran(10, "/usr/bin/app id=3f9ac2", "0-5"),
            Ran(11, "/usr/bin/app id=b01c77", "6-11"),
        ),
        ("replace",),
    ),
    Situation(
        "workers by demand, one to six",
        (SHOP, *(Ran(30 + n, "/usr/bin/shop-worker", f"{n}-{11 - n}", 20) for n in range(6))),
        ("at_least_one",),
    ),
    Situation(
        "workers by demand, none at times",
        (SHOP, *(Ran(30 + n, "/usr/bin/shop-worker", f"{n + 1}-{9 - n}", 20) for n in range(3))),
        ("optional",),
    ),
    Situation(
        "workers with numbers, by demand",
        (
            SHOP,
            *(Ran(30 + n, f"/usr/bin/work --slot {n}", f"{n + 1}-{9 - n}", 20) for n in (1, 2)),
        ),
        ("optional",),
    ),
    Situation(
        "workers with numbers, one of them always there",
        (
            SHOP,
            Ran(31, "/usr/bin/work --slot 1", "0-5", 20),
            Ran(32, "/usr/bin/work --slot 2", "2-8", 20),
            Ran(33, "/usr/bin/work --slot 3", "5-11", 20),
        ),
        ("replace", "at_least_one"),
        merges=True,
    ),
    Situation(
        "a random port beside another one",
        (
            Ran(10, "/usr/bin/app --port 80"),
            Ran(11, "/usr/bin/app --port 40117", "0-5"),
            Ran(12, "/usr/bin/app --port 39153", "6-11"),
        ),
        ("replace",),
    ),
    Situation(
        "a job every two minutes below a daemon",
        (SHOP, Ran(30, "/usr/bin/sweep --old", "1-2 4-5 7-8", 20)),
        ("optional",),
    ),
    Situation(
        "a job every two minutes below INIT",
        (SHOP, Ran(30, "/usr/bin/sweep --old", "1-2 4-5 7-8")),
        ("optional",),
    ),
    Situation(
        "a job with programs of its own",
        (
            SHOP,
            Ran(30, "/bin/sh /opt/report.sh", "2-5 8-10", 20),
            Ran(31, "/usr/bin/collect --all", "2-5", 30),
            Ran(1031, "/usr/bin/collect --all", "8-10", 1030),
        ),
        ("ignore",),
    ),
    Situation(
        "a daemon that starts several programs",
        (
            SHOP,
            Ran(30, "/usr/bin/resize --all", "2-4", 20),
            Ran(31, "/usr/bin/mailout", "3-6", 20),
            Ran(32, "/usr/bin/index --full", "5-9", 20),
        ),
        ("ignore",),
    ),
    Situation(
        "a nightly job with its date",
        (SHOP, Ran(30, "/usr/bin/dump --to /srv/2026-11-26.sql", "4-7", 20)),
        ("optional",),
    ),
    Situation(
        "a job with another number each time",
        (
            SHOP,
            Ran(30, "/usr/bin/render --frame 17", "1-2", 20),
            Ran(31, "/usr/bin/render --frame 218", "5-6", 20),
            Ran(32, "/usr/bin/render --frame 3301", "9-10", 20),
        ),
        ("replace", "optional"),
    ),
    Situation(
        "arguments whose order changes",
        (
            Ran(10, "/usr/bin/app -a -b --fast", "0-3"),
            Ran(11, "/usr/bin/app --fast -a -b", "4-7"),
            Ran(12, "/usr/bin/app -b --fast -a", "8-11"),
        ),
        ("sort_arguments",),
    ),
    Situation(
        "a daemon on demand",
        (CRON, Ran(10, "/usr/lib/geoclue --idle-exit", "2-4 8-10", user="geoclue")),
        ("optional",),
    ),
    Situation(
        "a folder with a version",
        (
            Ran(10, "/usr/bin/appd --home /srv/app/r129/lib", "0-5"),
            Ran(11, "/usr/bin/appd --home /srv/app/r130/lib", "6-11"),
        ),
        ("replace",),
    ),
    Situation(
        "the pids of those before, at the end",
        (
            Ran(10, "/usr/bin/proxy -D -sf 17 18", "0-3"),
            Ran(11, "/usr/bin/proxy -D -sf 10", "4-7"),
            Ran(12, "/usr/bin/proxy -D -sf 11 10 17", "8-11"),
        ),
        ("cut",),
    ),
    Situation(
        "the pids of those before, at the end, not at the first start",
        (
            Ran(10, "/usr/bin/proxy -D", "0-3"),
            Ran(11, "/usr/bin/proxy -D -sf 10", "4-7"),
            Ran(12, "/usr/bin/proxy -D -sf 11 10", "8-11"),
        ),
        ("cut",),
    ),
    Situation(
        "two of a family that overlap while one takes over",
        (
            Ran(10, "/usr/bin/app --generation 1", "0-5"),
            Ran(11, "/usr/bin/app --generation 2", "5-11"),
        ),
        ("replace",),
        merges=True,
        left=True,  # there are two while they overlap
    ),
)

QUIET = (
    Situation("a stable host", (CRON, SHOP, Ran(30, "/usr/bin/shop-worker", ppid=20))),
    Situation(
        "two instances that differ by their ports",
        (Ran(10, "/usr/bin/app --port 8080"), Ran(11, "/usr/bin/app --port 8081")),
    ),
    Situation("one restart with the same line", (CRON, Ran(10, "/usr/bin/app", "0-5 6-11"))),
    Situation(
        "one restart that took its time",
        (CRON, Ran(10, "/usr/bin/app", "0-3 8-11")),
        left=True,
    ),
    Situation("a daemon that died", (CRON, Ran(10, "/usr/bin/app", "0-5")), left=True),
    Situation("a daemon that is new", (CRON, Ran(10, "/usr/bin/app", "5-11")), left=True),
    Situation(
        "one of two equal daemons died",
        (Ran(10, "/usr/bin/app"), Ran(11, "/usr/bin/app", "0-5")),
        left=True,
    ),
    Situation(
        "jobs that are over before anybody hears of them",
        (
            CRON,
            Ran(10, "/usr/bin/job --run {n}", "1 2 3 4 5 6 7 8", 9),
        ),
    ),
    Situation(
        "another daemon in the place of one",
        (
            Ran(10, "/usr/bin/app --queue mail", "0-5"),
            Ran(11, "/usr/bin/app --queue news", "6-11"),
        ),
        left=True,
    ),
    Situation(
        "a title that the shipped rules know",
        (Ran(10, "lldpd: connected to sw{n}", is_title=True),),
    ),
    Situation(
        "a folder with a version that the shipped rules know",
        (
            Ran(10, "/opt/app-1.2.9/bin/appd -f", "0-5"),
            Ran(11, "/opt/app-1.10.0/bin/appd -f", "6-11"),
        ),
    ),
)
