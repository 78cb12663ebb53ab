# Completion offers the options of the help, in bash, and in zsh and fish if installed.
# usage: completion.sh PROGRAMS COMPLETION_SCRIPTS
here=$(cd "${0%/*}" && pwd)
scripts=$(cd "$2" && pwd)
. "$here/common.sh"
PATH=$bin:$PATH
mkdir some_directory
: >some_file.csv

# offers CANDIDATES WORD...: in bash, the words complete to these, separated by blanks.
offers() {
    expected=$1
    shift
    run bash "$here/completion/line.bash" "$scripts/lanewise.bash" "$@"
    [ ! -s "$work/err" ] || fail "unexpected messages: $*"
    candidates=$(sort "$work/out" | tr '\n' ' ')
    [ "$candidates" = "${expected:+$expected }" ] ||
        fail "candidates '$candidates', expected '$expected': $*"
}

offers 'evaluate' lanewise ev
offers '--help --version' lanewise -
offers '' lanewise nothing ''
offers '--log --loss' lanewise train --lo
offers '' lanewise train word
offers '--seed --separator' lanewise train --quiet --se

# All commands, and all options of each.
commands=$("$lanewise" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | sort | tr '\n' ' ')
offers "${commands% }" lanewise ''
for command in $commands; do
    options=$("$lanewise" "$command" --help | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' | sort |
        tr '\n' ' ')
    offers "${options% }" lanewise "$command" ''
    offers "${options% }" lanewise "$command" --
done

# Values: names, literals of the help, files, directories.
offers 'gelu leaky_relu linear relu sigmoid silu tanh' lanewise train --activation ''
offers 'sigmoid silu softmax' lanewise train --output s
offers 'binary-cross-entropy cross-entropy half-mse mse sse' lanewise evaluate --loss ''
offers 'full' lanewise train --batch ''
offers '' lanewise train --threads ''
offers '' lanewise train --csv data.csv --lr ''
offers 'fashion-mnist' lanewise train --data f
offers 'some_directory some_file.csv' lanewise train --csv some
offers 'some_file.csv' lanewise predict --model m --out some_fi
offers 'some_directory' lanewise train --data fashion-mnist : some
# --option=value, which bash splits at the =.
offers 'mse' lanewise train --loss = m
offers 'cosine' lanewise train --quiet --schedule = cos
offers 'some_directory some_file.csv' lanewise train --csv = some
offers 'some_directory some_file.csv' lanewise train --csv =
offers 'some_directory' lanewise train --data fashion-mnist :
offers 'some_directory' lanewise train --data = fashion-mnist : some
# An unavailable instruction set does not affect completion.
LANEWISE_ISA=nonsense
export LANEWISE_ISA
offers 'mse' lanewise train --loss m
unset LANEWISE_ISA

# becomes SHELL EXPECTED: compares the output of the last run line by line.
becomes() {
    printf '%s\n' "$2" >"$work/expected"
    sed 's/ *$//' "$work/out" | cmp -s - "$work/expected" || {
        fail "$1 completes these lines differently"
        sed 's/^/    expected: /' "$work/expected"
    }
}

# An interactive zsh needs a pseudoterminal, which a minimal root may not have.
if ! command -v zsh >/dev/null; then
    echo 'skipped: zsh is not installed'
elif ! zsh -fc 'zmodload zsh/zpty && zpty shell true' 2>/dev/null; then
    echo 'skipped: zsh has no pseudoterminal'
else
    run zsh -f "$here/completion/line.zsh" "$scripts" 'lanewise ev' 'lanewise train --weight-d' \
        'lanewise train --loss m' 'lanewise train --loss=m' 'lanewise train --csv some_fi' \
        'lanewise train --csv=some_fi' 'lanewise train --data fashion-mnist:some' \
        'lanewise train --threads '
    becomes zsh 'lanewise evaluate
lanewise train --weight-decay
lanewise train --loss mse
lanewise train --loss=mse
lanewise train --csv some_file.csv
lanewise train --csv=some_file.csv
lanewise train --data fashion-mnist:some_directory/
lanewise train --threads'
fi

if command -v fish >/dev/null; then
    HOME=$work run fish --no-config -c "source '$scripts/lanewise.fish'
        for line in 'lanewise ev' 'lanewise train --weight-d' 'lanewise train --loss m' \
            'lanewise train --loss=m' 'lanewise train --csv some_fi' \
            'lanewise train --csv=some_fi' 'lanewise train --data fashion-mnist:some' \
            'lanewise train --threads '
            complete -C \$line | string replace -r '\t.*' ''
        end"
    becomes fish 'evaluate
--weight-decay
mse
--loss=mse
some_file.csv
--csv=some_file.csv
fashion-mnist:some_directory/'
else
    echo 'skipped: fish is not installed'
fi

finish
