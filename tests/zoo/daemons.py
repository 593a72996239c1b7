"""The daemons of the zoo: what they are made of, how each is killed, and what is then reported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

# A dead daemon's children may hold its unit for a while.
START = (
    "set -- $(systemctl list-units --all --plain --no-legend '{}.service' | cut -d' ' -f1); "
    'systemctl kill --signal KILL "$@" 2> /dev/null; '
    'while systemctl is-active "$@" | grep -q deactivating; do sleep 0.1; done; '
    'systemctl restart "$@"'
)


class Daemon(NamedTuple):
    """The oldest process whose command line `victim` finds is killed; then those lines of the
    baseline are missing which `gone` finds: its own, and those of all who cannot be without it.

    `packages` bring it, `start` starts it again: units by a pattern, or a whole command.
    By its `socket` systemd would start it before anybody could miss it.  What runs for visitors
    may look like the daemon itself, as a job of atd's does: `first` waits until that is over.
    What a rule leaves out is expected because the administrator adds it: by `manual`.
    """

    name: str
    packages: str
    start: str
    victim: str
    gone: str = ""
    socket: str = ""
    first: str = ""
    manual: str = ""

    @property
    def command(self) -> str:
        """What starts it again."""
        return self.start if " " in self.start else START.format(self.start)

    def lines(self, baseline: Iterable[str]) -> list[str]:
        """The lines of the baseline that are missing when it is dead."""
        return [line for line in baseline if re.match(self.gone or self.victim, line)]


# What every host has, and what visitors use.
HOST = (
    "dbus systemd systemd-sysv libpam-systemd sudo procps iproute2 logrotate tmux screen rsync "
    "curl openssh-client python3-venv redis-tools php-cli uuid-runtime packagekit anacron"
)
JAVA = "/usr/lib/jvm/default-java/bin/java .*org.apache.catalina.startup.Bootstrap start"
SUPERVISOR = "/usr/bin/python3 .*supervisord "
POSTGRES = "/usr/lib/postgresql/[0-9]+/bin/postgres "
# Somebody takes its place at once.
NOBODY = "(?!)"
ZABBIX_SERVER = "/usr/sbin/zabbix_server[ :]"
RABBITMQ = r".* \{user=rabbitmq\}$"
STOCKD = "/opt/stock/sbin/stockd"
SCREEN = "(/usr/bin/)?(SCREEN|screen)"
SPAMD = r"/usr/bin/perl -T -w /usr/sbin/spamd |/usr/sbin/spamd "
# These are on every host; the others too where there is time for all of them.
USUAL = (
    Daemon("cron", "cron", "cron", "/usr/sbin/cron -f"),
    Daemon("sshd", "openssh-server", "ssh", "sshd: /usr/sbin/sshd -D", "/usr/sbin/sshd -D"),
    Daemon("rsyslog", "rsyslog", "rsyslog", "/usr/sbin/rsyslogd ", socket="syslog.socket"),
    Daemon("chrony", "chrony", "chrony", "/usr/sbin/chronyd "),
    Daemon("logind", "systemd", "systemd-logind", "/(usr/)?lib/systemd/systemd-logind"),
    # Its socket starts it when somebody asks.
    Daemon(
        "userdbd",
        "systemd-userdbd",
        "systemd-userdbd",
        "/(usr/)?lib/systemd/systemd-userdbd",
        NOBODY,
    ),
    Daemon(
        "unattended-upgrades",
        "unattended-upgrades",
        "unattended-upgrades",
        "/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown ",
    ),
    Daemon("nginx", "nginx", "nginx", "nginx: master", "nginx: "),
    Daemon("nginx worker", "nginx", "nginx", "nginx: worker", NOBODY),
    Daemon("apache", "apache2", "apache2", "/usr/sbin/apache2 "),
    Daemon("php-fpm", "php-fpm", "php*-fpm", "php-fpm: master", "php-fpm: "),
    Daemon("haproxy", "haproxy", "haproxy", "/usr/sbin/haproxy "),
    Daemon(
        "gunicorn", "gunicorn python3-setproctitle", "supervisorctl start gunicorn", "gunicorn: "
    ),
    Daemon(
        "celery", "celery python3-redis", "supervisorctl start celery", r"\[celeryd: celery@zoo"
    ),
    Daemon("celery beat", "celery", "supervisorctl start beat", r"\[celery beat\]"),
    Daemon("supervisor", "supervisor", "supervisor", SUPERVISOR),
    Daemon("postgresql", "postgresql", "postgresql@*", POSTGRES, POSTGRES),
    Daemon("mariadb", "mariadb-server", "mariadb", "/usr/sbin/mariadbd"),
    Daemon("redis", "redis-server", "redis-server", "/usr/bin/redis-server "),
    Daemon("postfix", "postfix", "postfix*", "/usr/lib/postfix/sbin/master "),
    Daemon("dovecot", "dovecot-imapd", "dovecot", "/usr/sbin/dovecot "),
    Daemon("zabbix-agent", "zabbix-agent", "zabbix-agent", "/usr/sbin/zabbix_agentd "),
    Daemon("zabbix-agent2", "zabbix-agent2", "zabbix-agent2", "/usr/sbin/zabbix_agent2 "),
    Daemon("zabbix-server", "zabbix-server-pgsql", "zabbix-server", "/usr/sbin/zabbix_server "),
    Daemon(
        "zabbix-server poller",
        "zabbix-server-pgsql",
        "zabbix-server",
        "/usr/sbin/zabbix_server: poller #1",
        ZABBIX_SERVER,
        first="until pgrep -f '/usr/sbin/zabbix_server: poller [#]1'; do sleep 0.1; done",
    ),
    Daemon(
        "atd", "at", "atd", "/usr/sbin/atd -f", first="while atq | grep -q .; do sleep 1; done"
    ),
)
OTHERS = (
    Daemon("varnish", "varnish", "varnish", "/usr/sbin/varnishd "),
    Daemon("squid", "squid", "squid", "/usr/sbin/squid ", r"/usr/sbin/squid |\(squid-"),
    Daemon("tomcat", "tomcat10 default-jre-headless", "tomcat10", JAVA),
    Daemon("uwsgi", "uwsgi uwsgi-plugin-python3", "uwsgi", "uWSGI master", "uWSGI "),
    Daemon("pgbouncer", "pgbouncer", "pgbouncer", "/usr/sbin/pgbouncer "),
    Daemon("memcached", "memcached", "memcached", "/usr/bin/memcached "),
    Daemon("rabbitmq", "rabbitmq-server", "rabbitmq-server", ".*/beam.smp ", RABBITMQ),
    Daemon("mosquitto", "mosquitto", "mosquitto", "/usr/sbin/mosquitto "),
    Daemon("spamd", "spamd", "spamd", SPAMD, f"{SPAMD}|spamd child"),
    Daemon("named", "bind9", "named", "/usr/sbin/named "),
    Daemon("dnsmasq", "dnsmasq", "dnsmasq", "/usr/sbin/dnsmasq "),
    Daemon("slapd", "slapd", "slapd", "/usr/sbin/slapd "),
    Daemon("samba", "samba smbclient", "smbd", "/usr/sbin/smbd ", "/usr/sbin/smbd |smbd: "),
    Daemon(
        "samba-ad",
        "samba-ad-dc samba-ad-provision",
        "samba-ad",
        "samba: root process",
        "samba: ",
    ),
    Daemon("vsftpd", "vsftpd", "vsftpd", "/usr/sbin/vsftpd "),
    Daemon("snmpd", "snmpd", "snmpd", "/usr/sbin/snmpd "),
    Daemon("lldpd", "lldpd", "lldpd", "lldpd: monitor", "lldpd: "),
    Daemon("rpcbind", "rpcbind", "rpcbind", "/s?bin/rpcbind |/usr/sbin/rpcbind "),
    Daemon("fail2ban", "fail2ban", "fail2ban", "/usr/bin/python3 /usr/bin/fail2ban-server "),
    Daemon("monit", "monit", "monit", "/usr/bin/monit "),
    Daemon("munin-node", "munin-node", "munin-node", "/usr/bin/perl -wT /usr/sbin/munin-node "),
    Daemon("nrpe", "nagios-nrpe-server", "nagios-nrpe-server", "/usr/sbin/nrpe "),
    Daemon("atop", "atop", "atop", "/usr/bin/atop "),
    Daemon(
        "node-exporter",
        "prometheus-node-exporter",
        "prometheus-node-exporter",
        "/usr/bin/prometheus-node-exporter",
    ),
    Daemon("puma", "puma", "puma", "puma [0-9]", "puma"),
    Daemon("unicorn", "unicorn", "shop", "unicorn master", "unicorn "),
    Daemon("sidekiq", "ruby-sidekiq", "sidekiq", "sidekiq [0-9]"),
    Daemon(
        "winbindd", "winbind", "winbind", "/usr/sbin/winbindd ", "/usr/sbin/winbindd |winbindd: "
    ),
    Daemon(
        "ovsdb-server", "openvswitch-switch", "ovsdb-server", "ovsdb-server /etc", "ovsdb-server"
    ),
    Daemon(
        "ovs-vswitchd", "openvswitch-switch", "ovs-vswitchd", "ovs-vswitchd unix", "ovs-vswitchd"
    ),
    # Its slurmd wants a kernel without the older control groups.
    Daemon(
        "slurmctld",
        "slurmctld",
        "slurmctld",
        "/usr/sbin/slurmctld ",
        "/usr/sbin/slurmctld |slurmctld: ",
    ),
    Daemon("pmcd", "pcp", "pmcd", "/usr/lib/pcp/bin/pmcd", "/usr/lib/pcp/bin/pmcd|.*/pmda"),
    Daemon("pmlogger", "pcp", "pmlogger", "/usr/lib/pcp/bin/pmlogger "),
    Daemon("pmie", "pcp", "pmie", "/usr/bin/pmie "),
    Daemon("pmproxy", "pcp", "pmproxy", "/usr/lib/pcp/bin/pmproxy"),
    Daemon("munge", "munge", "munge", "/usr/sbin/munged"),
    Daemon(
        "xrdp", "xrdp tigervnc-standalone-server", "xrdp", "/usr/sbin/xrdp( |$)", "/usr/sbin/xrdp"
    ),
    Daemon("xrdp-sesman", "xrdp", "xrdp-sesman", "/usr/sbin/xrdp-sesman"),
    Daemon("go run", "golang-go", "ticks", ".*/ticks$", "/usr/bin/go run |.*/ticks "),
    Daemon("java", "default-jdk-headless", "prices", "java -Djava.io.tmpdir=/tmp/prices"),
    Daemon("stockd", "tcc libc6-dev", "stockd", f"{STOCKD} 8093"),
    Daemon("tickerd", "tcc", "tickerd", "/usr/bin/perl /usr/local/sbin/tickerd"),
    Daemon(
        "game", "screen tcc", "game", f"{SCREEN} -DmS game", f"{SCREEN} -DmS game|{STOCKD} 8095"
    ),
    Daemon(
        "nightly",
        "cron tcc",
        "systemctl restart cron",
        f"{STOCKD} 8096",
        manual=f"nobody '{STOCKD} 8096'",
    ),
    # D-Bus starts it again for cups.
    Daemon("avahi", "avahi-daemon", "avahi-daemon", "avahi-daemon: running", NOBODY),
    # Its path starts it again.
    Daemon("cups", "cups-daemon", "cups", "/usr/sbin/cupsd ", NOBODY),
    Daemon("nslcd", "nslcd", "nslcd", "/usr/sbin/nslcd"),
    Daemon("icinga2", "icinga2-bin", "icinga2", ".*/icinga2 "),
    Daemon("prosody", "prosody", "prosody", ".*/prosody"),
    Daemon("unbound", "unbound", "unbound", "/usr/sbin/unbound "),
    Daemon("stunnel", "stunnel4", "stunnel@zoo", "/usr/bin/stunnel4 "),
    Daemon("tinyproxy", "tinyproxy", "tinyproxy", "/usr/bin/tinyproxy "),
    Daemon("freeradius", "freeradius", "freeradius", "/usr/sbin/freeradius "),
    Daemon("beanstalkd", "beanstalkd", "beanstalkd", "/usr/bin/beanstalkd "),
    Daemon("gearmand", "gearman-job-server", "gearman-job-server", "/usr/sbin/gearmand "),
    Daemon("syncthing", "syncthing", "syncthing@alice", "/usr/bin/syncthing "),
    Daemon("etcd", "etcd-server", "etcd", "/usr/bin/etcd"),
    Daemon(
        "alertmanager",
        "prometheus-alertmanager",
        "prometheus-alertmanager",
        "/usr/bin/prometheus-alertmanager",
    ),
    Daemon("prometheus", "prometheus", "prometheus", "/usr/bin/prometheus( |$)"),
    Daemon("tor", "tor", "tor@default", "/usr/bin/tor "),
    Daemon("rspamd", "rspamd", "rspamd", "rspamd: main", "rspamd: "),
    Daemon(
        "transmission",
        "transmission-daemon",
        "transmission-daemon",
        "/usr/bin/transmission-daemon ",
    ),
    Daemon("udisks2", "udisks2", "udisks2", "/usr/libexec/udisks2/udisksd"),
    Daemon(
        "resolved", "systemd-resolved", "systemd-resolved", "/(usr/)?lib/systemd/systemd-resolved"
    ),
    Daemon("bacula-fd", "bacula-fd", "bacula-fd", "/usr/sbin/bacula-fd "),
    Daemon(
        "passenger", "libapache2-mod-passenger", "passenger", "Passenger watchdog", "Passenger "
    ),
)


def daemons(everyone: bool) -> tuple[Daemon, ...]:
    """The usual daemons, or all that we know."""
    return USUAL + OTHERS if everyone else USUAL


def packages(everyone: bool) -> tuple[str, ...]:
    """What they are made of."""
    found = {name for daemon in daemons(everyone) for name in daemon.packages.split()}
    return tuple(sorted(found.union(HOST.split())))
