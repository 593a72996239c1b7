"""The table of all commands, under the headings of ``--help``: summary, example, options."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Callable, Mapping, NamedTuple, Tuple

from ..core.item_keys import METRICS, Metric
from . import options
from .learn_options import learn_options
from .pause_options import pause_options
from .start_options import remote_options, start_options


class Command(NamedTuple):
    """One command.  ``example`` is what an administrator would type, ``text`` what the help says
    besides the summary.  ``add`` adds its options to a parser."""

    name: str
    summary: str
    example: str
    add: Callable[[ArgumentParser], None] = options.nothing
    text: str = ""


def _asked(metric: Metric) -> Command:
    example = f"psdiff-zbx {metric.command}" + (" cron-45c3353f" if metric.parameter else "")
    add = options.daemon_options if metric.parameter else options.nothing
    return Command(metric.command, f"print {metric.title} ({metric.full_key})", example, add)


GROUPS: Mapping[str, Tuple[Command, ...]] = {
    "what differs": (
        Command(
            "show",
            "show what is missing (-) and what is extra (+); the default",
            "psdiff-zbx show --retry",
            options.show_options,
            "Exit code 1 if anything is.",
        ),
        Command(
            "show-missing",
            "same as show --missing",
            "psdiff-zbx show-missing",
            options.show_side_options,
        ),
        Command(
            "show-extra",
            "same as show --extra",
            "psdiff-zbx show-extra",
            options.show_side_options,
        ),
        Command(
            "explain",
            "tell which rules touch a process, and what becomes of it",
            "psdiff-zbx explain --all",
            options.explain_options,
        ),
        Command(
            "start",
            "start the units of daemons that are missing",
            "psdiff-zbx start cron",
            start_options,
            "Only root may, and only units that the baseline names.  A unit that claims to be "
            "active is restarted.  It waits until the daemon runs or the unit has failed, and "
            "says which; exit code 1 if a daemon is still missing.",
        ),
        Command("dump", "print what runs now, as a baseline would hold it", "psdiff-zbx dump"),
        Command(
            "snapshot",
            "record the processes, before any rule, as JSON lines",
            "psdiff-zbx snapshot > host.jsonl",
            text="Secrets are hidden.  Any host can look at it: '--snapshot host.jsonl show'.",
        ),
    ),
    "the baseline": (
        Command(
            "write",
            "make what runs now the baseline",
            "psdiff-zbx write -v",
            options.write_options,
            "Where there is a baseline already, what differs from it is shown, for all of that "
            "is accepted with it.  'psdiff-zbx undo' takes it back.",
        ),
        Command(
            "accept",
            "accept single changes: what is extra, what is missing",
            "psdiff-zbx accept cron-45c3353f '/usr/bin/php *'",
            options.accept_options,
            "Without anything, on a terminal, it asks for each change: accept it, keep it, or "
            "ignore such a process for good by a rule.  'psdiff-zbx undo' takes it back.  'accept "
            "--units' is for a baseline that does not know yet which unit starts what.",
        ),
        Command(
            "manual",
            "add one daemon to the baseline, or remove one",
            "psdiff-zbx manual add www-data '/usr/bin/php /srv/queue.php'",
            options.manual_options,
        ),
        Command(
            "learn",
            "watch the host, and propose rules for what varies",
            "psdiff-zbx learn --for 1d",
            learn_options,
            "At its end, or at Ctrl-C, it tells how often each line came, went or changed, and "
            "asks for each rule; those taken become rules.d/learned.toml.  'psdiff-zbx undo' "
            "takes it back.  'learn --snapshot A --snapshot B' does the same for recordings.",
        ),
        Command(
            "log", "show who accepted what, and when", "psdiff-zbx log -n 5", options.log_options
        ),
        Command(
            "undo",
            "go back by one step of the log",
            "psdiff-zbx undo --dry-run",
            options.dry_run_option,
        ),
        Command(
            "pause",
            "say that work is planned: Zabbix keeps quiet until it is over",
            "psdiff-zbx pause 2h --why 'new kernel'",
            pause_options,
            "It ends by itself, outlives a reboot, and is in the log.  What differs then is a "
            "problem at once.  A shorter pause does not shorten one that holds.",
        ),
    ),
    "this host's Zabbix agent": (
        Command(
            "setup",
            "configure the Zabbix agent, and write the first baseline",
            "psdiff-zbx setup --agent agent2 --dry-run",
            options.setup_options,
            "Finds the agent by its configuration, puts the file with psdiff's item keys where "
            "it includes it from, and checks that the agent's user gets a good answer.  Doing it "
            "again changes nothing.",
        ),
        Command(
            "doctor",
            "check the setup, tell what is wrong and what to do about it",
            "psdiff-zbx doctor",
            options.doctor_options,
            "Exit code 1 if anything is wrong.",
        ),
        Command(
            "userparameters",
            "print the UserParameter file for the Zabbix agents",
            "psdiff-zbx userparameters > /etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf",
        ),
        Command(
            "remote",
            "do what the frontend's actions ask of this host",
            "psdiff-zbx remote show",
            remote_options,
        ),
    ),
    "Zabbix's frontend": (
        Command(
            "template",
            "print the template to import into Zabbix, as XML",
            "psdiff-zbx template --zabbix 6.0 > template_psdiff.xml",
            options.template_options,
        ),
        Command(
            "push",
            "import the template into Zabbix, through its API",
            "psdiff-zbx push --url https://zabbix.example --user Admin --link web1 web2",
            options.push_options,
            "Doing it again changes nothing, or says what it updates.",
        ),
        Command(
            "fleet",
            "show what differs, on all hosts that have the template",
            "psdiff-zbx fleet --url https://zabbix.example --token-file ~/.zabbix-token",
            options.fleet_options,
            "Exit code 1 if any host differs, is silent or cannot tell.",
        ),
    ),
    "asked by the Zabbix agent, by item key": tuple(_asked(metric) for metric in METRICS),
    "help": (
        Command(
            "man",
            "show this program's manual page",
            "psdiff-zbx man > /usr/local/share/man/man1/psdiff-zbx.1",
            text="Where there is no terminal it is printed, as troff.",
        ),
        Command(
            "completion",
            "print the completion script for a shell",
            "psdiff-zbx completion bash > /etc/bash_completion.d/psdiff-zbx",
            options.completion_options,
            "For yourself only, in ~/.bashrc: source <(psdiff-zbx completion bash)",
        ),
    ),
}
