"""Zabbix's frontend in PHP's own web server.

In: a version, a folder with the database's socket, the server's port.  Out: the frontend, on a
port of its own.
"""

from __future__ import annotations

import shutil
import signal
import urllib.request
from pathlib import Path

from tests.zabbix import server_database
from tests.zabbix.packages import STACKS, USER, library_path, prefix
from tests.zabbix.server_daemon import Daemon

WORKERS = 6
# In this order: each one after those it needs.
EXTENSIONS = (
    *("bcmath", "ctype", "curl", "fileinfo", "gettext", "iconv", "mbstring", "pgsql", "gd"),
    *("sockets", "dom", "simplexml", "xml", "xmlreader", "xmlwriter"),
)
LIMITS = {
    "post_max_size": "32M",
    "upload_max_filesize": "16M",
    "memory_limit": "512M",
    "max_execution_time": "300",
    "max_input_time": "300",
    "date.timezone": "UTC",
    "opcache.enable_cli": "1",
}
CONFIGURATION = """<?php
$DB['TYPE'] = 'POSTGRESQL';
$DB['SERVER'] = '{folder}';
$DB['PORT'] = '{database.PORT}';
$DB['DATABASE'] = '{database.DATABASE}';
$DB['USER'] = '{database.USER}';
$DB['PASSWORD'] = '';
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '{server_port}';
$ZBX_SERVER_NAME = 'Zabbix {version}';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""


def frontend(version: str, folder: Path, server_port: int, port: int) -> Daemon:
    """The frontend of `version` on `port`; not started yet."""
    stack = prefix(STACKS[version])
    _copy(stack, folder)
    values = {"version": version, "folder": folder, "server_port": server_port}
    text = CONFIGURATION.format(database=server_database, **values)
    (folder / "zabbix.conf.php").write_text(text)
    (folder / "php.ini").write_text(_settings(stack, folder))
    _locale(folder / "locale")
    php = next(stack.glob("usr/bin/php?.?"))
    command = (str(php), "-c", f"{folder}/php.ini", "-S", f"127.0.0.1:{port}")
    env = {
        "LD_LIBRARY_PATH": library_path(stack),
        "PHP_CLI_SERVER_WORKERS": str(WORKERS),
        "PHP_INI_SCAN_DIR": "",
        "LOCPATH": str(folder / "locale"),
    }
    document_root = ("-t", f"{folder}/html")
    # It waits for its workers, but does not tell them.
    log = folder / "php.log"
    return Daemon((*command, *document_root), log, env, end=signal.SIGINT, to_all=True)


def wait_for(daemon: Daemon, url: str) -> None:
    """Wait until `url` is served; ServerError if it is not."""
    # Not through a proxy, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def is_served() -> bool:
        with opener.open(url, timeout=30) as answer:
            return bool(answer.status == 200)

    daemon.wait_until(is_served)


def _copy(stack: Path, folder: Path) -> None:
    """The frontend's files in folder/html, which read their configuration from `folder`."""
    html = folder / "html"
    shutil.copytree(stack / "usr/share/zabbix", html, symlinks=True)
    reader = html / "include/classes/core/CConfigFile.php"
    text = reader.read_text(encoding="utf-8")
    reader.write_text(text.replace("/etc/zabbix/", f"{folder}/"), encoding="utf-8")
    font = "fonts/truetype/dejavu/DejaVuSans.ttf"
    shares = (stack / "usr/share", Path("/usr/share"))
    link = html / "assets/fonts/DejaVuSans.ttf"
    link.unlink()
    link.symlink_to(next(path for share in shares if (path := share / font).exists()))


def _locale(folder: Path) -> None:
    """The locale without which every page complains, under whose name there is plain UTF-8."""
    folder.mkdir()
    (folder / "en_US.utf8").symlink_to("/usr/lib/locale/C.utf8")


def _settings(stack: Path, folder: Path) -> str:
    """PHP's configuration file."""
    extensions = next(stack.glob("usr/lib/php/2*"))
    sessions = folder / "sessions"
    sessions.mkdir()
    shutil.chown(sessions, USER, USER)
    lines = [f"extension_dir={extensions}", "zend_extension=opcache"]
    lines += [f"extension={name}" for name in EXTENSIONS]
    lines += [f"{name}={value}" for name, value in LIMITS.items()]
    return "\n".join([*lines, f"session.save_path={sessions}", ""])
