"""The command ``explain``: one look at the host, and what the rules make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Sequence

from ..core.accept import is_meant
from ..core.daemon_id import daemon_ids
from ..core.line import escape
from ..core.model import BaselineError, Key, Line, Process, SnapshotError, UnknownDaemonError
from ..core.rules.explain import Explainer, Explanation
from ..core.rules.explain_text import at_length, explanation_table
from ..core.rules.program import program_name
from ..core.start import StartError
from ..core.tree import build
from ..host.monitor import Monitor
from .terminal import paint, width


@dataclass(frozen=True)
class ExplainCommand:
    """Each answer is lines of text, in colour on a terminal.

    All methods raise any PsdiffError except a BaselineError: without a baseline they say less.
    """

    monitor: Monitor

    def about(self, what: str) -> Iterable[str]:
        """A process by its pid, or all that an id, a name or a pattern means: one at length, more
        as a table.  Raises SnapshotError or UnknownDaemonError if it means nothing."""
        if what.isascii() and what.isdigit():
            return self.process(int(what))
        explainer = self._explainer(self.monitor.host.processes())
        found = [each for each in explainer.everything() if _is_of(what, each, explainer)]
        daemons = explainer.comparison.daemons if explainer.comparison else ()
        known = [each for each in daemons if is_meant(what, each.id, each.cmdline)]
        missing = [line for line in _missing(explainer) if _names(what, line.key, explainer)]
        if len(found) + len(missing) > 1:
            return explanation_table(found, missing, paint, width())
        if not (found or known):
            raise UnknownDaemonError(
                f"no process and no daemon of the baseline is {what!r}; "
                "'psdiff-zbx explain --all' lists those that run"
            )
        one = found[0] if found else explainer.command(known[0].user, known[0].cmdline)
        return self._at_length(one)

    def process(self, pid: int) -> Iterable[str]:
        """One process, at length.  Raises SnapshotError if it does not exist."""
        processes = self.monitor.host.processes()
        return at_length(self._found(pid, processes), paint)

    def everything(self) -> List[str]:
        """All processes, as a table."""
        explainer = self._explainer(self.monitor.host.processes())
        found = list(explainer.everything())
        return explanation_table(found, _missing(explainer), paint, width())

    def command(self, user: str, cmdline: str) -> Iterable[str]:
        """A command line, whether it runs or not."""
        host = self.monitor.host
        explainer = self._explainer(host.processes())
        return self._at_length(explainer.command(user, host.without_secrets(cmdline)))

    def _at_length(self, found: Explanation) -> Iterable[str]:
        is_live = self.monitor.host.is_live
        return at_length(found, paint, _state_of if is_live else lambda _: "")

    def _found(self, pid: int, processes: Sequence[Process]) -> Explanation:
        explainer = self._explainer(processes)
        for found in explainer.everything():
            if found.line and found.line.processes[0].pid == pid:
                return found
        for process in processes:
            if process.pid == pid:
                return explainer.left_out(process, pid in self.monitor.host.family(processes))
        raise SnapshotError(f"no process {pid}; 'psdiff-zbx explain --all' lists those that run")

    def _explainer(self, processes: Sequence[Process]) -> Explainer:
        host = self.monitor.host
        tree = build(processes, host.own)
        current = host.apply(tree)
        comparison, problem, min_age = None, "", 0.0
        try:
            check = self.monitor.check()
            comparison, min_age = check.compare(tree, current), check.min_age
        except BaselineError as error:
            problem = str(error)
        hooks, rules = ", ".join(host.config.hooks), host.config.rules
        return Explainer(rules, host.facts(), tree, current, comparison, problem, min_age, hooks)


def _state_of(unit: str) -> str:
    from ..host.services.manager import this_manager

    try:
        return escape(str(this_manager().status(unit)))
    except StartError:  # no service manager, or none that answers
        return ""


def _missing(explainer: Explainer) -> Sequence[Line]:
    return explainer.comparison.missing if explainer.comparison else ()


def _is_of(what: str, found: Explanation, explainer: Explainer) -> bool:
    """Whether a word means a process: by its daemon, its program or its own name (comm)."""
    process = found.line.processes[0] if found.line else None
    names = (program_name(found.before), process.name if process else "")
    return what in names or _names(what, (found.user, found.after), explainer)


def _names(what: str, key: Key, explainer: Explainer) -> bool:
    daemon = explainer.daemon(key)
    daemon_id = daemon.id if daemon else daemon_ids([key])[key]
    return is_meant(what, daemon_id, key[1])
