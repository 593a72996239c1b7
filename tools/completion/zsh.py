"""The completion script for zsh.

In: the commands as records.  Out: a function for ``$fpath``, which ``source`` can read, too.
"""

from __future__ import annotations

from shlex import quote
from typing import Iterable, Iterator

from tools.description import Argument, Described, Program

_SCRIPT = """\
#compdef {name}
# Completion for zsh, written by '{name} completion zsh'.
_{name}() {{
    local curcontext=$curcontext state state_descr line
    local -A opt_args
    local -a general commands
    general=(
{general}
    )
    commands=(
{commands}
    )
    _arguments -C $general ': :->command' '*:: :->arguments' && return
    case $state in
        command) _describe -t commands command commands ;;
        arguments)
            case $words[1] in
{cases}
            esac ;;
    esac
}}
_{name}_words() {{
    local -a found
    found=(${{(f)"$(_call_program words {name} completion zsh --words $1 2>/dev/null)"}})
    compadd -a found
}}
if [[ $funcstack[1] = _{name} ]]; then
    _{name} "$@"
else
    compdef _{name} {name}
fi
"""


def script(program: Program) -> str:
    """The text of the script."""
    rows = (f"{command.name}:{_escape(command.summary, ':')}" for command in program.commands)
    return _SCRIPT.format(
        name=program.name,
        general=_lines(map(_argument, program.general), 8),
        commands=_lines(map(quote, rows), 8),
        cases=_lines(map(_case, program.commands), 16),
    )


def _lines(texts: Iterable[str], indent: int) -> str:
    return "\n".join(" " * indent + text for text in texts)


def _case(command: Described) -> str:
    described = (_argument(argument, command.name) for argument in command.arguments)
    arguments = " ".join(["$general", *described])
    return f"{command.name}) _arguments {arguments} ;;"


def _argument(argument: Argument, command: str = "") -> str:
    """As ``_arguments`` wants it: ``'(-v --verbose)'{-v,--verbose}'[show what changes]'``."""
    if not argument.flags:
        many = "*" if argument.value.endswith("...]") else ""
        asked = f"{argument.title}: _psdiff-zbx_words {command}"  # the blank keeps it as it is
        return quote(f"{many}:{asked if argument.is_daemon else _value(argument)}")
    after = "".join(_after(argument))
    if len(argument.flags) == 1:
        return quote(argument.flags[0] + after)
    return f"'({' '.join(argument.flags)})'{{{','.join(argument.flags)}}}{quote(after)}"


def _after(argument: Argument) -> Iterator[str]:
    if argument.value and argument.flags[-1].startswith("--"):
        yield "="  # or in the next word
    yield f"[{_escape(argument.help, '[]')}]"
    if argument.value:
        yield f":{_value(argument)}" if argument.wants_value else f"::{_value(argument)}"


def _value(argument: Argument) -> str:
    """``MESSAGE:ACTION``.  With a blank as its action, zsh shows the message and completes
    nothing."""
    if argument.choices:
        return f"{_escape(argument.help, ':')}:({' '.join(argument.choices)})"
    name = argument.value.split()[0].strip("[]")
    return f"{name}:{'_files' if argument.is_file else ' '}"


def _escape(text: str, special: str) -> str:
    return "".join(f"\\{char}" if char in f"\\{special}" else char for char in text)
