#compdef psdiff-zbx
# Completion for zsh, written by 'psdiff-zbx completion zsh'.
_psdiff-zbx() {
    local curcontext=$curcontext state state_descr line
    local -A opt_args
    local -a general commands
    general=(
        '--config=[instead of /etc/psdiff-zbx/config.toml]:FILE:_files'
        '--baseline=[instead of /var/lib/psdiff-zbx/baseline; of several the first is written, all add up]:FILE:_files'
        '--snapshot=[recorded processes, instead of the host'"'"'s; - is stdin]:FILE:_files'
        '--min-age=[a younger process is not yet extra]:SECONDS: '
        '(-h --help)'{-h,--help}'[show this, or the command'"'"'s help]'
        '--version[show the version (without a command)]'
    )
    commands=(
        'show:show what is missing (-) and what is extra (+); the default'
        'show-missing:same as show --missing'
        'show-extra:same as show --extra'
        'explain:tell which rules touch a process, and what becomes of it'
        'start:start the units of daemons that are missing'
        'dump:print what runs now, as a baseline would hold it'
        'snapshot:record the processes, before any rule, as JSON lines'
        'write:make what runs now the baseline'
        'accept:accept single changes\: what is extra, what is missing'
        'manual:add one daemon to the baseline, or remove one'
        'learn:watch the host, and propose rules for what varies'
        'log:show who accepted what, and when'
        'undo:go back by one step of the log'
        'pause:say that work is planned\: Zabbix keeps quiet until it is over'
        'setup:configure the Zabbix agent, and write the first baseline'
        'doctor:check the setup, tell what is wrong and what to do about it'
        'userparameters:print the UserParameter file for the Zabbix agents'
        'remote:do what the frontend'"'"'s actions ask of this host'
        'template:print the template to import into Zabbix, as XML'
        'push:import the template into Zabbix, through its API'
        'fleet:show what differs, on all hosts that have the template'
        'get:print everything, as one JSON document (psdiff.get)'
        'discover:print the expected daemons, as LLD JSON (psdiff.discovery)'
        'count:print how many processes of one daemon run (psdiff.count[ID])'
        'missing:print the missing lines (psdiff.missing)'
        'extra:print the extra lines (psdiff.extra)'
        'version:print the program'"'"'s version (psdiff.version)'
        'man:show this program'"'"'s manual page'
        'completion:print the completion script for a shell'
    )
    _arguments -C $general ': :->command' '*:: :->arguments' && return
    case $state in
        command) _describe -t commands command commands ;;
        arguments)
            case $words[1] in
                show) _arguments $general '--missing[only what is missing]' '--extra[only what is extra]' '--words[words instead of signs; in every command, if the environment has PSDIFF_ZBX_WORDS=1]' '--retry=[look again, for up to SECONDS (2), while anything differs]::SECONDS: ' ;;
                show-missing) _arguments $general '--words[words instead of signs; in every command, if the environment has PSDIFF_ZBX_WORDS=1]' '--retry=[look again, for up to SECONDS (2), while anything differs]::SECONDS: ' ;;
                show-extra) _arguments $general '--words[words instead of signs; in every command, if the environment has PSDIFF_ZBX_WORDS=1]' '--retry=[look again, for up to SECONDS (2), while anything differs]::SECONDS: ' ;;
                explain) _arguments $general '--user=[of CMDLINE (root)]:USER: ' '--cmdline=[one that need not run, in quotes]:CMDLINE: ' '--all[all processes, as a table]' ':PID: _psdiff-zbx_words explain' ;;
                start) _arguments $general '*:ID|PATTERN: _psdiff-zbx_words start' '--missing[all that is missing]' '--dry-run[say it, and start nothing]' ;;
                dump) _arguments $general ;;
                snapshot) _arguments $general ;;
                write) _arguments $general '--dry-run[say it, and change nothing]' '(-v --verbose)'{-v,--verbose}'[show what changes]' '--all[also what has only just started]' ;;
                accept) _arguments $general '--dry-run[say it, and change nothing]' '*:ID|PATTERN: _psdiff-zbx_words accept' '--missing[all that is missing]' '--extra[all that is extra, however young]' '--units[nothing, but note the units of all daemons that run, for '"'"'start'"'"']' ;;
                manual) _arguments $general '--dry-run[say it, and change nothing]' ':one line of the baseline:(add remove)' ':USER: ' ':CMDLINE: ' ;;
                learn) _arguments $general '--for=[how long to watch: 90, 15m, 2h, 1d (1h)]:DURATION: ' '--every=[between two samples (10)]:SECONDS: ' '--write[take all rules, without asking]' '--dry-run[say it, and change nothing]' ;;
                log) _arguments $general '-n[only the last NUMBER steps]:NUMBER: ' ;;
                undo) _arguments $general '--dry-run[say it, and change nothing]' ;;
                pause) _arguments $general '--dry-run[say it, and change nothing]' '--end[end it now; with --why, only that one]' '--why=[shown wherever the pause is]:TEXT: ' ':DURATION: ' ;;
                setup) _arguments $general '--agent=[which one, if both are installed]:which one, if both are installed:(agentd agent2 plugin)' '--remote-accept[let whoever may click '"'"'accept'"'"' in the frontend change the baseline (see the README)]' '--remote-start[let whoever may click '"'"'start'"'"' in the frontend start the units of missing daemons]' '--yes[plugin: let systemd start the agent again however it ends, without a question]' '--remove[undo all that setup did]' '--dry-run[say it, and change nothing]' ;;
                doctor) _arguments $general '--agent=[which one, if both are installed]:which one, if both are installed:(agentd agent2 plugin)' '--json[print JSON, for programs]' ;;
                userparameters) _arguments $general ;;
                remote) _arguments $general ':REQUEST: ' ;;
                template) _arguments $general '--zabbix=[version of the file: 6.0 for servers before 7.0, 7.0 for all later ones (7.0)]:version of the file\: 6.0 for servers before 7.0, 7.0 for all later ones (7.0):(6.0 7.0)' '--active[the one for active checks]' ;;
                push) _arguments $general '--url=[of the frontend: https://zabbix.example]:URL: ' '--token-file=[holds an API token]:FILE:_files' '--user=[whose password is asked for (or on stdin)]:NAME: ' '--dry-run[say it, and change nothing]' '--active[the one for active checks]' '--link=[link it to these hosts]:HOST: ' '--with-actions[add '"'"'psdiff: show differences'"'"', '"'"'accept as expected'"'"' and '"'"'start what is missing'"'"' to the hosts'"'"' menu]' '--dashboard[add the dashboard of all hosts, '"'"'psdiff: fleet'"'"']' '--overwrite[the same, even if somebody has edited it]' ;;
                fleet) _arguments $general '--url=[of the frontend: https://zabbix.example]:URL: ' '--token-file=[holds an API token]:FILE:_files' '--user=[whose password is asked for (or on stdin)]:NAME: ' '--json[print JSON, for programs]' ;;
                get) _arguments $general ;;
                discover) _arguments $general ;;
                count) _arguments $general ':ID: _psdiff-zbx_words count' ;;
                missing) _arguments $general ;;
                extra) _arguments $general ;;
                version) _arguments $general ;;
                man) _arguments $general ;;
                completion) _arguments $general ':the one that is to complete:(bash zsh fish)' ;;
            esac ;;
    esac
}
_psdiff-zbx_words() {
    local -a found
    found=(${(f)"$(_call_program words psdiff-zbx completion zsh --words $1 2>/dev/null)"})
    compadd -a found
}
if [[ $funcstack[1] = _psdiff-zbx ]]; then
    _psdiff-zbx "$@"
else
    compdef _psdiff-zbx psdiff-zbx
fi
