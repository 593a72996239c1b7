"""The template's README, in the form that Zabbix gives to its own, from the template's tables."""

from __future__ import annotations

from typing import Iterable, Sequence

from psdiff_zbx.template import items, triggers
from psdiff_zbx.template.items import Item, Trigger

_INTRODUCTION = """\
# psdiff by Zabbix agent

## Overview

The daemons of a Linux host, compared with the baseline of those that it should run: who is
missing, who is extra, one line per process. [psdiff-zbx](../README.md) does the comparing, on
the host; Zabbix asks it about once per minute, with one item. There is a template for passive
checks, *psdiff by Zabbix agent*, and one for active checks, *psdiff by Zabbix agent active*; they
are alike in all else. Both serve zabbix_agentd and zabbix_agent2.

## Requirements

Zabbix version: 6.0 and higher. psdiff-zbx 1.0 on the monitored host.

## Tested versions

Zabbix 6.0.14 and 7.0.9, with their agents.

## Configuration

> Zabbix should be configured according to the instructions in the
> [Templates out of the box](https://www.zabbix.com/documentation/7.0/manual/config/templates_out_of_the_box)
> section.

## Setup

1. On the host: [install psdiff-zbx](../README.md#install-on-a-host), and
   [set it up](../README.md#set-up): `psdiff-zbx setup` writes the baseline and tells the agent.
2. Import the template: `6.0/` is for Zabbix 6.0, `7.0/` for 7.0 and higher. Either in the
   frontend, or with `psdiff-zbx push --url https://zabbix.example --user Admin`.
3. Link it to the host (`psdiff-zbx push … --link HOST` does). Nothing has to be configured.

One fault makes one problem of high severity. A daemon that is gone has a problem of its own
(High, by name); the host's list of what is missing is a Warning beside it. An agent that is
silent makes *No data* (High), and a check that cannot tell *Cannot tell what runs* (High), which
keeps *No data* quiet. Neither makes a daemon missing: items without a new value keep the one
they had. Nothing is a problem before two samples agree (`{$PSDIFF.SAMPLES}`), so that an
administrator hears of a daemon after twice `{$PSDIFF.INTERVAL}` and three seconds at the latest:
within two minutes.
"""
_FEEDBACK = """\
## Feedback

Please report any issues with the template to the authors of psdiff-zbx, with the output of
`psdiff-zbx get`, run as the agent's user.
"""


def readme() -> str:
    """The whole text."""
    parts = [
        _INTRODUCTION,
        _section("### Macros used", ("Name", "Description", "Default"), _macros()),
        _section("### Items", _ITEM_COLUMNS, [_MASTER, *map(_item, items.ITEMS)]),
        _section("### Triggers", _TRIGGER_COLUMNS, map(_trigger, triggers.TRIGGERS)),
        _section("### LLD rule Daemon discovery", _ITEM_COLUMNS, [_RULE]),
        _section(
            "### Item prototypes for Daemon discovery",
            _ITEM_COLUMNS,
            map(_item, items.PROTOTYPES),
        ),
        _section(
            "### Trigger prototypes for Daemon discovery",
            _TRIGGER_COLUMNS,
            map(_trigger, triggers.PROTOTYPES),
        ),
        _FEEDBACK,
    ]
    return "\n".join(parts)


_ITEM_COLUMNS = ("Name", "Description", "Type", "Key and additional info")
_TRIGGER_COLUMNS = (
    "Name",
    "Description",
    "Expression",
    "Severity",
    "Dependencies and additional info",
)
_MASTER = (
    "Get all",
    "The document from which all other items take their values.",
    "Zabbix agent",
    items.MASTER,
)
_RULE = (
    "Daemon discovery",
    "The daemons of the baseline, running or not.",
    "Dependent item",
    f"{items.DISCOVERY}<br>**Preprocessing**: JSON Path: `$.discovery`",
)


def _macros() -> Iterable[Sequence[str]]:
    timeout = items.TIMEOUT._replace(description=f"{items.TIMEOUT.description} 7.0 only.")
    for macro in sorted((*items.MACROS, timeout)):
        yield macro.name, macro.description, f"`{macro.value}`"


def _item(item: Item) -> Sequence[str]:
    information = f"{item.key}<br>**Preprocessing**: JSON Path: `{item.path}`"
    if item.on_fail is not None:
        information += f"<br>⛔️Custom on fail: Set value to `{item.on_fail}`"
    if item.resource:
        information += "<br>Not discovered, unless `{$PSDIFF.RESOURCES.MATCHES}` names the daemon"
    return item.name, item.description, "Dependent item", information


def _trigger(trigger: Trigger) -> Sequence[str]:
    notes = [f"Depends on: {', '.join(trigger.after)}"] if trigger.after else []
    notes += ["Manual close: Yes"] if trigger.manual_close else []
    expression = trigger.expression.replace("{T}", "psdiff by Zabbix agent")
    severity = {"INFO": "Info"}.get(trigger.priority, trigger.priority.capitalize())
    return trigger.name, trigger.description, f"`{expression}`", severity, "<br>".join(notes)


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [title, "", _row(columns), _row(["----"] * len(columns))]
    return "\n".join(
        [*lines, *(_row([cell.replace("|", "\\|") for cell in row]) for row in rows), ""]
    )


def _row(cells: Sequence[str]) -> str:
    return f"|{'|'.join(cells)}|"
