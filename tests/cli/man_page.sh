# The man page describes exactly the commands, options and values of the command.
# usage: man_page.sh PROGRAMS MAN_PAGE
page=$(cd "${2%/*}" && pwd)/${2##*/}
. "${0%/*}/common.sh"

# Prints the items of a command in the man page, one per line: the arguments of ".It", a tab, the
# text.
items() {
    awk -v command="$1" '
        /^\.S[sh] / { inside = $0 == ".Ss " command; next }
        !inside { next }
        /^\.It / { printf "%s%s\t", seen++ ? "\n" : "", substr($0, 5); next }
        /^\.[BE]l/ { next }
        seen { printf " %s", $0 }
        END { if (seen) print "" }' "$page"
}

# The options of the help or of the items as sorted "name", "name value" or "name[=value]".
forms_in_help() {
    awk 'match($0, /^  --[a-z0-9-]+/) {
        name = substr($0, 5, RLENGTH - 4)
        rest = substr($0, RLENGTH + 1)
        if (name != "help")
            print name (rest ~ /^\[/ ? "[=value]" : rest ~ /^ [^ ]/ ? " value" : "")
    }' | sort
}
forms_in_items() {
    sed -e 's/	.*//' -e 's/^Fl -//' -e 's/ Ns Op = .*/[=value]/' -e 's/ .*/ value/' | sort
}

run "$lanewise" --help
sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$work/out" >"$work/commands"
awk '/^\.Sh / { inside = $2 == "COMMANDS" } inside && /^\.Ss / { print $2 }' "$page" >"$work/out"
cmp -s "$work/commands" "$work/out" || fail 'the man page has other commands or another order'

while read -r command; do
    "$lanewise" "$command" --help </dev/null | forms_in_help >"$work/options"
    items "$command" | forms_in_items >"$work/described"
    checks=$((checks + 1))
    diff "$work/options" "$work/described" >"$work/out" ||
        fail "$command: the help (<) and the man page (>) list other options"

    # Every named value is in the item of its option.
    while read -r option takes; do
        [ "$takes" = value ] || continue
        item=$(items "$command" | grep -- "^Fl -$option[ 	]" | tr ',	' '  ')
        case "$item" in *'As for'*) continue ;; esac
        for value in $("$lanewise" "$command" --complete "--$option" '' </dev/null |
            grep -v '^:'); do
            checks=$((checks + 1))
            case " $item " in
            *" $value "*) ;;
            *) fail "$command: --$option $value is not in the man page" ;;
            esac
        done
    done <"$work/options"
done <"$work/commands"

if command -v mandoc >/dev/null; then
    run mandoc -T lint -W style "$page"
    # Missing referenced pages depend on the machine.
    grep -v 'outdated mandoc.db' "$work/out" >"$work/lint"
    [ ! -s "$work/lint" ] || fail 'mandoc reports problems in the man page'
else
    echo 'skipped: mandoc is not installed'
fi
if command -v man >/dev/null && command -v groff >/dev/null; then
    LC_ALL=C.UTF-8 run man --warnings -l "$page"
    [ "$code" -eq 0 ] && [ ! -s "$work/err" ] || fail 'man reports problems in the man page'
    grep -q 'dense neural networks' "$work/out" || fail 'man shows another page'
else
    echo 'skipped: man is not installed'
fi

finish
