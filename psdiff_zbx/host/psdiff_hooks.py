"""Run psdiff's own configuration, ``psdiff.conf`` or ``psdiff.d/*.py``, on our tree.

In: the text of these files, and a tree.  Out: the tree as the hooks want it, or a ConfigError if
one of them fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Type

from ..core.cache import Cache
from ..core.line import parse_line
from ..core.model import DAEMON, IGNORED_KINDS, ConfigError, Filtered, Line, Tree
from ..core.rules.facts import RECORDED, Facts
from ..core.rules.ruleset import Rules
from ..core.rules.verdicts import Judge
from ..core.tree import arrange
from .psdiff_classes import FilteredProcessFormatter, Process, ProcessFormatter

_CLASS = "LocalFilteredProcessFormatter"
_MIXIN = "ProcessFormatterMixin"
_ANYTHING = (Exception, SystemExit)  # what an administrator's code may raise


class Hooks:
    """An administrator's formatter class, and the file to name when it fails."""

    def __init__(self, formatter: Type[ProcessFormatter], origin: str) -> None:
        self.formatter = formatter
        self.origin = origin

    def apply(self, tree: Tree, rules: Rules, facts: Facts = RECORDED) -> Tree:
        """The tree as the hooks want it, in order.  Raises ConfigError if one of them fails."""
        return arrange(self.filter_tree(tree, rules, facts).tree)

    def filter_tree(
        self,
        tree: Tree,
        rules: Rules,
        facts: Facts = RECORDED,
        known: Optional[Cache] = None,
    ) -> Filtered:
        """The tree as the hooks want it; siblings keep the order of ``tree``.  Raises ConfigError
        if one of them fails."""
        processes = _processes(tree)
        if known is not None:
            known.turn()
        try:
            formatter = self.formatter(processes[0])
            formatter.rules, formatter.judge = rules, Judge(rules, facts, tree, known)
            for process in processes:
                formatter.adjust(process)
            lines = tuple(self._lines(processes, formatter))
        except _ANYTHING as error:
            raise _failed(self.origin, error) from error
        # Hooks do not say why.
        less = dict.fromkeys(IGNORED_KINDS, 0)
        return Filtered(lines, {**less, DAEMON: len(tree) - len(lines)})

    def _lines(self, processes: List[Process], formatter: ProcessFormatter) -> Iterator[Line]:
        depths: Dict[Process, int] = {}
        for process in processes:
            above = -1 if process.parent is None else depths[process.parent]
            depths[process] = above
            if process.line.is_frame or formatter.include(process):
                depths[process] = above + 1
                yield self._line(process, formatter, above + 1)

    def _line(self, process: Process, formatter: ProcessFormatter, depth: int) -> Line:
        if process.line.is_frame:
            return process.line
        text = formatter.to_string(process, 0)
        parsed = parse_line(text)
        if parsed is None:
            raise ValueError(f"to_string() returned {text!r}, which is no process line")
        cmdline = formatter.rules.visible(parsed.cmdline)
        return Line(depth, cmdline, parsed.user, process.line.processes, formatter.mode(process))


def _processes(tree: Tree) -> List[Process]:
    found: List[Process] = []
    above: List[Process] = []
    for line in tree:
        del above[line.depth :]
        process = Process(line, above[-1] if above else None)
        above.append(process)
        found.append(process)
    return found


def hooks(sources: Mapping[Path, str]) -> Hooks:
    """The formatter class of psdiff.conf, or one made of all mixins of psdiff.d.

    Raises ConfigError if a file does not run or does not define its class.
    """
    mixins: List[type] = []
    for path, source in sources.items():
        names = _run(path, source)
        if path.name == "psdiff.conf":
            return Hooks(_formatter(path, names), str(path))
        if _MIXIN in names:  # a file may define no mixin on hosts that it does not concern
            mixins.insert(0, names[_MIXIN])
    bases = (*mixins, FilteredProcessFormatter)
    origin = str(next(iter(sources)).parent)
    try:
        return Hooks(type(_CLASS, bases, {}), origin)
    except TypeError as error:
        raise _failed(origin, error) from error


def _run(path: Path, source: str) -> Dict[str, Any]:
    names: Dict[str, Any] = {
        "__name__": path.stem,
        "__file__": str(path),
        "ProcessFormatter": ProcessFormatter,
        "FilteredProcessFormatter": FilteredProcessFormatter,
    }
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), names)
    except _ANYTHING as error:
        raise _failed(str(path), error) from error
    return names


def _formatter(path: Path, names: Mapping[str, Any]) -> Type[ProcessFormatter]:
    found = names.get(_CLASS)
    if not (isinstance(found, type) and issubclass(found, ProcessFormatter)):
        raise ConfigError(f"{path}: defines no class {_CLASS}(FilteredProcessFormatter)")
    return found


def _failed(origin: str, error: BaseException) -> ConfigError:
    if isinstance(error, ConfigError):
        return error
    where, trace = origin, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(origin):
            where = f"{trace.tb_frame.f_code.co_filename}: line {trace.tb_lineno}"
        trace = trace.tb_next
    return ConfigError(f"{where}: {type(error).__name__}: {error}")
