"""The command ``explain``: one look at the host, and what the rules make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Sequence

from ..core.model import BaselineError, Process, SnapshotError
from ..core.rules.explain import Explainer, Explanation
from ..core.rules.explain_text import at_length, explanation_table
from ..core.tree import build
from ..host.monitor import Monitor
from .terminal import paint, width


@dataclass(frozen=True)
class ExplainCommand:
    """Each answer is lines of text, in colour on a terminal.

    All methods raise any PsdiffError except a BaselineError: without a baseline they say less.
    """

    monitor: Monitor

    def process(self, pid: int) -> Iterable[str]:
        """One process, at length.  Raises SnapshotError if it does not exist."""
        processes = self.monitor.host.processes()
        return at_length(self._found(pid, processes), paint)

    def everything(self) -> List[str]:
        """All processes, as a table."""
        explainer = self._explainer(self.monitor.host.processes())
        missing = explainer.comparison.missing if explainer.comparison else ()
        return explanation_table(list(explainer.everything()), missing, paint, width())

    def command(self, user: str, cmdline: str) -> Iterable[str]:
        """A command line, whether it runs or not."""
        host = self.monitor.host
        explainer = self._explainer(host.processes())
        return at_length(explainer.command(user, host.without_secrets(cmdline)), paint)

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
