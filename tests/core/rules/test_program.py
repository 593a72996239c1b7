"""The program of a command line, wherever its file stands."""

from __future__ import annotations

import pytest

from psdiff_zbx.core.rules.program import program_name

PROGRAMS = {
    "/usr/sbin/cron -f": "cron",
    "/opt/x/sbin/cron": "cron",
    "/run/current-system/sw/bin/cron -n": "cron",
    "/usr/lib/postfix/bin//master -w": "master",
    "./zabbix_server: poller #1 [got 0 values]": "zabbix_server",
    "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups": "sshd",
    "lightdm --session-child 13 20": "lightdm",
    "-bash": "bash",
    "(squid-1) --kid squid-1": "squid-1",
    "(sd-pam)": "sd-pam",
    "@dbus-daemon --system": "dbus-daemon",
    "[celeryd: w1@web:MainProcess] -active-": "celeryd",
    "[kauditd]": "kauditd",
    "/usr/bin/python3 -u /usr/sbin/waagent -daemon": "waagent",
    "/usr/bin/python3 -W ignore -X dev /srv/app.py": "app.py",
    "/usr/bin/python3 -m gunicorn app:app": "gunicorn",
    "/usr/libexec/platform-python -Es /usr/sbin/setroubleshootd -f": "setroubleshootd",
    "/usr/bin/perl -T -w /usr/sbin/spamd --create-prefs": "spamd",
    "/opt/chef/embedded/bin/ruby /usr/bin/chef-client -i 1800": "chef-client",
    "/usr/bin/node --require /srv/agent.js /srv/server.js": "server.js",
    "/usr/bin/php -f /var/www/nextcloud/cron.php": "cron.php",
    "/bin/bash /usr/libexec/netdata/plugins.d/charts.d.plugin 1": "charts.d.plugin",
    "/usr/bin/java -Xmx1g -cp /a.jar:/b.jar org.example.Main start": "org.example.Main",
    "/usr/bin/java -server -jar /srv/paper.jar --nogui": "paper.jar",
    # What has no script is the interpreter itself.
    "/usr/bin/python3": "python3",
    "bash": "bash",
    "/bin/sh -c sleep 5": "sh",
    "/usr/bin/python3 -c import time": "python3",
    "/usr/bin/perl -e sleep": "perl",
    "/usr/bin/java -version": "java",
    "java: busy": "java",
    "": "",
    "/": "/",
    "   ": "",
}


@pytest.mark.parametrize(("cmdline", "name"), PROGRAMS.items())
def test_the_program_of_a_command_line(cmdline: str, name: str) -> None:
    assert program_name(cmdline) == name
