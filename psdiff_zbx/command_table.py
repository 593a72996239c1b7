"""The one table of the commands that people type: summary, example, options."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Callable, NamedTuple, Tuple

from . import command_options as options


class Command(NamedTuple):
    """``example`` is what an administrator would type, ``text`` what else is worth knowing."""

    name: str
    summary: str
    example: str
    add: Callable[[ArgumentParser], None] = options.nothing
    text: str = ""


COMMANDS: Tuple[Command, ...] = (
    Command(
        "show",
        "what is missing (-) and what is extra (+); the default",
        "psdiff-zbx show --retry",
        options.show,
        "Exit code 1 if anything is.",
    ),
    Command(
        "show-missing",
        "the same as show --missing",
        "psdiff-zbx show-missing",
        options.show_side,
    ),
    Command(
        "show-extra",
        "the same as show --extra",
        "psdiff-zbx show-extra",
        options.show_side,
    ),
    Command(
        "write",
        "make what runs now the baseline",
        "psdiff-zbx write -v",
        options.write,
        "Where there is a baseline already, what differs from it is shown, for all of that is "
        "accepted with it.  'psdiff-zbx undo' takes it back.",
    ),
    Command(
        "manual",
        "add one daemon to the baseline, or remove one",
        "psdiff-zbx manual add www-data '/usr/bin/php /srv/queue.php'",
        options.manual,
    ),
    Command(
        "dump",
        "what runs now, as the baseline would hold it",
        "psdiff-zbx dump",
    ),
    Command(
        "explain",
        "each rule that touches a process, and what becomes of it",
        "psdiff-zbx explain --all",
        options.explain,
    ),
    Command(
        "snapshot",
        "record the processes, before any rule, as JSON lines",
        "psdiff-zbx snapshot > host.jsonl",
    ),
    Command(
        "userparameters",
        "the UserParameter file for the Zabbix agents",
        "psdiff-zbx userparameters > /etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf",
    ),
    Command(
        "template",
        "the template to import into Zabbix, as XML",
        "psdiff-zbx template --zabbix 6.0 > template_psdiff.xml",
        options.template,
    ),
    Command(
        "push",
        "the template into a Zabbix frontend, through its API",
        "psdiff-zbx push --url https://zabbix.example --user Admin --link web1 web2",
        options.push,
    ),
)
