"""The parts of the server's bench that need no server."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.bench.server.feed import Feed, FeedError
from tests.bench.server.fleet import AWAY, DAY, Death, Fleet
from tests.bench.server.report import report
from tests.bench.server.trial import QUEUES, Result
from tests.bench.server.usage import KIND, Sizes
from tests.bench.server.variants import BEFORE, MASTER, OURS, ZABBIXS, variants
from tests.files import TOP

INTERVAL = 10.0
BEGAN = 1_795_000_000.0


def fleet() -> Fleet:
    return Fleet(4, 50, INTERVAL, BEGAN)


def test_a_daemon_is_gone_for_a_while_and_has_another_start_then() -> None:
    made = fleet()
    made.deaths.append(Death(1, 7, 100.0, 140.0))
    before, gone, after = (json.loads(made.ours(1, now)) for now in (99.0, 100.0, 140.0))
    id_ = before["discovery"][7]["{#PSDIFF.ID}"]
    assert [each["daemons"][id_]["running"] for each in (before, gone, after)] == [1, 0, 1]
    assert [each["missing"]["daemons"] for each in (before, gone, after)] == ["", id_, ""]
    assert after["daemons"][id_]["started"] == BEGAN + 140
    assert json.loads(made.ours(2, 100.0))["missing"]["count"] == 0
    assert [len(json.loads(made.theirs(1, now))) for now in (99.0, 100.0)] == [50, 49]


def test_no_host_has_just_booted() -> None:
    """Or nothing would be a problem."""
    assert all(json.loads(fleet().ours(1, now))["uptime"] >= DAY for now in (0.0, 100.0))


def test_one_of_a_hundred_daemons_dies_in_time() -> None:
    made = fleet()
    made.plan_deaths(100.0, 200.0)
    assert len(made.deaths) == 2
    for death in made.deaths:
        assert 100 <= death.at <= 200
        assert death.until == death.at + AWAY * INTERVAL


class _Server:
    """Takes everything, or nothing."""

    def __init__(self, info: str = "processed: 1; failed: 0; total: 1") -> None:
        self.info, self.asked = info, []  # type: str, list[dict[str, Any]]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        return {"response": "success", "info": self.info}


def feed(server: Any) -> Feed:
    names, items = ("a", "b"), ("10", "11")
    return Feed(server, names, items, time.time() - 1000, lambda host, now: f"{host} at {now}")


def test_each_host_sends_once_in_an_interval() -> None:
    server = _Server()
    sending = feed(server)
    sending.until(20.0, INTERVAL, lambda: None)
    sending.until(30.0, INTERVAL, lambda: None)
    sent = [(each["host"], each["data"][0]) for each in server.asked]
    assert [host for host, _ in sent] == ["a", "b"] * 3
    assert [row["itemid"] for _, row in sent] == [10, 11] * 3
    assert [row["value"] for _, row in sent][:3] == ["0 at 0.0", "1 at 5.0", "0 at 10.0"]
    assert sending.sent == 6
    assert sending.late > 900


def test_a_server_that_takes_nothing_ends_it() -> None:
    with pytest.raises(FeedError, match="failed: 1"):
        feed(_Server("processed: 0; failed: 1; total: 1")).until(1.0, INTERVAL, lambda: None)


def test_a_process_says_what_it_is() -> None:
    title = (
        "/usr/sbin/zabbix_server: history syncer #2 [processed 3 values, 1 triggers in 0.1 sec]"
    )
    found = KIND.search(title)
    assert found is not None
    assert found[1] == "history syncer"


def test_another_template_comes_from_a_folder() -> None:
    assert [each.name for each in variants(None)] == [OURS, ZABBIXS]
    ours, other, _ = variants(str(TOP))
    assert (other.name, other.master) == (BEFORE, MASTER)
    assert other.xml == ours.xml


def test_costs_are_told_for_a_host_and_a_collection() -> None:
    result = Result(
        hosts=10,
        seconds=864.0,
        sent=100,
        bytes_each=20_000.0,
        late=0.1,
        cpu={"history syncer": 0.2, "PostgreSQL": 0.3, "poller": 0.1},
        idle={"history syncer": 0.01},
        stored=Sizes(600, 60_000),
        throttled=100,
        queues=dict.fromkeys(QUEUES.values(), 3),
        deaths=2,
        delays=[80.0, 100.0],
    )
    rows = dict(line.split("|")[1:3] for line in list(report({OURS: result}))[3:])
    found = {name.strip(): value.strip() for name, value in rows.items()}
    assert found["values stored per host and collection"] == "6.0"
    assert found["rows per host and day, with heartbeats"] == "8,400"
    assert found["MB per host and day"] == "0.84"
    assert found["CPU, ms: history syncers"] == "2.00"
    assert found["CPU, ms: other processes"] == "1.00"
    assert found["**CPU per host and collection, ms**"] == "6.00"
    assert found["from death to problem, s: median"] == "90"
    assert found["deaths with a problem"] == "2 of 2"
