"""What the frontend's actions get to read: a stand-in of sudo, and a recorded host."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from psdiff_zbx.agents.remote.serve import RemoteError, serve
from psdiff_zbx.host import this_host
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.pause_file import pause_path
from psdiff_zbx.host.pauses import Pauses
from tests.builders import INIT
from tests.files import DATA, write

HOST = DATA / "small-host"


@pytest.fixture
def sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the text of a shell script goes that is found as sudo."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    path = tmp_path / "sudo"
    path.touch(0o755)
    return path


def show(etc: Path, scene: str) -> list[str]:
    config = write(etc / "config.toml", "")
    snapshot = str(HOST / f"{scene}.jsonl")
    return serve("show", Monitor(config, HOST / "psdiff.db", snapshot, min_age=0))


VERBS = {"accept": "accepting", "start": "starting"}
each_verb = pytest.mark.parametrize("verb", VERBS)


def refused(request: str) -> str:
    with pytest.raises(RemoteError) as caught:
        serve(request, Monitor())
    return str(caught.value)


@pytest.mark.parametrize(
    ("scene", "signs"), [("nginx-gone", "---"), ("stranger", "+"), ("atd-other-user", "---+")]
)
def test_show_says_what_differs(etc: Path, scene: str, signs: str) -> None:
    lines = show(etc, scene)
    assert sorted(lines) == sorted((HOST / f"{scene}.psdiff").read_text().splitlines())
    assert [line[0] for line in lines] == [*signs]


def test_show_says_that_the_host_is_paused(
    etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write(etc / "config.toml", "[[rule]]\nregex = '.'\nignore = 'subtree'\n")
    root = "root  {user=root}\n  INIT  {user=root}\n    /opt/gone  {user=root}\n"
    baseline = write(tmp_path / "baseline", root)
    tmp_path.chmod(0o700)
    Pauses(baseline, config).begin(3600, "a new kernel")
    monitor = Monitor(config, baseline)
    monkeypatch.setattr(this_host, "read_processes", lambda *_: [INIT])
    assert serve("show", monitor) == [
        Pauses(baseline, config).show(),
        "-     /opt/gone  {user=root}",
    ]
    write(pause_path(baseline), "damaged")
    assert serve("show", monitor) == ["-     /opt/gone  {user=root}"]


def test_show_says_that_nothing_differs(etc: Path) -> None:
    assert show(etc, "nothing") == ["nothing differs"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Admin", "Admin"),
        ("  o'brien; touch /tmp/x ", "o'brien; touch /tmp/x"),
        ('--missing $(id) `id` \\ "', '--missing $(id) `id` \\ "'),
        ("a\nb\x1b[31m\udcff", r"a\nb\x1b[31m\xff"),
        ("é漢😀", "é漢😀"),
    ],
)
@each_verb
def test_the_name_is_one_line_for_root(sudo: Path, verb: str, name: str, line: str) -> None:
    sudo.write_text("#!/bin/sh\nprintf '<%s>' \"$@\"\necho\ncat\n")
    command = f"<-n><{sys.executable}><-I><-m><psdiff_zbx><{verb}><--remote>"
    assert serve(f"{verb} {name}", Monitor()) == [command, *line.split("\n")]


def test_what_root_could_not_do_is_told_with_what_it_could(sudo: Path) -> None:
    """sudo itself fails with 1, too."""
    sudo.write_text("#!/bin/sh\necho x was started\necho y has failed\nexit 1\n")
    assert serve("start Admin", Monitor()) == ["x was started", "y has failed"]


def test_an_error_of_root_is_told(sudo: Path) -> None:
    warning = "sudo: unable to resolve host web1: Name or service not known"
    text = f"echo '{warning}' >&2\necho 'psdiff-zbx: error: no baseline' >&2\nexit 3\n"
    sudo.write_text(f"#!/bin/sh\n{text}")
    assert refused("accept Admin") == "no baseline"


@each_verb
def test_sudo_that_refuses(sudo: Path, verb: str) -> None:
    sudo.write_text(
        "#!/bin/sh\nprintf 'some warning\\nsudo: a password is required\\n' >&2\nexit 1\n"
    )
    assert refused(f"{verb} Admin") == (
        f"{VERBS[verb]} from the frontend is not set up on this host (sudo: a password is "
        f"required); there, as root: psdiff-zbx setup --remote-{verb}"
    )


def test_a_unit_that_keeps_sudo_from_working(sudo: Path) -> None:
    said = 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.'
    sudo.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    assert refused("accept Admin") == (
        f"the agent's unit keeps sudo from becoming root ({said}): unset NoNewPrivileges= in it, "
        "and what implies that: systemd.exec(5)"
    )


def test_no_sudo_at_all(sudo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sudo.unlink()
    monkeypatch.setenv("PATH", str(sudo.parent))
    assert "(sudo: No such file or directory)" in refused("accept Admin")


@pytest.mark.parametrize(
    "request_",
    [
        *("", "show ", "show x", "accept", "accept ", "accept  \n", "write", "x" * 1000),
        *("start", "start ", "start\tx", "start--remote x", "START x", "dump"),
    ],
)
def test_anything_else_is_no_request(sudo: Path, request_: str) -> None:
    sudo.write_text("#!/bin/sh\necho ran\n")
    found = refused(request_)
    assert found.endswith("is no request; 'show', 'accept NAME' and 'start NAME' are")
    assert len(found) < 150
