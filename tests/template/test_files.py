"""The four committed templates: what Zabbix would refuse, cut off, or never notice."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Iterator, List
from xml.etree import ElementTree as ET

import pytest

from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import Comparison, Daemon
from tests.builders import state
from tests.files import TOP

FOLDER = TOP / "templates"
FILES = sorted(FOLDER.glob("*/*.xml"))
# Zabbix's own group, with its own uuid.
GROUP = "a571c0d144b14fd4a87a9d9b2aa9fcd6"
UUID4 = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
MACRO = re.compile(r"(\{\$[A-Z_.]+)(?::\"[^\"]*\")?\}")
LLD_MACRO = re.compile(r"\{#[A-Z.]+\}")
TRIGGERS = ("trigger", "trigger_prototype")
ITEMS = ("item", "item_prototype", "discovery_rule")
# The columns of both databases; see also the frontend's API validation.
LIMITS = {
    "name": 255,
    "key": 2048,
    "expression": 2048,
    "event_name": 2048,
    "opdata": 255,
    "macro": 255,
    "tag": 255,
    "value": 2048,
    "delay": 1024,
    "history": 255,
    "units": 255,
    "description": 2048,
}
# What the program puts into the macros of discovery: the longest, in characters.
LONGEST = {
    "NAME": 64,
    "ID": 64,
    "USER": 32,
    "CMDLINE": 255,
    "EXPECTED": 10,
    "MODE": 8,
    "UNIT": 255,
}
# Of which the operational data shows the beginning, in parentheses or not.
SHORTENED = re.compile(r'\{\{#[A-Z.]+\}\.regsub\("\^.*?\{1,(\d+)\}\)", *"( \()?\\1(\))?"\)\}')
# Of the last values that the operational data shows: whose they are.
SHOWN = {
    "psdiff: No data": [],
    "psdiff: Cannot tell what runs": ["psdiff.error"],
    "psdiff: No baseline": ["psdiff.error"],
    "psdiff: Processes are missing": ["psdiff.missing.text"],
    "psdiff: Unexpected processes": ["psdiff.extra.text"],
    "psdiff: Host has been restarted": [],
    "psdiff: Baseline has changed": ["psdiff.baseline.by", "psdiff.baseline.written"],
    "psdiff: {#PSDIFF.NAME}: Fewer processes than expected": [
        'psdiff.daemon.running["{#PSDIFF.ID}"]'
    ],
    "psdiff: {#PSDIFF.NAME}: Restarted": ['psdiff.daemon.started["{#PSDIFF.ID}"]'],
}


@pytest.fixture(params=FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def root(request: pytest.FixtureRequest) -> ET.Element:
    """Each file in turn."""
    return ET.parse(request.param).getroot()


def texts(root: ET.Element, *tags: str) -> List[str]:
    """The texts of all elements with these tags."""
    return [element.text or "" for tag in tags for element in root.iter(tag)]


def elements(root: ET.Element, *tags: str) -> Iterator[ET.Element]:
    """All elements with these tags that are objects: an item's, not a mention of it."""
    return (each for tag in tags for each in root.iter(tag) if each.find("uuid") is not None)


def keys(root: ET.Element, expression: str) -> List[str]:
    """The items of an expression's functions, in their order."""
    name = re.escape(root.findtext("templates/template/template", ""))
    return re.findall(rf"\(/{name}/([^,)]+)[,)]", expression)


def test_there_is_one_for_each_version_and_way() -> None:
    names = ("template_psdiff.xml", "template_psdiff_active.xml")
    wanted = [f"{version}/{name}" for version in ("6.0", "7.0") for name in names]
    assert [str(path.relative_to(FOLDER)) for path in FILES] == wanted


def test_a_uuid_is_one_of_version_4_and_there_once() -> None:
    found = Counter(uuid for path in FILES for uuid in texts(ET.parse(path).getroot(), "uuid"))
    assert [uuid for uuid in found if not UUID4.fullmatch(uuid)] == []
    assert found.pop(GROUP) == len(FILES)
    assert len(found) > 100
    assert {uuid: times for uuid, times in found.items() if times > 1} == {}


def test_every_key_that_is_used_is_there(root: ET.Element) -> None:
    there = {each.findtext("key") for each in elements(root, *ITEMS)}
    expressions = texts(root, "expression")
    used = {key for expression in expressions for key in keys(root, expression)}
    assert len(there) > len(used) > 5
    assert used <= there
    assert set(texts(root, "key")) == there


def test_every_graph_and_trigger_that_is_used_is_there(root: ET.Element) -> None:
    graphs = {each.findtext("name") for each in elements(root, "graph", "graph_prototype")}
    named = {each.findtext("name") for each in root.iter("value") if each.find("name") is not None}
    assert named == graphs
    triggers = {
        (each.findtext("name"), each.findtext("expression")) for each in elements(root, "trigger")
    }
    used = {
        (each.findtext("name"), each.findtext("expression")) for each in root.iter("dependency")
    }
    assert used
    assert used <= triggers


def test_a_daemons_trigger_depends_on_nothing(root: ET.Element) -> None:
    """Zabbix 7.0 could never unlink such a template again."""
    prototypes = list(root.iter("trigger_prototype"))
    assert len(prototypes) == 2
    assert [each for each in prototypes if each.find("dependencies") is not None] == []


def test_names_of_triggers_hold_no_values(root: ET.Element) -> None:
    names = [each.findtext("name", "") for each in elements(root, *TRIGGERS)]
    assert sorted(names) == sorted(SHOWN)
    assert [name for name in names if "{" in LLD_MACRO.sub("", name)] == []


def test_operational_data_shows_the_items_that_are_meant(root: ET.Element) -> None:
    """The number in {ITEM.LASTVALUE3} is that of a function in the expression."""
    for trigger in elements(root, *TRIGGERS):
        functions = keys(root, trigger.findtext("expression", ""))
        numbers = re.findall(r"\{ITEM\.LASTVALUE(\d)\}", trigger.findtext("opdata", ""))
        name = trigger.findtext("name", "")
        shown = [functions[int(number) - 1] for number in numbers]
        assert [key for key in shown if not key.endswith(".count")] == SHOWN[name], name


def test_macros_are_defined_described_and_used(root: ET.Element) -> None:
    defined = {
        each.findtext("macro", ""): each.findtext("description")
        for each in root.iter("macro")
        if each.find("macro") is not None
    }
    assert len(defined) > 10
    assert all(defined.values())
    for macros in root.iter("template"):
        for each in macros.findall("macros"):
            macros.remove(each)
    used = {f"{name}}}" for text in root.itertext() for name in MACRO.findall(text)}
    assert used == set(defined)


def test_nothing_is_too_long(root: ET.Element) -> None:
    long = [
        (element.tag, element.text)
        for element in root.iter()
        if len(element.text or "") > LIMITS.get(element.tag, 2048)
    ]
    assert long == []
    assert set(LIMITS) - {element.tag for element in root.iter()} <= {"event_name"}


def test_nothing_of_the_longest_daemon_is_too_long(root: ET.Element) -> None:
    """Zabbix leaves out what is: more than 255 characters."""
    rule = next(elements(root, "discovery_rule"))
    names = [each.findtext("name", "") for each in rule.iter("item_prototype")]
    for trigger in rule.iter("trigger_prototype"):
        names += [trigger.findtext(tag, "") for tag in ("name", "opdata")]
    assert len(names) > 5
    assert [name for name in names if len(_longest(name)) > 255] == []


def test_operational_data_is_cut_between_characters(root: ET.Element) -> None:
    """Zabbix's frontend counts bytes there."""
    patterns = {
        pattern
        for text in texts(root, "opdata")
        for pattern in re.findall(r'\{\{ITEM\.[^}]+\}\.regsub\("(.+?)", *"', text)
    }
    assert patterns
    for text in (f"{'x' * before}{'😀' * 600}".encode() for before in range(4)):
        for pattern in patterns:
            found = re.search(pattern.encode(), text)
            assert found is not None
            assert len(found[1].decode()) > 50


def test_history_is_a_time(root: ET.Element) -> None:
    found = set(texts(root, "history"))
    assert found == {"0", "{$PSDIFF.HISTORY}"}
    assert re.fullmatch(r"[1-9][0-9]*[hdw]", _macro(root, "{$PSDIFF.HISTORY}"))


# A trigger counts their samples, or wants to know when the last one came.
EVERY_SAMPLE = {
    "psdiff.seconds",
    "psdiff.missing.count",
    "psdiff.extra.count",
    "psdiff.baseline.digest",
    "psdiff.state",
}


def test_all_but_a_few_values_are_stored_when_they_change(root: ET.Element) -> None:
    """And every hour; the document itself is not stored at all."""
    kinds = {each.findtext("key", ""): _steps(each) for each in elements(root, *ITEMS)}
    kept = {key for key, steps in kinds.items() if steps and DISCARD not in steps}
    assert kept - {"psdiff.blind"} == EVERY_SAMPLE
    assert len(kinds) > 15
    (master,) = [each for each in elements(root, "item") if each.findtext("key") == "psdiff.get"]
    assert (master.findtext("history"), master.findtext("trends")) == ("0", "0")
    assert _macro(root, "{$PSDIFF.HEARTBEAT}") == "1h"


def test_what_is_stored_once_an_hour_never_becomes_unsupported(root: ET.Element) -> None:
    """It would stay so until something is stored."""
    for each in elements(root, *ITEMS):
        if DISCARD in _steps(each):
            first = each.find("preprocessing/step")
            assert first is not None
            assert first.findtext("error_handler") in ("DISCARD_VALUE", "CUSTOM_VALUE")


def test_several_samples_are_asked_only_of_items_that_store_them(root: ET.Element) -> None:
    """Of another, the last values are its last changes: that may be what is wanted, for starts."""
    counted = re.findall(
        r"/(psdiff\.[^,)]+),(?:#\d|\{\$PSDIFF\.SAMPLES\})", " ".join(texts(root, "expression"))
    )
    changes = {"psdiff.missing.daemons", 'psdiff.daemon.started["{#PSDIFF.ID}"]'}
    changes |= {"psdiff.started.recently"}
    assert set(counted) == changes | EVERY_SAMPLE - {"psdiff.seconds"}


# What of the document people may want, and the template does not.
FOR_OTHERS = {"baseline.path", "daemons.expected"}


def test_the_document_holds_what_the_template_reads(root: ET.Element) -> None:
    daemon = Daemon("a-0", "a", "root", "a", 1, "exact", 1, 1, 1.0, 1, 1, "running")
    found = json.loads(document(state(Comparison((daemon,), (), ()))))
    found["daemons"] = found["daemons"]["a-0"]
    held = {name for name, value in found.items() if not isinstance(value, dict)}
    held |= {
        f"{name}.{each}"
        for name, value in found.items()
        if isinstance(value, dict)
        for each in value
    }
    paths = [each.replace("['{#PSDIFF.ID}']", "") for each in texts(root, "parameter")]
    paths = [re.sub(r"\['([a-z-]+)'\]", r".\1", each) for each in paths]
    read = {each.removeprefix("$.") for each in paths if each.startswith("$.") and "*" not in each}
    assert held - FOR_OTHERS == read


def test_one_trigger_of_a_host_is_evaluated_when_nothing_comes(root: ET.Element) -> None:
    """Functions of time make Zabbix evaluate a trigger every 30 seconds."""
    timed = [text for text in texts(root, "expression") if re.search(r"\b(now|nodata)\(", text)]
    assert len(set(timed)) == 1


def test_stamps_keep_no_trends(root: ET.Element) -> None:
    stamps = [each for each in elements(root, *ITEMS) if each.findtext("units") == "unixtime"]
    assert len(stamps) == 6
    assert {each.findtext("trends") for each in stamps} == {"0"}


def test_a_graph_shows_only_what_is_stored_at_each_collection(root: ET.Element) -> None:
    """Zabbix draws no line between values that are further apart than four collections.
    include/classes/graphdraw/CLineGraphDraw.php: ZBX_GRAPH_MAX_SKIP_DELAY"""
    shown = {each.findtext("item/key") for each in root.iter("graph_item")}
    assert shown
    assert shown <= EVERY_SAMPLE
    assert list(root.iter("graph_prototype")) == []


DISCARD = "DISCARD_UNCHANGED_HEARTBEAT"


def _steps(item: ET.Element) -> List[str]:
    """The types of an item's own preprocessing steps."""
    return [each.findtext("type", "") for each in item.findall("preprocessing/step")]


REMEDIES = {
    "cron.service": "systemctl status cron.service; its log: journalctl -u cron.service",
    "jane/sync.service": "systemctl --user -M jane@ status sync.service; its log: "
    "journalctl _SYSTEMD_USER_UNIT=sync.service",
    "a.service b.service": "systemctl status a.service b.service, which shows the ends of their "
    "logs, too",
    "php8.2-fpm": "service php8.2-fpm status; its log is in /var/log",
    "": "",
}


@pytest.mark.parametrize(("unit", "remedy"), REMEDIES.items(), ids=list(REMEDIES))
def test_the_text_of_a_missing_daemon_names_its_unit(
    root: ET.Element, unit: str, remedy: str
) -> None:
    (trigger,) = [each for each in elements(root, *TRIGGERS) if "Fewer" in _name(each)]
    named = f" ({unit})" if unit else ""
    assert _told(trigger, "event_name", unit).endswith(f"Fewer processes than expected{named}")
    assert _told(trigger, "opdata", unit).endswith(f'"\\1")}}{named}')
    after = f"{{#PSDIFF.EXPECTED}} expected ({{#PSDIFF.MODE}}).{' On the host: ' * bool(unit)}"
    assert _told(trigger, "description", unit).endswith(after + remedy)


def test_what_is_of_a_daemon_has_its_unit_as_a_tag(root: ET.Element) -> None:
    rule = next(elements(root, "discovery_rule"))
    found = [*elements(rule, "item_prototype"), *elements(rule, "trigger_prototype")]
    assert len(found) > 5
    for each in found:
        tags = {tag.findtext("tag"): tag.findtext("value") for tag in each.findall("tags/tag")}
        assert tags["unit"] == "{#PSDIFF.UNIT}"


def test_a_daemon_without_a_unit_gets_an_empty_one(root: ET.Element) -> None:
    """Zabbix would show the name of a macro that is not there.  Only what has changed goes through
    the script."""
    rule = next(elements(root, "discovery_rule"))
    assert _steps(rule)[-2:] == [DISCARD, "JAVASCRIPT"]
    assert "daemon['{#PSDIFF.UNIT}'] || ''" in texts(rule, "parameter")[-1]


def _name(trigger: ET.Element) -> str:
    return trigger.findtext("name", "")


def _told(trigger: ET.Element, field: str, unit: str) -> str:
    """A text as Zabbix tells it of a daemon in that unit: what does not match leaves nothing."""

    def told(function: re.Match[str]) -> str:
        found = re.search(function[1], unit)
        return found.expand(function[2]) if found else ""

    text = trigger.findtext(field, "")
    return re.sub(r'\{\{#PSDIFF\.UNIT\}\.regsub\("(.*?)", "(.*?)"\)\}', told, text)


def _longest(text: str) -> str:
    """A text of a prototype, for a daemon with the longest name, id, user and command line."""
    text = SHORTENED.sub(lambda found: "x" * int(found[1]) + "".join(found.groups("")[1:]), text)
    for name, length in LONGEST.items():
        text = text.replace(f"{{#PSDIFF.{name}}}", "x" * length)
    assert "{#" not in text
    return text


def _macro(root: ET.Element, name: str) -> str:
    """The value of one macro."""
    (value,) = [
        each.findtext("value", "") for each in root.iter("macro") if each.findtext("macro") == name
    ]
    return value
