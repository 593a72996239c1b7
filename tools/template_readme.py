"""The template's README, made from the template's tables, in the form of Zabbix's own."""

from __future__ import annotations

from typing import Iterable, Sequence

from psdiff_zbx.template import items, macros, states, triggers
from psdiff_zbx.template.records import Item, Trigger

_INTRODUCTION = """\
# psdiff by Zabbix agent

## Overview

The template tells which daemons of a Linux host are missing and which processes are extra, one
line per process. [psdiff-zbx](../README.md) compares the host with the baseline of those daemons
that it should run, on the host. Zabbix asks it about once per minute, with one item. There is a
template for passive checks, *psdiff by Zabbix agent*, and one for active checks, *psdiff by Zabbix
agent active*; they are alike in all else. Both serve zabbix_agentd and zabbix_agent2.

[Setup](#setup) · [Push](#push) · [What becomes a problem](#what-becomes-a-problem) ·
[Reboots](#reboots-and-planned-work) ·
[What a host costs](#what-a-host-costs) · [What to tune](#what-to-tune) ·
[Dashboards](#dashboards) · [A fleet](#a-fleet) · [Proxies](#proxies) · [Macros](#macros-used) ·
[Items](#items) · [Triggers](#triggers) ·
[Daemon discovery](#lld-rule-daemon-discovery)

## Requirements

Zabbix version: 6.0 and higher, and psdiff-zbx 1.0 on the monitored host. The files in `6.0/` are
for 6.0, 6.2 and 6.4. Those in `7.0/` are for 7.0 and all later versions.

## Tested versions

Zabbix 6.0.14, 7.0.9 and 7.0.22, with their agents.
[How other versions were checked](../README.md#versions-of-zabbix).

## Configuration

> Zabbix should be configured according to the instructions in the
> [Templates out of the box](https://www.zabbix.com/documentation/7.0/manual/config/templates_out_of_the_box)
> section.

## Setup

1. On the host: [install psdiff-zbx and set it up](../README.md#from-nothing-to-the-first-alert).
   `psdiff-zbx setup` writes the baseline and gives the agent the item keys.
2. Import the template: with [`psdiff-zbx push`](#push), or in the frontend under *Data collection*
   (6.0: *Configuration*), *Templates*, *Import*: `7.0/template_psdiff.xml`, which the package has
   in `/usr/share/psdiff-zbx/templates`, and which `psdiff-zbx template` prints. Never import a
   file of `6.0/` into Zabbix 7.0 or later: Zabbix breaks on its dashboard (`Internal error`,
   `array_key_exists()`).
3. Link it to the host; `psdiff-zbx push --link HOST` does that, too. Nothing has to be configured.

### Push

`push` imports the template that fits the server and links it to hosts. It runs on the monitored
host or on any workstation with Python 3.9 or newer, and needs pyzabbix 1.3 or newer. The package
finds Debian 13's `python3-pyzabbix`. Elsewhere, in an unpacked copy of this project:

```sh
python3 -m venv ~/psdiff-zbx-venv                  # on Debian and Ubuntu: apt install python3-venv
~/psdiff-zbx-venv/bin/pip install '.[api]'
```

```console
$ ~/psdiff-zbx-venv/bin/psdiff-zbx push --url https://zabbix.example --user Admin --link web1 web2
Password of Admin:
Imported psdiff by Zabbix agent for Zabbix 7.0
Linked to web1
Linked to web2
```

- `--token-file FILE` holds an API token; then `push` asks for nothing. Without a terminal it reads
  the password from standard input.
- `--active` takes the template for active checks.
- `--with-actions` adds two actions to the hosts' menu: see
  [Accept from the frontend](../userparameters/README.md#accept-from-the-frontend).
- `--dashboard` adds [one dashboard of all hosts](#the-dashboard-of-all-hosts); `--overwrite` does
  so even if somebody has edited it.
- Running it again changes nothing, or says what it updates. It also sets changed macros of the
  template back, so set your own values on hosts.
- After an upgrade of Zabbix, for example from 6.0 to 7.0, run it again. A version that is newer
  than all that were checked gets the newest template, and `push` says so.
- If one of the hosts is not there, or has no agent interface for passive checks, nothing is done.

### What becomes a problem

One fault makes one problem of high severity. A daemon that is gone has a problem of its own (High,
with its name). The list of all that is missing on the host is a Warning beside it. An agent that
is silent makes *No data* (High). A check that cannot tell makes *Cannot tell what runs* (High),
which keeps *No data* quiet. Neither makes a daemon missing: items without a new value keep the one
they had.

Nothing counts as missing, extra or impossible to tell before two samples agree
(`{$PSDIFF.SAMPLES}`). So an administrator hears of a daemon after twice `{$PSDIFF.INTERVAL}` and
three seconds at the latest: within two minutes.

### Reboots and planned work

Within `{$PSDIFF.BOOT.GRACE}` (5m) of the host's boot, and while
[it is paused](../userparameters/README.md#planned-work), nothing that differs is a problem, though
the lines are shown. A problem that is open when a pause begins ends, and comes again if it still
holds when the pause is over: what differs then is a problem at once. A daemon that started
with the host has not been restarted: one information, *Host has been restarted*, says it all. The
host tells how long it has been up, so a server's clock that differs changes nothing of this
([how that was checked](../tests/README.md#reboots)). But what an active agent sends has the host's
time, and a clock that is off by more than `{$PSDIFF.NODATA}` is *No data*.

A check that cannot tell, and a host that is silent, are problems all the time: use a maintenance
of Zabbix for a host that is switched off.

### What a host costs

While nothing happens on a host, the server stores five values at each collection, however many
daemons the host has: the counts of missing and extra lines, the state that they make, the digest
of the baseline, and the time that the look took (on 6.0 also whether the check can tell). The
number of processes is one more when it changes. All other values are stored when they change, and
once in `{$PSDIFF.HEARTBEAT}` (an hour). The discovery rule does not work on what it knows either,
and the document itself is not stored.

- A daemon that is gone costs two values more, and two when it is back. While any is gone, each
  collection stores the list of those that are. While any is younger than ten minutes, each
  collection stores the time.
- Of an item that is stored once an hour, the frontend draws dots and no line. So there are graphs
  only of what is stored at each collection.
- A trigger that wants two samples must not ask such an item for its last two values: they are its
  last two changes. *Fewer processes than expected* counts the lists of what is missing instead.
  Keep that in mind for triggers of your own.
- A change of the macros that choose daemons (`{$PSDIFF.NAME.MATCHES}` and its like), or of the
  template, reaches the daemons within an hour. A changed baseline does so at the next collection.
- Items that are stored only when they change keep their values and stay supported while the check
  fails; *Error* says what is wrong. So do those whose values
  [do not fit](../userparameters/README.md#limits-of-the-answers) into the document.
- Only *No data* asks for the time: one trigger per host that Zabbix evaluates every 30 seconds.

What that is in rows, bytes and CPU time: [measured](../tests/README.md#what-it-costs-the-server).

### What to tune

There is one item per host and minute; all others depend on it. An answer holds one of the
server's pollers for 0.1 s, and for 2 s while something is missing (`StartPollers`; on 7.0 agent
pollers, each of which waits for many answers at once). The template for active checks
(`push --active`) needs no poller.

- To ask less often, set `{$PSDIFF.INTERVAL}`, and `{$PSDIFF.NODATA}` to more than three times as
  much.
- To keep the database small, set `{$PSDIFF.HISTORY}`.
- `{$PSDIFF.RESOURCES.MATCHES}` names the daemons whose CPU time, memory and threads are recorded,
  too. That is what makes the database grow.
- `{$PSDIFF.MISSING.MAX}`, `{$PSDIFF.DAEMON.ALERT}` and [other macros](#macros-used) keep single
  hosts or daemons quiet.

### Dashboards

Every host has the dashboard *psdiff: Processes* (*Monitoring → Hosts → Dashboards*). It begins
with the state: green when all is as expected, red when something is missing or extra, orange when
the check cannot tell. The numbers beside it are grey at 0, not green: after an error they are
those of the time before. Below are the daemons, the host's problems, and one line for each process
that is missing or extra. The page *Daemons* has room for some hundreds of them.

![A host with 60 daemons, three of which lack a process](images/host-7.0.png)
![The same in the dark theme](images/host-7.0-dark.png)

A cell is red when fewer processes run than expected, also if it is one of four; its number is then
a `-`. It is grey when a daemon that may run or not does not. Widgets show the last value that was
stored. A host that is silent keeps its old colours, and has the problem *No data*.

Zabbix 6.0 has no thresholds and no honeycombs, and no problems in dashboards of hosts. There the
state is a word, and the daemons are graphs.

![The same host in Zabbix 6.0](images/host-6.0.png)

#### The dashboard of all hosts

`psdiff-zbx push --dashboard` adds the dashboard *psdiff: fleet*, which everyone may see. Only a
super admin may add it.

![200 hosts: how many are right, and which are not](images/fleet-7.0.png)
![The same in the dark theme](images/fleet-7.0-dark.png)

- The numbers are those of the last five minutes: hosts that are right, that differ, that cannot
  tell, and those that are silent. No widget of Zabbix counts hosts, so calculated items of the
  host *psdiff-fleet* do, once a minute. That host has no agent. It is in the host group *psdiff*:
  who may not read that group sees no numbers. *Latest data* shows them, too, and triggers may use
  them.
- *The same daemon on many hosts* has a row for each daemon that is missing somewhere, and a column
  for each such host.
- The problems are counted by their tag *scope*. Those of a daemon have the tag *daemon*, too.

Zabbix 6.0 shows the same without the cells. There a host counts as different if it was so at any
time of those five minutes, and as one that cannot tell if it never could.

![200 hosts in Zabbix 6.0](images/fleet-6.0.png)

A later `push --dashboard` brings the dashboard up to date, or says `No changes`. It leaves the
dashboard alone once somebody has edited it. To tell that, *psdiff-fleet* keeps a digest of the
pages as they were after the last push, in the macro `{$PSDIFF.FLEET.DASHBOARD}`. The owner and
sharing are yours to change. An upgrade of Zabbix may rewrite dashboards; that counts as an edit.
`--overwrite` replaces whatever is there.

### A fleet

`psdiff-zbx fleet` shows all hosts that have the template, the worst first, and below them what
they have in common. It names the hosts whose psdiff-zbx is too old for the template. Its exit code
is 1 if any host is not right; `--json` is for programs. A thousand hosts take about a second; each
that has been silent for more than a day adds 20 ms.

```console
$ psdiff-zbx fleet --url https://zabbix.example --token-file ~/.zabbix-token
HOST  STATE    MISSING  EXTRA  BASELINE  LAST  ERROR
old3  silent         -      -        3d   21m  connection refused
new7  error          -      -        3d   40s  no baseline at /var/lib/psdiff-zbx/baseline: re…
db1   differs        0      1        3d   40s
web1  differs        1      0        3d   40s
web2  differs        1      0        3d   40s
mail  ok             0      0        3d   40s

no data on old3: connection refused
cannot tell on new7: no baseline at /var/lib/psdiff-zbx/baseline; record one with …
missing on 2 hosts: - /usr/sbin/cron -f  {user=root}
  web1, web2
extra on db1: + /tmp/x -l 4444  {user=www-data}

1 ok, 3 differ, 1 cannot tell, 1 silent
```

To install psdiff-zbx and its baselines on many hosts, see
[Roll it out](../userparameters/README.md#roll-it-out).

### Proxies

Proxies pass the items on like any others. *No data* waits for a proxy that is away, as Zabbix's
`nodata()` does; that the proxy is away is Zabbix's own alarm. The frontend's actions reach a host
behind a proxy, too.
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
        _section(
            "### Items",
            _ITEM_COLUMNS,
            [_MASTER, *map(_item, (*items.ITEMS, states.STATE, _BLIND))],
        ),
        _section("### Triggers", _TRIGGER_COLUMNS, map(_trigger, triggers.TRIGGERS)),
        _section("### LLD rule Daemon discovery", _ITEM_COLUMNS, [_RULE]),
        _section(
            "### Item prototypes for Daemon discovery",
            _ITEM_COLUMNS,
            map(_item, (*items.ITEM_PROTOTYPES, states.DAEMON_STATE)),
        ),
        _section(
            "### Trigger prototypes for Daemon discovery",
            _TRIGGER_COLUMNS,
            map(_trigger, triggers.TRIGGER_PROTOTYPES),
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
_BLIND = states.BLIND._replace(description=f"{states.BLIND.description} 6.0 only.")
_NOTHING = "<br>⛔️Custom on fail: Discard value"
_UNCHANGED = "<br>Discard unchanged with heartbeat: `{$PSDIFF.HEARTBEAT}`"
_MASTER = (
    "Get all",
    "The document from which all other items take their values.",
    "Zabbix agent",
    items.MASTER,
)
_UNITS = "<br>JavaScript: an empty `{#PSDIFF.UNIT}` for daemons of which no unit is known"
_REST = f"{_NOTHING}{_UNCHANGED}{_UNITS}"
_RULE = (
    "Daemon discovery",
    "The daemons of the baseline, running or not.",
    "Dependent item",
    f"{items.DISCOVERY}<br>**Preprocessing**: JSON Path: `$.discovery`{_REST}",
)


def _macros() -> Iterable[Sequence[str]]:
    timeout = macros.TIMEOUT._replace(description=f"{macros.TIMEOUT.description} 7.0 only.")
    for macro in sorted((*macros.MACROS, timeout)):
        yield macro.name, macro.description, f"`{macro.value}`"


def _item(item: Item) -> Sequence[str]:
    information = f"{item.key}<br>**Preprocessing**: JSON Path: `{item.path}`"
    if item.on_fail is not None:
        information += f"<br>⛔️Custom on fail: Set value to `{item.on_fail}`"
    elif not item.every_sample:
        information += _NOTHING
    if item.within:
        bounds = " to ".join(bound or "any" for bound in item.within)
        information += (
            f"<br>In range: `{bounds}`<br>⛔️Custom on fail: Set value to `{item.outside}`"
        )
    if item.script:
        information += f"<br>JavaScript: `{item.script}`"
    if not item.every_sample:
        information += _UNCHANGED
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
