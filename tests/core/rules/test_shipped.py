"""The shipped rules: each row's own sample, all of psdiff's, and real command lines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from psdiff_zbx.core.model import DAEMON, EXACT, ON_DEMAND, OPTIONAL, SESSION, WORKER, Unit
from psdiff_zbx.core.rules import shipped
from psdiff_zbx.core.rules.apply import apply, normalised
from psdiff_zbx.core.rules.rule import REWRITE, Rule, Subject
from psdiff_zbx.core.rules.ruleset import Rules, Verdict
from psdiff_zbx.core.tree import build
from psdiff_zbx.host import config
from tests.builders import INIT, SHIPPED, bare, outline, process, tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED_FILE = Path(shipped.__file__).with_suffix(".toml")
ROWS: List[Dict[str, Any]] = tomllib.loads(SHIPPED_FILE.read_text(encoding="utf-8"))["rule"]
WATCHED = Rules(config.shipped_rules("watch"))
USED = {rule.number: (rules, rule) for rules in (WATCHED, SHIPPED) for rule in rules.rows}


def samples(row: Dict[str, Any]) -> List[str]:
    sample = row["sample"]
    return list(sample) if isinstance(sample, list) else [sample]


SAMPLES = [(number, text) for number, row in enumerate(ROWS, 1) for text in samples(row)]


def subject_for(rule: Rule, cmdline: str) -> Subject:
    """One of which a rule's other conditions hold too."""
    (user,), (name,) = (rule.user or ("root",))[:1], (rule.name or ("x",))[:1]
    globs = [glob for glob in rule.cgroup or () if not glob.startswith("!")] or ["/x"]
    cgroup = globs[0].replace("[0-9a-f]", "0").replace("*", "x")
    (kind,) = (rule.kind or (DAEMON,))[:1]
    standing = kind if kind in (WORKER, SESSION) else ""
    return Subject(
        cmdline, user, name, cgroup, bool(rule.title), standing, lambda _: Unit("x.service", kind)
    )


@pytest.mark.parametrize(("number", "cmdline"), SAMPLES, ids=[f"{n}-{t[:30]}" for n, t in SAMPLES])
def test_a_rule_decides_about_its_own_sample(number: int, cmdline: str) -> None:
    rules, rule = USED[number]
    subject = subject_for(rule, cmdline)
    assert rule.applies(subject)
    if rule.rewrites:
        assert REWRITE[rule.action](cmdline, rule.argument) != cmdline
    else:
        assert rules.judge(subject).rule == rule


def test_each_rule_has_a_reason() -> None:
    assert all(row["reason"] for row in ROWS)
    assert len(USED) == len(ROWS)


def verdict(cmdline: str, user: str = "root") -> str:
    found = SHIPPED.judge(Subject(cmdline, user, cgroup="/")).rule
    return f"{found.action} {found.argument}" if found else "shown"


# A command line, and another that only begins like the rule.
SUBTREE = {
    "CRON": "cronjob",
    "/USR/SBIN/CRON": "/USR/SBIN/Cron",
    "/usr/sbin/CRON -f": "/usr/sbin/CRON2 -f",
    "SCREEN -S work": "screen -S work",
    "-tmux": "tmux",
    "/usr/bin/python /usr/bin/salt-minion -d": "/usr/bin/python /usr/bin/salt-master",
    "/usr/libexec/fwupd/fwupd": "/usr/libexec/fwupd/fwupdx"[:23],
    "/usr/lib/fwupd/fwupd": "/usr/lib/fwupd/fw",
    "/lib/systemd/systemd --user": "/lib/systemd/systemd --system",
    "/usr/lib/systemd/systemd --user": "/usr/lib/systemd/systemd --system",
}


@pytest.mark.parametrize(("ignored", "shown"), SUBTREE.items(), ids=SUBTREE)
def test_psdiff_ignores_it_and_all_below_it(ignored: str, shown: str) -> None:
    assert verdict(ignored) == "ignore subtree"
    assert verdict(shown) == "shown"


CHILDREN = [
    "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups",
    "/usr/sbin/sshd",
    "/usr/sbin/sshd -D",
    "gocollect",
    "/usr/sbin/gocollect -c /etc/gocollect.conf",
    "/lib/systemd/systemd-udevd",
    "/usr/lib/systemd/systemd-udevd --daemon",
    "/usr/lib/postfix/master",
    "/usr/lib/postfix/sbin/master -w",
    "/usr/libexec/postfix/master -w",
    "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main",
    "/usr/sbin/dovecot -F",
    "/usr/sbin/vsftpd /etc/vsftpd.conf",
    "/usr/sbin/zabbix_agent2 -c /etc/zabbix/zabbix_agent2.conf",
    "/usr/sbin/zabbix_agentd -c /etc/zabbix/zabbix_agentd.conf",
]


@pytest.mark.parametrize("cmdline", CHILDREN)
def test_psdiff_shows_it_but_not_its_children(cmdline: str) -> None:
    assert verdict(cmdline) == "ignore children"
    live = [INIT, process(5, cmdline), process(6, "child", 5), process(7, "grandchild", 6)]
    shown = "/usr/sbin/sshd -D" if "[listener]" in cmdline else cmdline  # less its counter
    assert outline(apply(build(live), SHIPPED)) == ["INIT", f"  {shown}"]


@pytest.mark.parametrize(("kind", "mode"), [(ON_DEMAND, OPTIONAL), (DAEMON, EXACT)])
@pytest.mark.parametrize("program", ["/usr/sbin/sshd -D", "/usr/lib/systemd/systemd-userdbd"])
def test_what_a_socket_starts_is_optional_whatever_its_children_are(
    program: str, kind: str, mode: str
) -> None:
    """A reboot leaves it to the first who asks."""
    unit = Unit("x.service", kind)
    subject = Subject(program, "root", "x", "/", unit_of=lambda _: unit)
    assert SHIPPED.decide(subject).mode == mode


@pytest.mark.parametrize(
    "cmdline", ["/usr/sbin/apache2 -k start", "/usr/sbin/httpd -DFOREGROUND", "php-fpm: pool www"]
)
def test_psdiff_expects_at_least_one(cmdline: str) -> None:
    assert verdict(cmdline) == "at_least_one True"


SINGLE = {
    "uuidd": ("uuidd", "/usr/sbin/uuidd --socket-activation", "ignore self"),
    "uuidd-of-root": ("root", "/usr/sbin/uuidd --socket-activation", "shown"),
    "uuidd-with-more": ("uuidd", "/usr/sbin/uuidd --socket-activation -d", "shown"),
    "zfs-get": ("root", "zfs get -Hp all tank", "ignore self"),
    "zfs-list": ("root", "zfs list", "ignore self"),
    "zfs-list-of-another": ("backup", "zfs list", "shown"),
    "zfs-send": ("root", "zfs send tank@now", "shown"),
}


@pytest.mark.parametrize(("user", "cmdline", "expected"), SINGLE.values(), ids=SINGLE)
def test_psdiff_ignores_a_single_line(user: str, cmdline: str, expected: str) -> None:
    assert verdict(cmdline, user) == expected


SHIMS = ["/usr/bin/containerd-shim-runc-v2", "containerd-shim", "docker-containerd-shim"]
FORMS = {
    "id": (
        "{} -namespace moby -id 0123abcd -address /run/c.sock",
        "{} -namespace moby -id <ID> -address /run/c.sock",
    ),
    "workdir": (
        "{} -namespace moby -workdir /var/lib/moby/0123abcd -address /run/c.sock",
        "{} -namespace moby -workdir /var/lib/moby/<ID> -address /run/c.sock",
    ),
    "four-words": (
        "{} 0123abcd /run/libc/0123abcd docker-runc",
        "{} <ID> /run/libc/<ID> docker-runc",
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shim", SHIMS)
def test_psdiff_hides_the_ids_of_containers(shim: str, form: str) -> None:
    cmdline, expected = (text.format(shim) for text in FORMS[form])
    assert SHIPPED.normalise(Subject(cmdline, "root")) == expected


NORMALISED = {
    "astcanary": ("astcanary /var/run/asterisk/alt 1234", "astcanary"),
    "amavisd": ("/usr/sbin/amavisd-new (ch3-avail)", "/usr/sbin/amavisd-new"),
    "zabbix-server": (
        "/usr/sbin/zabbix_server: poller #1 [got 0 values in 0.000011 sec, idle 1 sec]",
        "/usr/sbin/zabbix_server: poller #1",
    ),
    "zabbix-proxy": (
        "/usr/sbin/zabbix_proxy: trapper #3 [processed data in 0.001621 sec]",
        "/usr/sbin/zabbix_proxy: trapper #3",
    ),
}


@pytest.mark.parametrize(("cmdline", "expected"), NORMALISED.values(), ids=NORMALISED)
def test_psdiff_cuts_what_changes(cmdline: str, expected: str) -> None:
    assert SHIPPED.normalise(Subject(cmdline, "root")) == expected


UNTOUCHED = [
    "/usr/sbin/rsyslogd -n -iNONE",
    "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;",
    "nginx: cache manager process",
    "/usr/sbin/zabbix_server -c /etc/zabbix/zabbix_server.conf",
    "/usr/sbin/chronyd -F 1",
    "/usr/bin/qemu-system-x86_64 -hda disk.img",
    "@dbus-daemon --system --address=systemd: --nofork --nopidfile",
    "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock",
    "/usr/sbin/sshd-keygen",
    "my-containerd-shim -id 5",
]


@pytest.mark.parametrize("cmdline", UNTOUCHED)
def test_is_shown_as_it_is(cmdline: str) -> None:
    assert SHIPPED.judge(Subject(cmdline, "root")) == Verdict(cmdline, len(SHIPPED.rows), None)


def test_the_frame_is_shown_even_where_pid_1_is_apache() -> None:
    live = [process(1, "/usr/sbin/apache2 -k start", 0), process(7, "/usr/sbin/apache2 -k start")]
    assert outline(apply(build(live), SHIPPED)) == ["INIT", "  /usr/sbin/apache2 -k start"]


def test_a_baseline_under_the_shipped_rules_is_that_of_the_live_tree() -> None:
    lines = [text for _, text in SAMPLES] + UNTOUCHED
    live = apply(build([INIT, *(process(9 + n, line) for n, line in enumerate(lines))]), SHIPPED)
    assert bare(normalised(bare(live), SHIPPED)) == bare(live)
    written = normalised(tree("\n".join(lines)), SHIPPED)
    assert {line.cmdline for line in live} <= {line.cmdline for line in written}
