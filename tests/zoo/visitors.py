"""The visitors of the zoo: one small function for each kind, and the table of them.

Each does what it does once, and raises an exception if it fails.
"""

from __future__ import annotations

import ftplib
import imaplib
import json
import random
import smtplib
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from typing import Callable

HERE = "127.0.0.1"
SSH = ("-q", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
OVER = threading.Event()
# Each order, the unit that it was given to, and when that began and ended (the host's monotonic
# clock).
ORDERS: list[tuple[str, str, float, float]] = []
RELOAD = (
    *("nginx", "apache2", "haproxy", "postgresql", "ssh", "dovecot", "postfix", "php*-fpm"),
    *("zabbix-server", "fail2ban", "uwsgi", "named", "squid", "puma", "shop", "passenger"),
    *("stockd", "unbound", "prosody", "prometheus", "prometheus-alertmanager", "rspamd"),
)
# Not redis: Debian 12's celery ends now and then when it loses its broker.
RESTART = ("cron", "nginx", "rsyslog", "chrony", "dovecot", "postfix", "memcached")
RESTART_OTHERS = (
    *("puma", "shop", "sidekiq", "passenger", "winbind", "ovs-vswitchd", "munge", "xrdp"),
    *("ticks", "prices", "stockd", "tickerd", "game", "avahi-daemon", "nslcd", "unbound"),
    *(
        "tinyproxy",
        "beanstalkd",
        "samba-ad",
        "slurmctld",
        "pmcd",
        "pmlogger",
        "pmproxy",
        "gearman-job-server",
        "syncthing@alice",
        "rspamd",
        "stunnel@zoo",
    ),
)
SUPERVISED = "supervisorctl restart "
IF_THERE = "unit='{}'; systemctl --quiet is-active \"$unit\" || exit 0"
PACKAGEKIT = "org.freedesktop.PackageKit /org/freedesktop/PackageKit"
ADMINISTRATION = (
    "logrotate -f /etc/logrotate.conf",
    "systemctl daemon-reexec",
    "systemctl daemon-reload",
    "hostnamectl; timedatectl; localectl; loginctl; userdbctl",
    "echo sleep 90 | at now",
    "test ! -e /usr/sbin/rabbitmqctl || rabbitmqctl -q list_queues",
    "supervisorctl restart gunicorn",
    "supervisorctl restart celery",
    "apachectl graceful",
    "systemctl kill --signal HUP rsyslog",
    f"busctl call {PACKAGEKIT} org.freedesktop.DBus.Peer Ping",
    "systemd-run --collect sleep 45",
    "unattended-upgrade --dry-run",
    "run-parts /etc/cron.daily",
    "redis-cli bgsave; redis-cli bgrewriteaof",
    "test ! -e /usr/bin/ovs-vsctl || ovs-vsctl show",
    "test ! -e /usr/bin/udisksctl || udisksctl status",
)


def page(port: int, path: str) -> Callable[[], None]:
    """Asks for one page."""

    def ask() -> None:
        with urllib.request.urlopen(f"http://{HERE}:{port}{path}", timeout=20) as answer:
            answer.read()

    return ask


def crowd(port: int, path: str, size: int) -> Callable[[], None]:
    """Asks for one page many times at once."""

    def ask() -> None:
        threads = [threading.Thread(target=page(port, path)) for _ in range(size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return ask


def held(port: int, seconds: float, *words: str) -> Callable[[], None]:
    """Connects, says something, and stays."""

    def stay() -> None:
        with socket.create_connection((HERE, port), 20) as line:
            for word in words:
                line.sendall(word.encode() + b"\r\n")
                line.recv(4096)
            OVER.wait(seconds)

    return stay


def command(*words: str, timeout: float = 300.0, text: str = "") -> Callable[[], None]:
    """Runs a client program."""

    def run() -> None:
        done = subprocess.run(
            words, input=text, capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise OSError(f"{words}: exit {done.returncode}: {done.stderr.strip()[-200:]}")

    return run


def ssh(user: str, line: str, *options: str, text: str = "") -> Callable[[], None]:
    """Logs in and runs something there."""
    return command("ssh", *SSH, *options, f"{user}@{HERE}", line, text=text)


def psql(statement: str) -> Callable[[], None]:
    return command("psql", "-q", f"postgresql://zabbix:secret@{HERE}/zabbix", "-c", statement)


def mariadb(statement: str) -> Callable[[], None]:
    return command("mariadb", "-e", statement)


def send_mail() -> None:
    with smtplib.SMTP(HERE, timeout=20) as server:
        server.sendmail("bob@zoo", ["alice@zoo"], "Subject: hello\n\n" + "word " * 500)


def read_mail() -> None:
    with imaplib.IMAP4(HERE, timeout=20) as server:
        server.login("alice", "secret")
        _, counts = server.select()
        if counts != [b"0"]:
            server.store("1:*", "+FLAGS", "\\Deleted")
            server.expunge()


def transfer() -> None:
    with ftplib.FTP(HERE, "alice", "secret", timeout=20) as server:
        server.nlst()
        OVER.wait(random.choice([0, 90]))


def task() -> None:
    sys.path.insert(0, "/opt/zoo")
    from tasks import work  # type: ignore[import-not-found]

    work.delay(random.choice([0.1, 0.1, 1.0]))


def job() -> None:
    """Something for sidekiq to do."""
    work = {
        "class": "Work",
        "args": [random.choice([0.1, 1])],
        "jid": uuid.uuid4().hex,
        "retry": 0,
    }
    command("redis-cli", "lpush", "queue:default", json.dumps(work))()


def administer() -> None:
    line = random.choice(ADMINISTRATION)
    if line.startswith(SUPERVISED):
        told("restart", line.replace(" restart ", " start "), line)
    else:
        ssh("root", line)()


def order(verb: str, units: tuple[str, ...]) -> Callable[[], None]:
    """Tells systemd to do something with one of the units, if it is there."""

    def give() -> None:
        unit = random.choice(units)
        told(verb, unit, f'{IF_THERE}; systemctl {verb} "$unit"'.format(unit))

    return give


def told(verb: str, unit: str, line: str) -> None:
    """Give an order, and remember when.  Supervisor's daemons are known by how they start."""
    began = time.monotonic()
    try:
        ssh("root", line)()
    finally:
        ORDERS.append((verb, unit, began, time.monotonic()))


def rsync() -> None:
    line = f"ssh {' '.join(SSH)}"
    command("rsync", "-a", "-e", line, f"alice@{HERE}:/etc/apt", "/root/copy")()


def stranger() -> None:
    """Somebody who may not log in."""
    done = subprocess.run(
        ["ssh", *SSH, "-o", "BatchMode=yes", f"mallory@{HERE}", "true"], check=False
    )
    if done.returncode != 255:
        raise OSError("mallory is in")


WORK = "sudo su - bob -c 'bash -c \"sleep 150; id\"'"
# That of Debian 12 wants a host with more addresses than its own.
SESMAN = "/run/xrdp/sockdir/sesman.socket"
DESKTOP = f"test ! -S {SESMAN} || xrdp-sesrun -t Xvnc -p secret alice"
Visitor = tuple[Callable[[], None], float, int]
# What it is called, what it does, for how many seconds it rests in between, and the port at which
# it is welcome.
VISITORS: dict[str, Visitor] = {
    "nginx": (page(80, "/"), 0.2, 80),
    "apache": (page(8081, "/index.txt"), 0.2, 8081),
    "apache crowd": (crowd(8081, "/news.php", 60), 25, 8081),
    "php dynamic": (page(8081, "/news.php"), 0.3, 8081),
    "php ondemand": (page(8081, "/shop.php"), 2, 8081),
    "php crowd": (crowd(8081, "/shop.php", 12), 20, 8081),
    "haproxy": (page(8082, "/"), 0.2, 8082),
    "haproxy crowd": (crowd(8082, "/", 30), 15, 8082),
    "uwsgi": (page(8084, "/"), 0.5, 8084),
    "tomcat": (page(8080, "/"), 1, 8080),
    "postgresql": (psql("select count(*) from items"), 1, 5432),
    "postgresql long": (psql("select pg_sleep(80)"), 5, 5432),
    "postgresql work": (psql("create table t as select * from items; drop table t"), 3, 5432),
    "mariadb": (mariadb("select 1"), 1, 3306),
    "mariadb long": (mariadb("select sleep(80)"), 5, 3306),
    "redis": (held(6379, 0, "INCR n", "GET n"), 0.2, 6379),
    "redis held": (held(6379, 80, "PING"), 5, 6379),
    "memcached": (held(11211, 0, "stats"), 0.5, 11211),
    "celery": (task, 0.5, 6379),
    "mail sent": (send_mail, 1, 25),
    "mail read": (read_mail, 2, 143),
    "smtp held": (held(25, 80, "EHLO x"), 5, 25),
    "imap held": (held(143, 80, "a login bob secret", "b select inbox", "c idle"), 5, 143),
    "ssh command": (ssh("alice", "id; sleep 1; ps ax"), 2, 22),
    "ssh terminal": (ssh("bob", "id; sleep 3", "-tt"), 3, 22),
    "ssh long": (ssh("alice", WORK, "-tt"), 5, 22),
    "ssh refused": (stranger, 7, 22),
    "ssh dawdling": (held(22, 90), 5, 22),
    "sftp": (command("sftp", *SSH, "-b", "-", f"alice@{HERE}", text="ls -l /\n"), 5, 22),
    "rsync": (rsync, 9, 22),
    "ftp": (transfer, 5, 21),
    "samba": (command("smbclient", "-N", "-L", HERE), 6, 445),
    "munin": (held(4949, 2, "list", "fetch cpu"), 5, 4949),
    "spamd": (held(783, 1, "PING SPAMC/1.2"), 3, 783),
    "administration": (administer, 8, 22),
    "reload": (order("reload", RELOAD), 6, 22),
    "restart": (order("restart", RESTART), 31, 22),
    "puma": (page(8085, "/"), 0.5, 8085),
    "puma crowd": (crowd(8085, "/", 20), 20, 8085),
    "unicorn": (page(8086, "/"), 0.5, 8086),
    "passenger": (page(8087, "/"), 0.5, 8087),
    "passenger crowd": (crowd(8087, "/", 20), 20, 8087),
    "sidekiq": (job, 0.5, 8085),
    "go": (held(8091, 0, "x"), 1, 8091),
    "java": (held(8092, 0, "x"), 1, 8092),
    "stockd": (held(8093, 0, "x"), 0.5, 8093),
    "tickerd": (held(8094, 0, "x"), 0.5, 8094),
    "game": (held(8095, 0, "x"), 1, 8095),
    "nightly": (held(8096, 0, "x"), 1, 8096),
    "stunnel": (held(8097, 5), 3, 8097),
    "winbind": (command("wbinfo", "-p"), 3, 445),
    "prosody": (held(5222, 60), 5, 5222),
    "beanstalkd": (held(11300, 20, "stats"), 2, 11300),
    "gearman": (held(4730, 20, "status"), 2, 4730),
    "tinyproxy": (held(8888, 5, "GET http://127.0.0.1/ HTTP/1.0\r\n"), 2, 8888),
    "etcd": (page(2379, "/health"), 2, 2379),
    "prometheus": (page(9090, "/metrics"), 2, 9090),
    "rspamd": (page(11334, "/ping"), 2, 11334),
    "transmission": (held(9091, 5, "GET / HTTP/1.0\r\n"), 3, 9091),
    "desktop": (ssh("alice", DESKTOP), 30, 3389),
    "restart others": (order("restart", RESTART_OTHERS), 9, 8085),
}
ONCE = (
    ssh("alice", "tmux new-session -d -s work 'while sleep 5; do date; done'"),
    ssh("alice", "screen -d -m -S work sh -c 'while sleep 5; do date; done'"),
    ssh("root", "systemctl start backup.timer report.timer"),
)
