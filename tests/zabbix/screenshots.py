"""Pictures of what an administrator sees, for the README: `python -m tests.zabbix.screenshots`.

A real server, frontend and agent; the processes are those of a small web server, replayed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from psdiff_zbx.frontend.push import Extras, push
from psdiff_zbx.frontend.session import Login
from tests.zabbix.agents import Agent
from tests.zabbix.browser import LATEST_DATA, PROBLEMS, Browser
from tests.zabbix.program import install, run
from tests.zabbix.server import LOGIN, PASSWORD, Server
from tests.zabbix.stack import create_host

IMAGES = Path(__file__).parents[2] / "templates" / "images"
HOST = "web1"
INTERVAL = "3s"
CALM = 150.0  # seconds of peace, for the graphs to show
PATIENCE = 60.0
STARTED = 1_795_300_000
DAEMONS = (
    ("root", "/usr/sbin/cron -f"),
    ("messagebus", "/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile"),
    ("root", "/usr/sbin/rsyslogd -n -iNONE"),
    ("root", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"),
    ("_chrony", "/usr/sbin/chronyd -F 1"),
    ("root", "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;"),
    ("www-data", "nginx: worker process"),
    ("www-data", "nginx: worker process"),
    ("postgres", "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main"),
    ("redis", "/usr/bin/redis-server 127.0.0.1:6379"),
    ("root", "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"),
    ("www-data", "php-fpm: pool www"),
    ("root", "/usr/lib/postfix/sbin/master -w"),
    ("zabbix", "/usr/sbin/zabbix_agentd -c /etc/zabbix/zabbix_agentd.conf"),
)
GONE = DAEMONS[0]
# Put away the filter of a page, or the choice of a time.
FOLD = """
(document.querySelector('.tabfilter-item-link')
    ?? document.querySelector('.ui-tabs-active .btn-time'))?.click();
"""
MENU_SIZE = (1500, 740)
STRANGER = ("www-data", "/tmp/.x/miner -o pool.example:3333")


def snapshot(daemons: tuple[tuple[str, str], ...]) -> str:
    """A recording in which these run."""
    rows = [_process(1, "root", "/sbin/init")]
    rows += [_process(100 + 7 * n, *daemon) for n, daemon in enumerate(daemons)]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _process(pid: int, user: str, cmdline: str) -> dict[str, object]:
    numbers = {"pid": pid, "ppid": min(1, pid - 1), "uid": 0, "threads": 1, "rss": 9_000_000}
    times = {"started": STARTED + pid, "cpu": 1.5}
    words = {"user": user, "name": "x", "cmdline": [cmdline], "state": "S", "kthread": False}
    return {**numbers, **times, **words}


def scene(undo: ExitStack, folder: Path, program: Path) -> tuple[Server, Path]:
    """A host that is watched, and the recording that stands for its processes."""
    recording, baseline = folder / "processes", folder / "baseline"
    recording.write_text(snapshot(DAEMONS))
    options = f"{program} --snapshot {recording} --baseline {baseline} --min-age 0"
    run(*options.split(), "write", "--all")
    include = folder / "psdiff_zbx.conf"
    include.write_text(run(str(program), "userparameters").replace(str(program), options))
    server = undo.enter_context(Server("7.0", folder))
    agent = undo.enter_context(Agent("agentd", "7.0", include))
    create_host(server, HOST, agent.port, INTERVAL)
    login = Login(user=LOGIN, password=PASSWORD)
    push(server.url, login, active=False, hosts=[HOST], extras=Extras(actions=True))
    return server, recording


def wait_until(holds: Callable[[], bool]) -> None:
    """Poll; TimeoutError if it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the problems that the pictures are to show did not come")
        time.sleep(1)


def take(server: Server, folder: Path) -> Iterator[Path]:
    """The pictures, one after the other."""
    (host,) = server.api.host.get(filter={"host": HOST})
    hostid, period = host["hostid"], "from=now-10m&to=now"
    pages = {
        "dashboard": f"zabbix.php?action=host.dashboard.view&hostid={hostid}&{period}",
        "problems": f"{PROBLEMS}&show_opdata=1&filter_set=1",
        "latest": f"{LATEST_DATA}&hostids[]={hostid}&filter_set=1",
    }
    with Browser(server, folder) as browser:
        for name, address in pages.items():
            browser.resize(1920, {"dashboard": 1080, "latest": 1000}.get(name, 420))
            browser.go(address)
            browser.run(FOLD)
            browser.settle()
            browser.screenshot(IMAGES / f"{name}.png")
            yield IMAGES / f"{name}.png"
        browser.resize(*MENU_SIZE)
        browser.show_actions()
        browser.screenshot(IMAGES / "actions.png")
        yield IMAGES / "actions.png"


def main() -> int:
    """Bring everything up, let something happen, and look."""
    IMAGES.mkdir(exist_ok=True)
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        folder.chmod(0o755)
        server, recording = scene(undo, folder, install(folder / "venv"))
        time.sleep(CALM)
        daemons = (*(each for each in DAEMONS if each != GONE), STRANGER)
        recording.write_text(snapshot(daemons))
        wait_until(lambda: len(server.api.problem.get()) == 3)
        for path in take(server, folder):
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
