"""Our /proc reader against psutil, the kernel, and processes that end meanwhile."""

from __future__ import annotations

import json
import os
import pty
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from psdiff_zbx.core.cache import Cache
from psdiff_zbx.core.model import Process, SnapshotError
from psdiff_zbx.core.tree import build
from psdiff_zbx.host import user_names
from psdiff_zbx.host.processes import read_psutil
from psdiff_zbx.host.procfs import read_proc
from tests.live.program import NOBODY, Program, poll
from tests.live.standins import StandIns, kept, new_word

SAME = ("pid", "ppid", "uid", "user", "name", "state", "kthread", "threads", "cmdline")
CPUS = os.cpu_count() or 1
# proc(5): the rss of /proc/PID/stat is inexact.  The kernel counts on each CPU by itself, in
# batches (lib/percpu_counter.c), four kinds of pages; older ones 64 pages in each thread.
INEXACT = 4 * CPUS * max(32, 2 * CPUS) * os.sysconf("SC_PAGE_SIZE")
INEXACT_THREAD = 4 * 64 * os.sysconf("SC_PAGE_SIZE")
BIRTHS = 3.0  # seconds of reading while others come and go
SETTER = """\
import os, sys
print("root", flush=True)
sys.stdin.readline()
os.seteuid(int(sys.argv[1]))
print("nobody", flush=True)
sys.stdin.read()
"""
FORKER = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
print("ready", flush=True)
while True:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
"""
STARTER = """\
import os, subprocess, sys
print("ready", flush=True)
while True:
    subprocess.run([f"/opt/{sys.argv[1]}/short", "lived"], executable=sys.argv[2])
"""


def by_pid(processes: list[Process]) -> dict[int, Process]:
    """Processes as both readers can show them: psutil splits rewritten titles at blanks."""
    return {p.pid: p._replace(cmdline=(" ".join(p.cmdline).strip(),)) for p in processes}


def agrees(ours: Process, later: Process, psutils: Process) -> bool:
    """Whether psutil's view fits between two of ours."""
    same = all(getattr(ours, name) == getattr(psutils, name) for name in SAME)
    near = INEXACT + INEXACT_THREAD * ours.threads
    return (
        same
        and abs(ours.started - psutils.started) < 0.02
        and ours.cpu - 0.02 <= psutils.cpu <= later.cpu + 0.02
        and abs(ours.rss - psutils.rss) <= near
    )


def differences() -> Mapping[int, tuple[Process, Process]]:
    """Where psutil, between two reads that agree with each other, says something else."""
    first, psutils, last = map(by_pid, (read_proc(), read_psutil(), read_proc()))
    steady = {
        pid: process
        for pid, process in first.items()
        if pid in last and process == last[pid]._replace(cpu=process.cpu, rss=process.rss)
    }
    assert len(steady) >= 2
    return {
        pid: (process, psutils[pid])
        for pid, process in steady.items()
        # While we read, we have a thread more.
        if pid in psutils and pid != os.getpid() and not agrees(process, last[pid], psutils[pid])
    }


def test_psutil_reads_the_same_of_every_process(standins: StandIns, word: str) -> None:
    standins.sleeper(f"/opt/{word}/alpha")
    standins.titled(f"{word}: rewritten title".encode(), b"a) S 1 (b")
    standins.titled(b"\0" * 20, word.encode())
    # A process that does something just now differs in one round, a mistake in all of them.
    rounds = [differences() for _ in range(3)]
    lasting = set.intersection(*map(set, rounds))
    assert not lasting, [rounds[-1][pid] for pid in lasting]


@pytest.mark.parametrize(("outer", "inner"), [(read_proc, read_psutil), (read_psutil, read_proc)])
def test_what_one_reader_sees_twice_the_other_sees_in_between(
    outer: Callable[[], list[Process]], inner: Callable[[], list[Process]]
) -> None:
    first, between, last = map(by_pid, (outer(), inner(), outer()))
    lasting = {pid for pid in first if pid in last and first[pid].started == last[pid].started}
    assert os.getpid() in lasting
    assert lasting - set(between) == set()


def test_when_a_process_started_is_the_same_in_every_read(standins: StandIns, word: str) -> None:
    before = time.time()
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    started = {by_pid(read_proc())[pid].started for _ in range(5)}
    assert len(started) == 1
    # The boot time is known to the second.
    assert before - 1.1 <= started.pop() <= time.time() + 1.1


def test_two_commands_agree_when_a_process_started(
    lonely: Program, standins: StandIns, word: str
) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    found = {_snapshot(lonely)[pid]["started"] for _ in range(5)}
    assert found == {by_pid(read_proc())[pid].started}


def records(known: Cache) -> dict[int, Process]:
    """A read that remembers."""
    return {process.pid: process for process in read_proc(known=known)}


def rests(known: Cache, pid: int) -> bool:
    """Whether a process sleeps, and does nothing from one read to the next."""
    return records(known)[pid].state == "S" and records(known)[pid] is records(known)[pid]


def test_a_process_that_has_not_changed_is_the_same_record(standins: StandIns, word: str) -> None:
    still, stopped = (standins.sleeper(f"/opt/{word}/{name}") for name in ("alpha", "beta"))
    known = Cache()
    assert poll(lambda: all(rests(known, each.pid) for each in (still, stopped)))
    before = records(known)
    stopped.send_signal(signal.SIGSTOP)
    assert poll(lambda: by_pid(read_proc())[stopped.pid].state == "T")
    after = records(known)
    assert before[still.pid] is after[still.pid]
    assert (before[stopped.pid].state, after[stopped.pid].state) == ("S", "T")
    standins.stop(still)
    assert still.pid not in records(known)


@pytest.mark.usefixtures("root")
def test_a_process_that_changes_its_user_is_read_anew(word: str) -> None:
    known = Cache()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", SETTER, str(NOBODY), word],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"root\n"
        assert poll(lambda: records(known)[process.pid] is records(known)[process.pid])
        assert records(known)[process.pid].uid == 0
        process.stdin.write(b"go\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"nobody\n"
        assert records(known)[process.pid].uid == NOBODY
        process.stdin.close()


def test_a_user_who_gets_another_name_is_shown_by_it(
    standins: StandIns, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, pid = Cache(), standins.sleeper(f"/opt/{word}/alpha").pid
    assert poll(lambda: records(known)[pid] is records(known)[pid])
    monkeypatch.setattr(user_names, "user_name", "renamed-{}".format)
    assert records(known)[pid].user == f"renamed-{os.geteuid()}"


# What proc(5) says of a process that sleeps; its start is 1,000 ticks after the boot.
STAT = "{} (x) S 0 1 1 0 -1 4194560 9 0 0 0 0 0 0 0 20 0 1 0 1000 4096 100 0"


@pytest.mark.usefixtures("root")
def test_a_process_of_another_user_that_is_the_same_in_all_else_is_read_anew(
    tmp_path: Path,
) -> None:
    _proc(tmp_path)
    known = Cache()
    (before,) = read_proc(str(tmp_path), known)
    assert read_proc(str(tmp_path), known)[0] is before
    os.chown(tmp_path / "1", NOBODY, NOBODY)
    (after,) = read_proc(str(tmp_path), known)
    assert (before.uid, after.uid) == (0, NOBODY)
    assert after.user == pwd.getpwuid(NOBODY).pw_name


def test_a_kernel_without_user_namespaces_hides_no_user(tmp_path: Path) -> None:
    """It has no uid_map, and a process of nobody's is one of nobody's."""
    _proc(tmp_path)
    os.chown(tmp_path / "1", NOBODY, NOBODY)
    assert [process.uid for process in read_proc(str(tmp_path))] == [NOBODY]


def test_whose_processes_run_cannot_be_told_where_a_namespace_hides_users(tmp_path: Path) -> None:
    _proc(tmp_path)
    (tmp_path / "self" / "uid_map").write_text("0 0 1\n112 112 1\n")
    assert [process.uid for process in read_proc(str(tmp_path))] == [0]
    os.chown(tmp_path / "1", NOBODY, NOBODY)
    with pytest.raises(SnapshotError, match="unset PrivateUsers"):
        read_proc(str(tmp_path))


def test_those_without_arguments_are_waited_for_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty of them cost as much as one."""
    pauses: list[float] = []
    monkeypatch.setattr("psdiff_zbx.host.proc_reader.time.sleep", pauses.append)
    _proc(tmp_path, range(1, 41), b"")
    assert [each.cmdline for each in read_proc(str(tmp_path))] == [()] * 40
    assert len(pauses) == len(set(pauses)) == 5
    assert sum(pauses) < 0.1


def _proc(folder: Path, pids: Iterable[int] = (1,), cmdline: bytes = b"/sbin/init\0") -> None:
    (folder / "self").mkdir()
    (folder / "self" / "mountinfo").touch()
    for pid in pids:
        (folder / str(pid)).mkdir()
        (folder / str(pid) / "stat").write_text(STAT.format(pid))
        (folder / str(pid) / "cmdline").write_bytes(cmdline)


def test_kernel_threads_are_those_without_memory_of_their_own(
    standins: StandIns, word: str
) -> None:
    standins.titled(b"", word.encode())
    known = {process.pid: process for process in read_proc()}
    memory = {pid: _has_memory(pid) for pid in known}
    living = [p for p in known.values() if memory[p.pid] is not None and p.state not in "ZX"]
    # proc(5): VmSize is left out for kernel threads.
    assert [p for p in living if p.kthread == memory[p.pid]] == []


def _has_memory(pid: int) -> bool | None:
    try:
        return "\nVmSize:" in Path(f"/proc/{pid}/status").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_a_zombie_is_one_in_both_readers_and_in_no_tree() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        ours, psutils = by_pid(read_proc())[process.pid], by_pid(read_psutil())[process.pid]
        tree = build(read_proc())
        assert process.pid not in {line.processes[0].pid for line in tree if line.processes}
    assert (ours.state, ours.name) == (psutils.state, psutils.name) == ("Z", "true")


@pytest.mark.parametrize("code", [FORKER, STARTER], ids=["forks", "starts programs"])
def test_processes_that_begin_and_end_meanwhile_never_lose_their_arguments(code: str) -> None:
    word = new_word()
    # The name of a program is that of its file, of which the word is a part.
    with StandIns() as standins:
        short = Path(f"/tmp/{word}")
        short.symlink_to("/bin/true")
        try:
            _breed(standins, code, word, short)
            deadline = time.monotonic() + BIRTHS
            reads = []
            while time.monotonic() < deadline:
                reads.append(_shown(word))
        finally:
            short.unlink()
    shown = set().union(*reads)
    assert len(reads) > 20
    assert any(word in line for line in shown), "none of them was ever seen"
    assert {line for line in shown if line.startswith("[")} == set()


def _breed(standins: StandIns, code: str, word: str, short: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", code, word, str(short)]
    breeder = standins.start(command, sys.executable, stdout=subprocess.PIPE)
    assert breeder.stdout is not None
    assert breeder.stdout.read(6) == b"ready\n"


def _shown(word: str) -> set[str]:
    tree = build(read_proc())
    return {line.cmdline for line in tree if word in line.cmdline}


@pytest.mark.usefixtures("root")
def test_a_process_is_shown_under_its_effective_user(program: Program, word: str) -> None:
    program.configure(kept(word))
    with StandIns() as standins:
        pid = standins.titled(f"{word}: privileges dropped".encode(), b"dropped", NOBODY).pid
        status = Path(f"/proc/{pid}/status").read_text()
        assert f"Uid:\t0\t{NOBODY}\t0\t{NOBODY}" in status
        assert by_pid(read_proc())[pid].uid == NOBODY
        nobody = pwd.getpwuid(NOBODY).pw_name
        assert by_pid(read_psutil())[pid].user == nobody
        shown = program.run("dump").ok().having(word)
    assert shown == [f"{word}: privileges dropped  {{user={nobody}}}"]


@pytest.mark.usefixtures("root")
def test_a_user_without_a_name_is_shown_as_its_uid(lonely: Program, word: str) -> None:
    uid = next(uid for uid in range(54321, 60000) if not _has_name(uid))
    with StandIns() as standins:
        standins.sleeper(f"/opt/{word}/alpha", uid)
        assert lonely.run("dump").ok().having(word) == [f"/opt/{word}/alpha 900  {{user={uid}}}"]


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def test_a_snapshot_tells_the_cgroup(lonely: Program, standins: StandIns, word: str) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    rows = [row.split(":", 2) for row in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    paths = {path for _, controllers, path in rows if controllers in ("", "name=systemd")}
    assert _snapshot(lonely)[pid]["cgroup"] in (paths - {"/"} or {"/"})


@pytest.mark.usefixtures("cgroups")
def test_a_snapshot_tells_a_cgroup_of_the_unified_hierarchy(
    lonely: Program, standins: StandIns, word: str, cgroups: Path
) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    folder = cgroups / f"{word}.service"
    folder.mkdir()
    try:
        (folder / "cgroup.procs").write_text(str(pid))
        assert _snapshot(lonely)[pid]["cgroup"] == f"/{word}.service"
    finally:
        standins.stop(*standins.running)
        assert poll(lambda: not (folder / "cgroup.procs").read_text())
        folder.rmdir()


def _snapshot(program: Program) -> Mapping[int, Mapping[str, object]]:
    rows = [json.loads(line) for line in program.run("snapshot").ok().lines]
    return {row["pid"]: row for row in rows}


FORKING = "import os, time; os.fork(); time.sleep(60)"


def test_who_forked_and_never_called_exec_is_told_apart() -> None:
    with subprocess.Popen([sys.executable, "-c", FORKING]) as parent:
        try:
            (child,) = poll(lambda: _children(parent.pid))
            found = {process.pid: process for process in read_proc()}
            assert not found[parent.pid].forked
            assert found[child].forked
            os.kill(child, signal.SIGKILL)
        finally:
            parent.kill()


def _children(pid: int) -> list[int]:
    return [process.pid for process in read_proc() if process.ppid == pid]


def test_who_has_a_terminal_is_told_apart() -> None:
    terminal, end = pty.openpty()
    with subprocess.Popen(["setsid", "--ctty", "sleep", "60"], stdin=end) as process:
        try:
            assert poll(lambda: {each.pid: each.tty for each in read_proc()}[process.pid])
            assert {each.pid: each.tty for each in read_proc()}[1] == 0
        finally:
            process.kill()
    os.close(terminal)
    os.close(end)
