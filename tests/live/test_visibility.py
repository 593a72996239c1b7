"""Containers, where pid 2 is a daemon, and hosts that hide other users' processes.

Everything is done in namespaces of its own: the pids and mounts of the machine stay as they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.program import (
    NOBODY,
    Program,
    Result,
    error_of,
    sh,
)
from tests.live.standins import only

pytestmark = pytest.mark.usefixtures("namespaces")

# $1 a stand-in's file, $2 a folder, $3… psdiff-zbx
PID_TWO = """
standin=$1; folder=$2; shift 2
"$standin" 900 & test $! = 2
"$@" write --all
"$@" dump >"$folder/dump"
"$@" show >"$folder/before"
kill -9 2; wait 2 || true
"$@" show >"$folder/after" || test $? = 1
"""
# $1 options of /proc, $2 a stand-in's file, $3… a command
HIDING = """
options=$1; standin=$2; shift 2
mount -t proc -o "$options" proc /proc
"$standin" 900 &
set +e
"$@"
echo "exit $?"
kill -9 $!
"""
GROUP = 54321
HIDEPID = ("1", "invisible", "4")
COMMANDS = ("show", "missing", "extra", "get", "dump", "snapshot", "write", "discover")


@pytest.fixture
def standin(everybody: Path, word: str) -> Path:
    """A program with our word in its path."""
    path = everybody / word
    path.symlink_to("/bin/sleep")
    return path


@pytest.fixture
def hidden(stranger: Program, word: str) -> Program:
    """psdiff-zbx as nobody, with a baseline of a daemon that is never seen to run."""
    stranger.configure(only(word))
    tree = f"root  {{user=root}}\n  INIT  {{user=root}}\n    /opt/{word}/alpha  {{user=root}}\n"
    stranger.baseline.write_text(tree)
    return stranger


def as_root(program: Program, *words: str) -> list[str]:
    """A command with nothing in its environment but what it needs."""
    env = [f"{name}={value}" for name, value in program.environment({}).items()]
    return ["env", "-i", *env, *program.words(*words)]


def as_user(program: Program, *words: str, groups: str = "") -> list[str]:
    """A command that gives its rights up, in a namespace where it had them all."""
    group = ["--groups", groups] if groups else ["--clear-groups"]
    rights = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), *group]
    return [*rights, *as_root(program, *words)]


def under(options: str, standin: Path, command: list[str]) -> Result:
    """What a command says where /proc is mounted with these options."""
    unshare = 'exec unshare --pid --fork --mount sh -euc "$@"'
    done = sh(unshare, HIDING, "sh", options, standin, *command)
    *lines, code = done.lines
    text = "".join(f"{line}\n" for line in lines)
    return Result(int(code.rpartition(" ")[2]), text, done.err)


def test_pid_2_is_a_daemon_like_any_other_in_a_container(
    lonely: Program, standin: Path, word: str
) -> None:
    unshare = 'exec unshare --pid --fork --mount-proc sh -euc "$@"'
    command = as_root(lonely)
    sh(unshare, PID_TWO, "sh", standin, lonely.folder, *command)
    dump, before, after = (
        (lonely.folder / name).read_text() for name in ("dump", "before", "after")
    )
    line = f"    {standin} 900  {{user=root}}\n"
    assert dump == f"root  {{user=root}}\n  INIT  {{user=root}}\n{line}"
    assert before == ""
    assert after == f"- {line}"


@pytest.mark.parametrize(
    ("mode", "command"), [*(("2", name) for name in COMMANDS), *((m, "get") for m in HIDEPID)]
)
def test_a_user_who_cannot_see_all_is_told_so_and_nothing_is_missing(
    hidden: Program, standin: Path, mode: str, command: str
) -> None:
    result = under(f"hidepid={mode}", standin, as_user(hidden, command))
    error = error_of(result, command)
    assert "hidepid" in error
    assert "gid=" in error
    assert "missing" not in error


@pytest.mark.parametrize("mode", ["1", "2"])
def test_a_user_in_the_group_of_proc_sees_all(
    hidden: Program, standin: Path, mode: str, word: str
) -> None:
    command = as_user(hidden, "dump", groups=str(GROUP))
    result = under(f"hidepid={mode},gid={GROUP}", standin, command).ok()
    assert result.having(word) == [f"{standin} 900  {{user=root}}"]


def test_no_group_helps_where_only_ptrace_does(hidden: Program, standin: Path) -> None:
    command = as_user(hidden, "show", groups=str(GROUP))
    error = error_of(under(f"hidepid=4,gid={GROUP}", standin, command), "show")
    assert "hidepid=" in error


def test_a_group_of_somebody_else_does_not_help(hidden: Program, standin: Path) -> None:
    command = as_user(hidden, "show", groups=str(GROUP + 1))
    error_of(under(f"hidepid=2,gid={GROUP}", standin, command), "show")


@pytest.mark.parametrize("mode", ["2", "4"])
def test_root_sees_all(lonely: Program, standin: Path, mode: str, word: str) -> None:
    command = as_root(lonely, "dump")
    result = under(f"hidepid={mode}", standin, command).ok()
    assert result.having(word) == [f"{standin} 900  {{user=root}}"]


def test_a_user_sees_all_where_nothing_is_hidden(
    hidden: Program, standin: Path, word: str
) -> None:
    result = under("hidepid=0", standin, as_user(hidden, "dump")).ok()
    assert result.having(word) == [f"{standin} 900  {{user=root}}"]


def test_a_proc_without_the_kernels_files_tells_the_processes(
    lonely: Program, standin: Path, word: str
) -> None:
    """``subset=pid``, as systemd mounts it for ProcSubset=pid: no /proc/stat, no /proc/mounts."""
    command = as_root(lonely, "dump")
    result = under("subset=pid", standin, command).ok()
    assert result.having(word) == [f"{standin} 900  {{user=root}}"]
