"""What a package does besides its files, as shell: when it is installed, removed, purged.

Both kinds of packages run the same lines; deb.py and rpm.py say when.
"""

from __future__ import annotations

from psdiff_zbx.agents.setup.next_steps import STAYS

from .contents import COMPILE, CONFIGURATION, PROGRAMS, STATE

PROGRAM = f"/usr/bin/{PROGRAMS[0]}"
OTHER = f"/usr/local/bin/{PROGRAMS[0]}"

# To a person at a terminal, or in a log: an agent's files are the administrator's.
INSTALLED = f"""\
{COMPILE}
if [ -e {OTHER} ]; then
    echo "psdiff-zbx: {OTHER} is another installation; to move over: {PROGRAM} setup"
fi
"""
# The brackets keep grep from finding itself.
UPGRADED = """\
if grep -qs 'psdiff-zbx-agent[2]' /proc/[0-9]*/cmdline; then
    echo "psdiff-zbx: the plugin still is the old version: systemctl restart zabbix-agent2"
fi
"""
FIRST = f"""\
echo "psdiff-zbx: now run '{PROGRAM} setup', which configures the Zabbix agent"
"""
# An agent whose plugin is gone does not start, and takes all other items of the host with it.
REMOVED = f"""\
{PROGRAM} setup --remove | sed "/^{STAYS}/d" || true
"""
CLEAN = f"""\
{COMPILE} clean
"""
PURGED = f"""\
rm -rf {CONFIGURATION} {STATE}
"""
