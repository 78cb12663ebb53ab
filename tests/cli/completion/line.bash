# usage: bash line.bash SCRIPT WORD...
# The candidates for the last WORD of a command line, a line each, with the completion in SCRIPT
# loaded; the words are divided as bash divides them, at = and : too.
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
# The function that `complete` has bound to the command.
binding=$(complete -p "$1")
binding=${binding#*-F }
"${binding%% *}"
[ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
