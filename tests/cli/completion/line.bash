# usage: bash line.bash SCRIPT WORD...
# Prints the candidates for the last WORD of a command line with the completion in SCRIPT. The words
# are split as bash splits them, also at = and :.
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
# The function that `complete` registered for the command.
binding=$(complete -p "$1")
binding=${binding#*-F }
"${binding%% *}"
[ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
