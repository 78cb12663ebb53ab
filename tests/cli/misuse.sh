# Every option of the help with invalid values: exit code 1 or 2, nothing on stdout, a short message
# of one line without control characters, and no file created or changed.
. "${0%/*}/common.sh"

write_xor
succeeds "$lanewise" train --x x.npy --y y.npy --layers 4 --epochs 1 --quiet \
    --save model.safetensors
long=$(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "7" }')
list=$(awk 'BEGIN { for (i = 0; i < 70; i++) printf "9,"; print 9 }')
control=$(printf 'a\033[2J\tb\nc\177')
not_utf8=$(printf '\377\233A')
# Text with a numeric prefix, and numbers out of range.
reals='-1
 1
1x
0x10
1e
1e400
nan
inf
-9223372036854775809
1.5.5
1,2x'
whole="$reals
+1
1.0
99999999999999999999
18446744073709551616"

# harmless COMMAND...: checks the failure of a command.
harmless() {
    run "$@"
    case $code in
    1 | 2) ;;
    *) fail "exit code $code: $*" ;;
    esac
    [ ! -s "$work/out" ] || fail "output of a run that failed: $*"
    # One line, and after a usage error a second one about --help.
    [ "$(wc -l <"$work/err")" -eq "$code" ] || fail "lines of a message: $*"
    [ "$(wc -c <"$work/err")" -lt 650 ] || fail "a long message: $*"
    ! tr -d '\n' <"$work/err" | grep -q '[[:cntrl:]]' || fail "control characters: $*"
    iconv -f UTF-8 -t UTF-8 "$work/err" >"$work/utf8" || fail "no UTF-8: $*"
}

# Valid arguments, so that the option under test is the first error.
arguments_of() {
    case $1 in
    train) echo '--x x.npy --y absent.npy' ;;
    evaluate) echo '--model absent --x x.npy --y y.npy' ;;
    predict) echo '--model absent --x x.npy --out absent/out.npy' ;;
    import) echo '--weights absent --output linear --save absent/new' ;;
    export) echo '--model absent --out absent/new.c' ;;
    *) echo ;;
    esac
}

snapshot >"$work/before"
options=0
for command in train evaluate predict import export info; do
    run "$lanewise" "$command" --help
    sed -n 's/^  --\([a-z-]*\) \{0,1\}\([^ ]*\).*/\1 \2/p' "$work/out" >"$work/options"
    arguments=$(arguments_of "$command")
    while read -r option argument; do
        options=$((options + 1))
        [ "$option" != help ] || continue
        values=$whole
        # shellcheck disable=SC2086 # lists of words
        case $argument in
        X | FRACTION | N | N\[* | N\|full)
            case $argument in
            X | FRACTION) values=$reals ;;
            esac
            echo "$values" >"$work/values"
            while IFS= read -r value; do
                harmless "$lanewise" "$command" $arguments "--$option" "$value"
                [ "$code" -eq 2 ] || fail "exit code $code for --$option $value"
                grep -q -e "--$option: " "$work/err" || fail "--$option $value is not named"
            done <"$work/values"
            ;;
        NAME)
            # An enumerator or a column.
            harmless "$lanewise" "$command" $arguments "--$option" 'no such name'
            ;;
        '' | \[*)
            harmless "$lanewise" "$command" $arguments "--$option=%s%n"
            continue
            ;;
        esac
        harmless "$lanewise" "$command" $arguments "--$option"
        [ "$code" -eq 2 ] || fail "exit code $code for --$option without a value"
        for value in '' '%s%n%d' "$long" "$list" "$control" "$not_utf8" ',' '--' /dev/full; do
            # shellcheck disable=SC2086 # a list of words
            harmless "$lanewise" "$command" $arguments "--$option" "$value"
        done
    done <"$work/options"
    for word in "$control" "$long" "$not_utf8" -- - "--$control" "--$long" "-$not_utf8" \
        '--%s%n=%s%n'; do
        # shellcheck disable=SC2086 # a list of words
        [ "$command,$word" = info,-- ] || harmless "$lanewise" "$command" $arguments "$word"
    done
done
[ "$options" -gt 60 ] || fail "only $options options in the help"
for word in "$control" "$long" "$not_utf8" '' '%s%n'; do
    harmless "$lanewise" "$word"
done

# Networks and batches that exceed memory or overflow; too many threads.
for layers in 18446744073709551614 9223372036854775807,2 4611686018427387904 \
    1000000000,1000000000; do
    harmless "$lanewise" train --x x.npy --y y.npy --epochs 1 --layers "$layers"
    [ "$code" -eq 1 ] || fail "exit code $code for --layers $layers"
done
succeeds "$lanewise" train --x x.npy --y y.npy --epochs 1 --layers 300 --threads 100000 --quiet
succeeds "$lanewise" train --x x.npy --y y.npy --epochs 1 --layers 4 --batch 18446744073709551614 \
    --quiet

# Thousands of options, of which the last is used; lists beyond their capacity.
set --
i=0
while [ "$i" -lt 3000 ]; do
    set -- "$@" --lr 0.5 --one-hot "a$i"
    i=$((i + 1))
done
harmless "$lanewise" train --csv absent --target y "$@"
[ "$code" -eq 2 ] || fail "exit code $code for 3000 columns"
set --
i=0
while [ "$i" -lt 3000 ]; do
    set -- "$@" --epochs 1 --quiet --layers 4
    i=$((i + 1))
done
succeeds "$lanewise" train --x x.npy --y y.npy "$@"

# Column names from files.
printf '\033[31mred,b,y\n1,x,0\n3,4,1\n' >names.csv
harmless "$lanewise" train --csv names.csv --target y --numeric b
succeeds "$lanewise" train --csv names.csv --target y --epochs 1
says '^  [?].31mred +number'
printf '\033[31mred,\033[31mred,y\n1,2,0\n' >twice.csv
harmless "$lanewise" train --csv twice.csv --target y
rm names.csv twice.csv

snapshot >"$work/after"
cmp -s "$work/before" "$work/after" || fail 'files have changed'
finish
