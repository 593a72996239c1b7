"""setup on a host with Debian's own agents: from nothing to an answer, and back."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zoo.host import Host, HostError

pytestmark = pytest.mark.zabbix

PATIENCE = 15.0
FILES = {
    "agentd": "/etc/zabbix/zabbix_agentd.conf.d/psdiff_zbx.conf",
    "agent2": "/etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf",
    "plugin": "/etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf",
}
UNITS = {"agentd": "zabbix-agent", "agent2": "zabbix-agent2", "plugin": "zabbix-agent2"}
DROP_INS = "/etc/systemd/system/zabbix-agent2.service.d"
RESTART = f"{DROP_INS}/restart.conf"
BASELINE = "/var/lib/psdiff-zbx"
KEEP = ("etc", "var/lib/psdiff-zbx", "var/lib/zabbix", "root", "home", "usr/local")


def setup(host: Host, *words: str) -> list[str]:
    return host.run("psdiff-zbx", "setup", *words).splitlines()


def refused(host: Host, *words: str) -> str:
    """The one line of an error, with nothing changed."""
    before = state(host)
    with pytest.raises(HostError) as caught:
        setup(host, *words)
    assert state(host) == before
    _, _, said = str(caught.value).partition(": exit 3: psdiff-zbx: error: ")
    assert said.count("\n") == 1, str(caught.value)
    return said.rstrip()


def state(host: Host) -> dict[str, tuple[int, int, bytes]]:
    """Everything that setup might touch: mode, time of the last change, contents."""
    found = {}
    for path in (path for top in KEEP for path in sorted((host.files / top).rglob("*"))):
        status = path.lstat()
        contents = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, contents)
    return found


def answer(host: Host) -> dict[str, object]:
    """What the agent says, as soon as it says anything."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(HostError):
            text = host.visit("zabbix_get", "-s", "127.0.0.1", "-k", "psdiff.get")
            return dict(json.loads(text))
        time.sleep(0.1)
    said = host.run("journalctl", "--no-pager", "-n", "20", "-u", "zabbix-agent*")
    raise HostError(f"the agent does not answer: {said}")


def do(host: Host, told: list[str]) -> None:
    """The command that setup has told."""
    (line,) = [line for line in told if line.startswith("Now ")]
    host.run("sh", "-c", line.partition(": ")[2])


@pytest.fixture(scope="module")
def host(bare: Host) -> Host:
    """With README's remedy for agent 2 6.0.14, whose start may fail with any plugin."""
    file = bare.files / RESTART.lstrip("/")
    file.parent.mkdir()
    file.write_text("[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=1\n")
    bare.run("systemctl", "daemon-reload")
    return bare


@pytest.fixture
def clean(host: Host) -> Iterator[Host]:
    """Nothing set up, no agent running, Debian's own configuration."""
    yield host
    host.run("systemctl", "stop", "zabbix-agent", "zabbix-agent2")
    host.run("sh", "-c", f"rm -rf {BASELINE} {' '.join(FILES.values())}")


@pytest.mark.parametrize("kind", FILES)
def test_from_nothing_to_an_answer_and_back(clean: Host, kind: str) -> None:
    clean.run("systemctl", "start", UNITS[kind])
    began = time.monotonic()
    told = setup(clean, "--agent", kind)
    assert told[1:3] == [f"Wrote {FILES[kind]}", f"Wrote {BASELINE}/baseline, which expects"]
    assert "+     /usr/sbin/cron -f  {user=root}" in told
    assert re.fullmatch(
        r"User zabbix gets a good answer: \d+ daemons expected, 0 missing, 0 extra, in 0\.\d+ s",
        told[-4],
    )
    assert told[-3] == f"Now restart the agent: systemctl restart {UNITS[kind]}"
    do(clean, told)
    assert answer(clean)["error"] == ""
    print(f"{kind}: {time.monotonic() - began:.1f} s from nothing to an answer")

    before = state(clean)
    again = setup(clean, "--agent", kind)
    assert again[1] == f"No changes to {FILES[kind]}"
    assert again[2].startswith(f"Baseline {BASELINE}/baseline of 20")
    assert again[-3] == "Nothing remains to be done on this host"
    assert state(clean) == before

    removed = setup(clean, "--remove")
    assert removed == [
        f"Removed {FILES[kind]}",
        f"Now restart the agent: systemctl restart {UNITS[kind]}",
        f"The baseline stays; to remove it: rm -r {BASELINE}",
    ]
    assert setup(clean, "--remove")[0] == "Nothing to remove"


def test_an_agent_that_does_not_run_is_started_and_then_expected(clean: Host) -> None:
    told = setup(clean, "--agent", "agentd")
    do(clean, told)
    assert answer(clean)["error"] == ""
    baseline = (clean.files / BASELINE.lstrip("/") / "baseline").read_text()
    assert "zabbix_agentd" in baseline


def test_between_userparameters_and_plugin(clean: Host) -> None:
    clean.run("systemctl", "start", "zabbix-agent2")
    setup(clean, "--agent", "agent2")
    for kind, gone, come in (("plugin", 6, 2), ("agent2", 2, 6)):
        told = setup(clean, "--agent", kind)
        assert (count(told, "- "), count(told, "+ ")) == (gone, come)
        do(clean, told)
        assert answer(clean)["error"] == ""


def count(lines: list[str], start: str) -> int:
    return sum(line.startswith(start) for line in lines)


@pytest.fixture
def debians_unit(clean: Host) -> Iterator[Host]:
    """With Restart=on-abnormal, as the package has it; elsewhere here it is Restart=always."""
    clean.run("sh", "-ec", f"mv {RESTART} /root; systemctl daemon-reload")
    yield clean
    clean.run("sh", "-ec", f"rm -rf {DROP_INS}; mkdir {DROP_INS}; mv /root/restart.conf {RESTART}")
    clean.run("systemctl", "daemon-reload")


def test_systemd_starts_agent_2_again_if_one_agrees(debians_unit: Host) -> None:
    hint = "To let systemd do so: 'psdiff-zbx setup --agent plugin --yes'"
    drop_in = f"{DROP_INS}/psdiff-zbx.conf"
    assert hint not in setup(debians_unit, "--agent", "agent2")
    assert hint in setup(debians_unit, "--agent", "plugin")
    assert f"Would write {drop_in}" in setup(
        debians_unit, "--agent", "plugin", "--yes", "--dry-run"
    )
    assert restart_policy(debians_unit) == "on-abnormal"
    assert f"Wrote {drop_in}" in setup(debians_unit, "--agent", "plugin", "--yes")
    assert restart_policy(debians_unit) == "always"
    assert not {hint, f"Wrote {drop_in}"} & {*setup(debians_unit, "--agent", "plugin", "--yes")}
    assert f"Removed {drop_in}" in setup(debians_unit, "--remove")
    assert restart_policy(debians_unit) == "on-abnormal"


@pytest.mark.parametrize(("answer", "policy"), [("n", "on-abnormal"), ("y", "always")])
def test_on_a_terminal_setup_asks(debians_unit: Host, answer: str, policy: str) -> None:
    line = f"echo {answer} | script -qec 'psdiff-zbx setup --agent plugin' /dev/null"
    assert "Let systemd start it again (Restart=always)? [y/n]" in debians_unit.run(
        "sh", "-c", line
    )
    assert restart_policy(debians_unit) == policy


def restart_policy(host: Host) -> str:
    show = ("systemctl", "show", "--property=Restart", "--value", "zabbix-agent2")
    return host.run(*show).strip()


def test_another_baseline_is_in_the_agents_file_too(clean: Host) -> None:
    clean.run("systemctl", "start", "zabbix-agent2")
    for kind in ("agent2", "plugin"):
        do(clean, setup(clean, "--agent", kind, "--baseline", f"{BASELINE}/of a day"))
        source = answer(clean)["baseline"]
        assert isinstance(source, dict)
        assert source["path"] == f"{BASELINE}/of a day"


def test_dry_run_changes_nothing(clean: Host) -> None:
    before = state(clean)
    told = setup(clean, "--agent", "plugin", "--dry-run")
    assert told[1] == f"Would write {FILES['plugin']}"
    assert told[2] == f"Would write {BASELINE}/baseline, which would expect"
    assert told[-1] == "Would ask for an answer as user zabbix"
    assert state(clean) == before
    setup(clean, "--agent", "plugin")
    before = state(clean)
    assert setup(clean, "--remove", "--dry-run")[0] == f"Would remove {FILES['plugin']}"
    assert state(clean) == before


def test_what_is_refused(clean: Host) -> None:
    assert "are both here; say which: --agent agentd, agent2 or plugin" in refused(clean)
    assert "leave out --snapshot" in refused(clean, "--agent", "agentd", "--snapshot", "x")
    other = clean.files / "etc/zabbix/zabbix_agent2.d/old.conf"
    with put(other, "UserParameter=psdiff.get,x\n"):
        assert "/old.conf line 1 already has the key psdiff.get" in refused(
            clean, "--agent", "plugin"
        )
    with put(clean.files / FILES["agentd"].lstrip("/"), "# mine\n"):
        assert "was not written by psdiff-zbx" in refused(clean, "--agent", "agentd")
        assert "was not written by psdiff-zbx" in refused(clean, "--remove")
    with put(clean.files / "etc/psdiff-zbx/config.toml", "redact = 3\n"):
        assert "/etc/psdiff-zbx/config.toml: " in refused(clean, "--agent", "agentd")
    with put(clean.files / BASELINE.lstrip("/") / "baseline", "root  {user=root}\n"):
        clean.run("sed", "-i", "1i# psdiff-zbx baseline 1", f"{BASELINE}/baseline")
        assert f"{BASELINE}/baseline" in refused(clean, "--agent", "agentd")


@contextlib.contextmanager
def put(path: Path, text: str) -> Iterator[None]:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    try:
        yield
    finally:
        path.unlink()


def test_others_than_root(clean: Host) -> None:
    line = ("runuser", "-u", "zabbix", "--", "psdiff-zbx", "setup", "--agent", "agentd")
    with pytest.raises(HostError, match="only root can set up an agent; --dry-run says"):
        clean.run(*line)
    assert f"Would write {FILES['agentd']}" in clean.run(*line, "--dry-run")


@pytest.mark.parametrize("folder", ["/etc/zabbix/zabbix_agentd.conf.d", "/var/lib"])
def test_a_read_only_folder(clean: Host, folder: str) -> None:
    clean.run("mount", "--bind", "-o", "ro", folder, folder)
    try:
        assert refused(clean, "--agent", "agentd") == (
            f"cannot write to {folder}: the file system is read-only"
        )
    finally:
        clean.run("umount", folder)


def test_a_program_that_the_agents_user_cannot_reach(clean: Host) -> None:
    clean.run("chmod", "700", "/opt/psdiff-zbx")
    try:
        opening = "'chmod -R go+rX /opt/psdiff-zbx'"
        assert refused(clean, "--agent", "agentd").endswith(opening)
    finally:
        clean.run("chmod", "755", "/opt/psdiff-zbx")


def test_an_agent_in_a_container_is_not_the_hosts(clean: Host) -> None:
    clean.run("cp", "/bin/sleep", "/usr/local/bin/zabbix_agentd")
    contained = ("unshare", "--pid", "--fork", "--kill-child", "/usr/local/bin/zabbix_agentd")
    clean.run("systemd-run", "--unit=contained", *contained, "1000")
    try:
        assert "Now start the agent: systemctl start zabbix-agent " in "\n".join(
            setup(clean, "--agent", "agentd")
        )
    finally:
        clean.run("systemctl", "kill", "--signal=KILL", "contained")
        clean.run("rm", "/usr/local/bin/zabbix_agentd")


def test_the_agent_does_as_setup_says_of_its_configuration(clean: Host) -> None:
    """It includes nothing but our file, and denies all keys."""
    main, file = "/etc/zabbix/zabbix_agentd.conf", "/etc/zabbix/psdiff_zbx.conf"
    lines = f"Server=127.0.0.1\\nDenyKey=*\\nLogType=console\\nInclude={file}\\n"
    clean.run("sh", "-ec", f"cp -p {main} /root; printf '{lines}' > {main}")
    try:
        told = setup(clean, "--agent", "agentd")
        assert told[1] == f"Wrote {file}"
        at = told.index(
            next(line for line in told if line.startswith(f"DenyKey=* ({main} line 2)"))
        )
        allow = re.search(r"'(sed [^']+)'", told[at + 1])
        assert allow, told
        clean.run("sh", "-c", allow[1])
        do(clean, told)
        assert answer(clean)["error"] == ""
        assert "Remove that Include, too" in setup(clean, "--remove", "--agent", "agentd")[1]
    finally:
        clean.run("sh", "-ec", f"cp -p /root/zabbix_agentd.conf {main}; rm -f {file}")


def test_the_form_of_zabbix_com(clean: Host) -> None:
    """RHEL's, too: the folder has another name, and there is one agent."""
    forth = (
        "mv /etc/zabbix/zabbix_agentd.conf.d /etc/zabbix/zabbix_agentd.d; "
        "sed -i 's/zabbix_agentd.conf.d/zabbix_agentd.d/' /etc/zabbix/zabbix_agentd.conf; "
        "mv /usr/sbin/zabbix_agent2 /root; systemctl start zabbix-agent"
    )
    back = (
        "mv /etc/zabbix/zabbix_agentd.d /etc/zabbix/zabbix_agentd.conf.d; "
        "sed -i 's/zabbix_agentd.d/zabbix_agentd.conf.d/' /etc/zabbix/zabbix_agentd.conf; "
        "mv /root/zabbix_agent2 /usr/sbin"
    )
    clean.run("sh", "-ec", forth)
    try:
        told = setup(clean)
        assert told[1] == "Wrote /etc/zabbix/zabbix_agentd.d/psdiff_zbx.conf"
        do(clean, told)
        assert answer(clean)["error"] == ""
        setup(clean, "--remove")
    finally:
        clean.run("sh", "-ec", back)
