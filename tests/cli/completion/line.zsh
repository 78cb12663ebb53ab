# usage: zsh -f line.zsh FUNCTIONS LINE...
# Types each LINE and a tab into an interactive zsh with completion functions from FUNCTIONS, and
# prints the completed line.
zmodload zsh/zpty
result=$(mktemp)
directory=$1
shift
zpty -b shell zsh -f -i
zpty -w shell "PS1=; fpath=($directory \$fpath); autoload -Uz compinit; compinit -D -u"
zpty -w shell "report() { print -r -- \"\$BUFFER\" >$result; BUFFER=; zle send-break }"
zpty -w shell "zle -N report; bindkey '^I' complete-word; bindkey '^X' report; print READ''Y"
zpty -r -m shell output '*READY*'
for line; do
    rm -f "$result"
    zpty -w -n shell "$line"$'\t'$'\x18'
    for ((wait = 0; wait < 100; wait++)); do
        [[ -s $result ]] && break
        zpty -r -t shell output
        sleep 0.05
    done
    cat "$result" || print -r -- "no completion of $line"
done
zpty -d shell
rm -f "$result"
