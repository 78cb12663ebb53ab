# Completion of lanewise for bash. The installed command computes the candidates.

_lanewise() {
    local current=${COMP_WORDS[COMP_CWORD]} words=() i line
    # The words up to the cursor. bash splits words at = and :, as in --option=value and
    # fashion-mnist:DIR, the command does not.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        line=${COMP_WORDS[i]}
        if [[ $line == = && ${#words[@]} -gt 0 ]]; then
            [[ $i -lt $COMP_CWORD ]] || words+=("")
        elif [[ ${#words[@]} -gt 0 && ($line == : || ${COMP_WORDS[i - 1]} == :) ]]; then
            words[-1]+=$line
        else
            words+=("$line")
        fi
    done
    [[ $current != [=:] ]] || current=

    local query=(--complete "${words[@]}")
    [[ ${#words[@]} -le 1 ]] || query=("${words[0]}" --complete "${words[@]:1}")
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        :file)
            compopt -o filenames 2>/dev/null
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
            ;;
        :directory)
            compopt -o filenames 2>/dev/null
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$current")
            ;;
        *)
            COMPREPLY+=("${line%%$'\t'*}")
            ;;
        esac
    done < <("${COMP_WORDS[0]/#\~/$HOME}" "${query[@]}" 2>/dev/null)
}

complete -F _lanewise lanewise
