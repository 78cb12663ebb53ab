# --report: one self-contained page, complete or absent. tests/report checks its contents.
. "${0%/*}/common.sh"

write_xor
data="--x x.npy --y y.npy --layers 4 --epochs 3 --quiet"

# page FILE: checks that the page is complete and loads nothing.
page() {
    checks=$((checks + 1))
    [ "$(head -n 1 "$1")" = '<!DOCTYPE html>' ] &&
        [ "$(grep '[^ ]' "$1" | tail -n 1)" = '</html>' ] ||
        fail "$1 is not a complete page"
    grep -Eq '\{\{[a-z]*\}\}' "$1" && fail "$1 has an unreplaced placeholder"
    grep -Eiq "(src|href)=[\"']?https?:|@import|[^a-z]url\(" "$1" && fail "$1 loads something"
    [ "$(wc -c <"$1")" -lt 350000 ] || fail "$1 has $(wc -c <"$1") bytes"
}

# shows PATTERN: the data of run.html must match.
shows() {
    checks=$((checks + 1))
    sed -n 's/.*id="data">//p' run.html >"$work/out"
    grep -Eq -- "$1" "$work/out" || fail "no data like '$1'"
}

succeeds "$lanewise" train $data --report run.html
page run.html
shows '"command":"lanewise train --x x.npy .* --report run.html"'
shows '"requested":3,"run":3,"stopped":false'
shows '"confusion":\[[0-4],[0-4],[0-4],[0-4]\]'
[ "$(find . -name 'run.html?*')" = '' ] || fail 'a temporary file was left next to the report'

# The next run replaces the report; the saved network does not depend on it.
succeeds "$lanewise" train $data --save with.safetensors --report run.html
succeeds "$lanewise" train $data --save without.safetensors
cmp -s with.safetensors without.safetensors || fail 'a report changes the network'
shows '"save":"with.safetensors"'

# The report of a run that stops early has its epochs.
succeeds "$lanewise" train --x x.npy --y y.npy --test-x x.npy --test-y y.npy --layers 16 \
    --batch full --lr 0.02 --epochs 500 --until-accuracy 0.75 --quiet --report run.html
page run.html
shows '"requested":500,"run":[1-4]?[0-9]?[0-9],"stopped":true'

# File names are escaped; the command line is quoted for a shell.
cp x.npy "$(printf 'it'"'"'s </script>\377.npy' | tr / _)"
x=$(printf 'it'"'"'s <_script>\377.npy')
succeeds "$lanewise" train --x "$x" --y y.npy --epochs 1 --quiet --report run.html
page run.html
shows "'it'.+'s .u003c_script>"
[ "$(grep -c '<_script' run.html)" -eq 0 ] || fail 'a name is not escaped'

# Large rows: the number of pictures is limited.
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "p%d,", i; print "y"
             for (row = 0; row < 30; row++) {
                 for (i = 0; i < 40000; i++) printf "%d,", row * (i % 6 + 1) % 7
                 print row % 2 } }' >wide.csv
succeeds "$lanewise" train --csv wide.csv --target y --layers 1 --initializer zeros --epochs 1 \
    --quiet --report run.html
[ "$(wc -c <run.html)" -lt 1000000 ] || fail "a report of $(wc -c <run.html) bytes"
shows '"side":200,'

# A failed run keeps the report of an earlier run. Paths that cannot be written fail before
# training.
cp run.html kept.html
fails 1 'not finite' "$lanewise" train --x x.npy --y y.npy --layers 4 --epochs 50 --quiet \
    --optimizer sgd --loss sse --output linear --lr 1e30 --report run.html
cmp -s run.html kept.html || fail 'a failed run has changed the report'
# Without --quiet: no epoch is printed before the message.
mkdir directory
fails 1 'directory: ' "$lanewise" train --x x.npy --y y.npy --layers 4 --report directory
fails 1 'nowhere/run.html: ' "$lanewise" train --x x.npy --y y.npy --layers 4 \
    --report nowhere/run.html
fails 2 '--save and --report' "$lanewise" train $data --save same --report same
fails 2 '--log and --report' "$lanewise" train $data --log same --report same

finish
