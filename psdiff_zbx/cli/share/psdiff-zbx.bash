# Completion for bash, written by 'psdiff-zbx completion bash'.
_psdiff_zbx() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' place=0 words='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$command ${COMP_WORDS[i]}" in
            *' --config' | *' --baseline' | *' --snapshot' | *' --min-age' | 'explain --user' | 'explain --cmdline' | 'learn --for' | 'learn --every' | 'log -n' | 'pause --why' | 'setup --agent' | 'doctor --agent' | 'template --zabbix' | 'push --url' | 'push --token-file' | 'push --user' | 'push --link' | 'fleet --url' | 'fleet --token-file' | 'fleet --user')
                [[ ${COMP_WORDS[i + 1]} = '=' ]] && ((i++))
                ((i++)) ;;
            *' -'*) ;;
            ' '*) command=${COMP_WORDS[i]} ;;
            *) ((place++)) ;;
        esac
    done
    # --option=value comes as three words.
    if [[ $current = '=' ]]; then
        current=''
    elif [[ $previous = '=' ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    case "$command $previous" in
        *' --config' | *' --baseline' | *' --snapshot' | 'push --token-file' | 'fleet --token-file')
            compopt -o default  # readline completes files, however they are quoted
            return ;;
        'setup --agent') words='agentd agent2 plugin' ;;
        'doctor --agent') words='agentd agent2 plugin' ;;
        'template --zabbix') words='6.0 7.0' ;;
        *' --config' | *' --baseline' | *' --snapshot' | *' --min-age' | 'explain --user' | 'explain --cmdline' | 'learn --for' | 'learn --every' | 'log -n' | 'pause --why' | 'setup --agent' | 'doctor --agent' | 'template --zabbix' | 'push --url' | 'push --token-file' | 'push --user' | 'push --link' | 'fleet --url' | 'fleet --token-file' | 'fleet --user') return ;;
        *)
            case "$command $place $current" in
                'show '*' -'*) words='--missing --extra --words --retry' ;;
                'show-missing '*' -'*) words='--words --retry' ;;
                'show-extra '*' -'*) words='--words --retry' ;;
                'explain '*' -'*) words='--user --cmdline --all' ;;
                'start '*' -'*) words='--missing --dry-run' ;;
                'write '*' -'*) words='--dry-run -v --verbose --all' ;;
                'accept '*' -'*) words='--dry-run --missing --extra --units' ;;
                'manual '*' -'*) words='--dry-run' ;;
                'learn '*' -'*) words='--for --every --write --dry-run' ;;
                'log '*' -'*) words='-n' ;;
                'undo '*' -'*) words='--dry-run' ;;
                'pause '*' -'*) words='--dry-run --end --why' ;;
                'setup '*' -'*) words='--agent --remote-accept --remote-start --yes --remove --dry-run' ;;
                'doctor '*' -'*) words='--agent --json' ;;
                'template '*' -'*) words='--zabbix --active' ;;
                'push '*' -'*) words='--url --token-file --user --dry-run --active --link --with-actions --dashboard --overwrite' ;;
                'fleet '*' -'*) words='--url --token-file --user --json' ;;
                ' 0 '*) words='show show-missing show-extra explain start dump snapshot write accept manual learn log undo pause setup doctor userparameters remote template push fleet get discover count missing extra version man completion' ;;
                'explain 0 '*) words=$("${COMP_WORDS[0]}" completion bash --words explain 2>/dev/null) ;;
                'start '*) words=$("${COMP_WORDS[0]}" completion bash --words start 2>/dev/null) ;;
                'accept '*) words=$("${COMP_WORDS[0]}" completion bash --words accept 2>/dev/null) ;;
                'manual 0 '*) words='add remove' ;;
                'count 0 '*) words=$("${COMP_WORDS[0]}" completion bash --words count 2>/dev/null) ;;
                'completion 0 '*) words='bash zsh fish' ;;
            esac
            [[ $current = -* ]] && words+=' --config --baseline --snapshot --min-age -h --help --version' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _psdiff_zbx psdiff-zbx
