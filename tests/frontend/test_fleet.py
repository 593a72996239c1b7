"""What `psdiff-zbx fleet` makes of the API's rows; the API itself is in tests/zabbix."""

from __future__ import annotations

import json
from typing import Any, Optional, Sequence

import pytest

from psdiff_zbx.core.duration import parse_duration
from psdiff_zbx.frontend import fleet_api, fleet_text
from psdiff_zbx.frontend.fleet_state import (
    COUNT_KEYS,
    ERROR_KEY,
    PAUSED_KEY,
    TEXT_KEYS,
    VERSION_KEY,
    WRITTEN_KEY,
    ApiRow,
    Fleet,
    FleetHost,
    Group,
    Seen,
    Side,
    heard,
    judge,
    unit_keys,
    with_lines,
    with_units,
)
from psdiff_zbx.template.items import ITEMS, OLDEST_PROGRAM

NOW = 1_795_000_000
CRON = "/usr/sbin/cron -f  {user=root}"
CRON_KEY = 'psdiff.daemon.running["cron-45c3353f"]'
SSHD = "/usr/sbin/sshd -D  {user=root}"
NO_BASELINE = "no baseline at /var/lib/psdiff-zbx/baseline: write one with 'psdiff-zbx write'"
REFUSED = "cannot connect to [[192.0.2.1]:10050]: Connection refused"
NO_PATH = "Preprocessing failed for: {}\n1. Failed: no data matches"


def item(value: str, ago: Optional[int] = 40, error: str = "") -> ApiRow:
    """An item as the API has it; without an ``ago`` it has no value."""
    clock = "0" if ago is None else str(NOW - ago)
    return {"lastvalue": value, "lastclock": clock, "error": error}


def items(
    error: str = "", missing: str = "0", extra: str = "0", **all_of_them: Any
) -> dict[str, ApiRow]:
    values = (error, missing, extra, str(NOW - 3 * 86_400))
    keys = (ERROR_KEY, *COUNT_KEYS, WRITTEN_KEY)
    return {key: item(value, **all_of_them) for key, value in zip(keys, values)}


def seen(found: dict[str, ApiRow], name: str = "web1", **fields: Any) -> Seen:
    row = {
        "hostid": "10084",
        "host": name,
        "name": f"{name}, visibly",
        "status": "0",
        "maintenance_status": "0",
        "interfaces": [{"type": "2", "error": "snmp"}, {"type": "1", "error": REFUSED}],
        **fields,
    }
    return Seen(row, found, unsupported="", patience=300, last=heard(found), discovered=False)


def host(name: str, missing: Sequence[str] = (), extra: Sequence[str] = ()) -> FleetHost:
    """One that was heard 40 seconds ago, with lines."""
    found = items(missing=str(len(missing)), extra=str(len(extra)))
    texts = [f"- {line}" for line in missing], [f"+ {line}" for line in extra]
    rows = {key: item("\n".join(text)) for key, text in zip(TEXT_KEYS, texts)}
    return with_lines(judge(seen(found, name), NOW), rows)


def fleet(*hosts: FleetHost) -> Fleet:
    return Fleet(NOW, tuple(sorted(hosts, key=lambda each: each.rank)))


def lines(found: Fleet, width: Optional[int] = None) -> list[str]:
    return fleet_text.fleet_lines(found, width, lambda text, _: text)


def test_the_keys_are_those_of_the_template() -> None:
    ours = {ERROR_KEY, *COUNT_KEYS, *TEXT_KEYS, WRITTEN_KEY, VERSION_KEY}
    assert ours <= {each.key for each in ITEMS}


@pytest.mark.parametrize(
    ("what", "state", "error"),
    [
        (seen(items()), "ok", ""),
        (seen(items(missing="2")), "differs", ""),
        (seen(items(extra="1")), "differs", ""),
        (seen(items(error=NO_BASELINE, missing="2")), "error", NO_BASELINE),
        (seen(items())._replace(unsupported="No such key."), "error", "No such key."),
        (seen({**items(), COUNT_KEYS[0]: item("", error=NO_PATH)}), "error", NO_PATH),
        (seen(items(ago=300)), "ok", ""),
        (seen(items(ago=301)), "silent", REFUSED),
        (seen(items(ago=301), interfaces=[]), "silent", ""),
        (seen(items(ago=301))._replace(patience=3600), "ok", ""),
        (seen(items(error=NO_BASELINE, ago=301)), "silent", REFUSED),
        (seen(items(ago=None)), "new", REFUSED),
        (seen({}), "new", REFUSED),
        (seen(items(ago=None))._replace(last=NOW - 86_400 * 9), "silent", REFUSED),
        (seen(items(ago=None))._replace(discovered=True), "silent", REFUSED),
        (seen(items(ago=-30)), "ok", ""),
        (seen(items(missing="1"), status="1"), "disabled", ""),
        (seen({**items(), COUNT_KEYS[0]: item("no number")}), "ok", ""),
    ],
)
def test_states(what: Seen, state: str, error: str) -> None:
    found = judge(what, NOW)
    assert (found.state, found.error) == (state, error.replace("\n", "\\n"))


def test_what_is_not_known_is_no_number() -> None:
    unknown = judge(seen(items(error=NO_BASELINE, missing="2")), NOW)
    assert (unknown.missing.number, unknown.extra.number) == (None, None)
    never = judge(seen(items(ago=None)), NOW)
    assert (never.written, never.last) == (None, None)
    old = judge(seen(items(ago=None))._replace(last=NOW - 9), NOW)
    assert old.last == NOW - 9
    forgotten = judge(seen(items(ago=None))._replace(discovered=True), NOW)
    assert (forgotten.state, forgotten.last) == ("silent", None)


def test_the_newest_of_its_values_tells_when_a_host_was_heard() -> None:
    """Zabbix stores an error that does not change only once an hour, if a template says so."""
    found = {**items(ago=3000), COUNT_KEYS[1]: item("0", ago=7)}
    assert heard(found) == NOW - 7
    assert heard({}) == 0


def test_nothing_of_the_api_can_steer_a_terminal() -> None:
    hostile = "a\x1b[2J\n\u202eb\ud800"
    row = seen(items(error=hostile), hostile)
    found = fleet(judge(row, NOW), host("web2", [hostile.replace("\n", "")], [hostile[:4]]))
    for text in (*lines(found), *lines(found, 80), fleet_text.fleet_json(found)):
        assert text.isprintable()
        text.encode()


def test_lines_have_no_signs_and_no_indentation() -> None:
    text = f"-     {CRON}\n-         {SSHD}\n… and 12 more"
    differs = judge(seen(items(missing="14")), NOW)
    found = with_lines(differs, {TEXT_KEYS[0]: item(text)})
    assert found.missing == Side(14, (CRON, SSHD), 12)
    assert found.extra == Side(0, (), 0)


def test_what_is_missing_has_a_unit_where_one_is_known() -> None:
    cut = "x" * 30 + "… 99 more characters"
    found = host("web1", [CRON, SSHD, CRON, cut])
    assert unit_keys(found.missing) == {CRON: CRON_KEY, SSHD: unit_keys(found.missing)[SSHD]}
    assert with_units(found, {CRON_KEY: "cron.service"}).missing.units == ((CRON, "cron.service"),)
    assert with_units(found, {}).missing.units == ()
    hostile = with_units(found, {CRON_KEY: "a\x1b[2J.service"})
    assert hostile.missing.units == ((CRON, r"a\x1b[2J.service"),)


def test_the_same_lines_are_grouped_those_of_most_hosts_first() -> None:
    found = fleet(host("c", [SSHD, CRON]), host("a", [CRON, CRON]), host("b", [CRON], [SSHD]))
    assert found.missing == (Group(CRON, ("a", "b", "c")), Group(SSHD, ("c",)))
    assert found.extra == (Group(SSHD, ("b",)),)


def test_who_is_wrong() -> None:
    disabled = judge(seen(items(missing="1"), status="1"), NOW)
    assert not fleet(host("a"), disabled).is_wrong
    for wrong in (items(missing="1"), items(error="x"), items(ago=999), items(ago=None)):
        assert fleet(host("a"), judge(seen(wrong), NOW)).is_wrong


def a_fleet() -> Fleet:
    """One of each state, and more."""
    cut = with_lines(
        judge(seen(items(extra="9"), "cut"), NOW), {TEXT_KEYS[1]: item(f"+ {SSHD}\n… and 8 more")}
    )
    return fleet(
        host("web1"),
        with_units(host("web2", [CRON]), {CRON_KEY: "cron.service"}),
        with_units(host("web3", [CRON]), {CRON_KEY: "crond.service"}),
        with_units(host("web4", [CRON]), {CRON_KEY: ""}),
        cut,
        judge(seen(items(error=NO_BASELINE), "db1"), NOW),
        judge(seen(items(ago=5000), "db2", maintenance_status="1"), NOW),
        judge(seen(items(ago=None), "db3", interfaces=[]), NOW),
        judge(seen(items(), "db4", status="1"), NOW),
    )


def test_in_words() -> None:
    assert lines(a_fleet()) == [
        "HOST  STATE     MISSING  EXTRA  BASELINE  LAST  ERROR",
        f"db2   silent          -      -        3d    1h  in maintenance: {REFUSED}",
        f"db1   error           -      -        3d   40s  {NO_BASELINE}",
        "cut   differs         0      9        3d   40s",
        "web2  differs         1      0        3d   40s",
        "web3  differs         1      0        3d   40s",
        "web4  differs         1      0        3d   40s",
        "db3   new             -      -         -     -",
        "db4   disabled        -      -        3d   40s",
        "web1  ok              0      0        3d   40s",
        "",
        f"no data on db2: {REFUSED}",
        f"cannot tell on db1: {NO_BASELINE}",
        "no data yet on db3",
        f"missing on 3 hosts: - {CRON}  (cron.service crond.service)",
        "  web2, web3, web4",
        f"extra on cut: + {SSHD}",
        "extra on cut: … and 8 more",
        "",
        "1 ok, 1 disabled, 1 new, 4 differ, 1 cannot tell, 1 silent",
    ]


def test_a_pause_is_told_until_it_is_over() -> None:
    paused = {**items(missing="1"), PAUSED_KEY: item(str(NOW + 7200))}
    found = judge(seen(paused), NOW)
    assert (found.state, found.paused) == ("differs", NOW + 7200)
    assert lines(fleet(found))[1].endswith("  paused 2h more")
    assert judge(seen(paused), NOW + 7200).paused is None
    assert judge(seen({**paused, PAUSED_KEY: item("0")}), NOW).paused is None
    silent = judge(seen(paused), NOW + 3600)
    assert lines(Fleet(NOW + 3600, (silent,)))[1].split()[1] == "silent"
    assert "paused 1h more" in lines(Fleet(NOW + 3600, (silent,)))[1]
    (row,) = json.loads(fleet_text.fleet_json(fleet(found)))["hosts"]
    assert row["paused"] == NOW + 7200


def test_all_is_well() -> None:
    assert lines(fleet(host("web1")))[1:] == [
        "web1  ok           0      0        3d   40s",
        "",
        "1 ok",
    ]


@pytest.mark.parametrize("width", [80, 72])
def test_rows_fit_the_terminal(width: int) -> None:
    found = fleet(*a_fleet().hosts, host("a-host.with.quite-a-long.name.example", [CRON]))
    table = lines(found, width)[: len(found.hosts) + 1]
    assert max(map(len, table)) == width
    assert [line for line in table if line.endswith("  in maintenanc…")]
    assert [line for line in table if line.startswith("a-host.with.q") and "… " in line]


def test_as_many_names_as_fit() -> None:
    many = fleet(*(host(f"web{number:02}", [CRON]) for number in range(20)))
    at = lines(many, 40).index(f"missing on 20 hosts: - {CRON}")
    assert lines(many, 40)[at + 1] == "  web00, web01, web02, web03 and 16 more"
    assert lines(many, 39)[at + 1] == "  web00, web01, web02 and 17 more"
    assert lines(many, 5)[at + 1] == "  web00 and 19 more"
    assert lines(many)[at + 1].endswith(", web19")


def test_states_have_colours() -> None:
    painted = fleet_text.fleet_lines(a_fleet(), None, lambda text, verdict: f"<{verdict}:{text}>")
    assert painted[0].startswith("HOST  <:STATE   >")
    assert painted[2].startswith("db1   <extra:error   >")
    assert painted[9].startswith("web1  <expected:ok      >")


def test_the_document() -> None:
    found = json.loads(fleet_text.fleet_json(a_fleet()))
    assert found["time"] == NOW
    by_name = {each["host"]: each for each in found["hosts"]}
    assert by_name["web2"] == {
        "hostid": "10084",
        "host": "web2",
        "name": "web2, visibly",
        "state": "differs",
        "maintenance": False,
        "paused": 0,
        "error": "",
        "missing": {"count": 1, "lines": [CRON], "units": {CRON: "cron.service"}},
        "extra": {"count": 0, "lines": []},
        "baseline": {"written": NOW - 3 * 86_400},
        "last": NOW - 40,
        "program": "",
    }
    assert by_name["cut"]["extra"] == {"count": 9, "lines": [SSHD]}
    assert by_name["web4"]["missing"]["units"] == {}
    assert by_name["db1"]["missing"] == {"count": None, "lines": [], "units": {}}
    assert by_name["db2"]["maintenance"] is True
    hosts = ["web2", "web3", "web4"]
    assert found["missing"] == [
        {"line": CRON, "hosts": hosts, "unit": "cron.service crond.service"}
    ]
    assert found["extra"] == [{"line": SSHD, "hosts": ["cut"]}]


HOST = "100"
ABOVE = {HOST: ["20", "9"], "20": ["1"], "9": ["2"]}


@pytest.mark.parametrize(
    ("values", "value"),
    [
        ({HOST: "own", "20": "template's", "1": "deep"}, "own"),
        ({"20": "template's", "1": "deep"}, "template's"),
        ({"20": "second", "9": "lowest id"}, "lowest id"),
        ({"2": "deep"}, "deep"),
        ({"3": "of no template here"}, None),
    ],
)
def test_the_nearest_macro_holds(values: dict[str, str], value: Optional[str]) -> None:
    assert fleet_api.nearest_value(HOST, values, ABOVE) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("300", 300), ("5m", 300), ("90s", 90), ("2h", 7200), ("1d", 86_400), ("1w", 604_800)],
)
def test_times(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5m", "5 m", "5M", "{$OTHER}"])
def test_what_is_no_time(text: str) -> None:
    assert parse_duration(text) is None


def with_program(name: str, version: str) -> FleetHost:
    return judge(seen({**items(), VERSION_KEY: item(version)}, name), NOW)


def test_programs_that_are_too_old_for_the_template() -> None:
    versions = {"db1": "0.9.2", "db2": "1.10.0", "web1": "0.9.2", "web2": "unknown", "web3": ""}
    found = fleet(*(with_program(*each) for each in versions.items()))
    assert found.outdated == (Group("0.9.2", ("db1", "web1")),)
    assert lines(found)[-4:-2] == [
        f"older program on 2 hosts: 0.9.2; the template needs {OLDEST_PROGRAM} or newer",
        "  db1, web1",
    ]
    by_name = {each["host"]: each for each in json.loads(fleet_text.fleet_json(found))["hosts"]}
    assert by_name["db2"]["program"] == "1.10.0"
    assert not found.is_wrong
