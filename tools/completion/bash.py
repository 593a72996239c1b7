"""The completion script for bash.

In: the commands as records.  Out: a script with one function for ``complete -F``.
"""

from __future__ import annotations

from typing import Iterable, Iterator, List, Tuple

from tools.description import Argument, Described, Program

_SCRIPT = """\
# Completion for bash, written by '{name} completion bash'.
_psdiff_zbx() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
    local command='' place=0 words='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$command ${{COMP_WORDS[i]}}" in
            {with_value})
                [[ ${{COMP_WORDS[i + 1]}} = '=' ]] && ((i++))
                ((i++)) ;;
            *' -'*) ;;
            ' '*) command=${{COMP_WORDS[i]}} ;;
            *) ((place++)) ;;
        esac
    done
    # --option=value comes as three words.
    if [[ $current = '=' ]]; then
        current=''
    elif [[ $previous = '=' ]]; then
        previous=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    COMPREPLY=()
    case "$command $previous" in
        {files})
            compopt -o default  # readline completes files, however they are quoted
            return ;;
{choices}
        {with_value}) return ;;
        *)
            case "$command $place $current" in
{options}
{places}
            esac
            [[ $current = -* ]] && words+=' {general}' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -F _psdiff_zbx {name}
"""

_Placed = Tuple[str, Argument]


def script(program: Program) -> str:
    """The text of the script."""
    options = list(_options(program))
    return _SCRIPT.format(
        name=program.name,
        with_value=_either(row for row in options if row[1].wants_value),
        files=_either(row for row in options if row[1].is_file),
        choices="\n".join(_choices(options)),
        options="\n".join(_command_options(program)),
        places="\n".join(_places(program)),
        general=_flags(program.general),
    )


def _options(program: Program) -> Iterator[_Placed]:
    """Each option with its command, which is empty for the options of all commands."""
    for argument in program.general:
        yield "", argument
    for command in program.commands:
        for argument in command.arguments:
            if argument.flags:
                yield command.name, argument


def _either(options: Iterable[_Placed]) -> str:
    """A pattern of ``case`` for ``"$command $word"``."""
    return " | ".join(
        f"'{command} {flag}'" if command else f"*' {flag}'"
        for command, argument in options
        for flag in argument.flags
    )


def _choices(options: List[_Placed]) -> Iterator[str]:
    for row in options:
        if row[1].choices:
            yield f"        {_either([row])}) words='{' '.join(row[1].choices)}' ;;"


def _command_options(program: Program) -> Iterator[str]:
    for command in program.commands:
        flags = _flags(command.arguments)
        if flags:
            yield f"                '{command.name} '*' -'*) words='{flags}' ;;"


def _places(program: Program) -> Iterator[str]:
    """The choices for words that are not options."""
    names = " ".join(command.name for command in program.commands)
    yield f"                ' 0 '*) words='{names}' ;;"
    for command in program.commands:
        words = (argument for argument in command.arguments if not argument.flags)
        for place, argument in enumerate(words):
            where = f"{command.name} {place}"
            if argument.value.endswith("...]"):
                where = command.name
            if argument.choices:
                yield f"                '{where} '*) words='{' '.join(argument.choices)}' ;;"
            elif argument.is_daemon:
                yield f"                '{where} '*) words=$({_asked(command)}) ;;"


def _asked(command: Described) -> str:
    return f'"${{COMP_WORDS[0]}}" completion bash --words {command.name} 2>/dev/null'


def _flags(arguments: Iterable[Argument]) -> str:
    return " ".join(flag for argument in arguments for flag in argument.flags)
