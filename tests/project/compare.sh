#!/bin/sh
# usage: compare.sh BIN_DIR
# Tests that bench_report compare reports known changes, and not noise.
. "$(dirname "$0")/../cli/common.sh"

# result KEY=VALUE ...: converts lines "NAME RATE [ROUNDS]" to the output of a benchmark program,
# with the words as context. Nine rounds are up to $spread times 3 % below the rate, one of them far
# below; $jitter, 0 to 8, selects the first.
result() {
    awk -v context="$*" -v jitter="$jitter" -v spread="$spread" '
        BEGIN {
            split("1 0.99 0.985 0.97 0.995 0.98 0.99 0.8 0.992", rounds, " ")
            fixed = "cpu_model=Some_CPU lanewise_isa=avx2 date=2020-02-29T12:00 compiler=GNU"
            n = split(fixed " lanewise=1 " context, words, " ")
            for (i = 1; i <= n; i++) { split(words[i], word, "="); values[word[1]] = word[2] }
            printf "[{\"context\": {"
            for (key in values) {
                printf "%s\"%s\": \"%s\"", separator, key, values[key]
                separator = ", "
            }
            printf "},\n\"benchmarks\": ["
            separator = ""
        }
        NF >= 2 {
            for (i = 0; i < (NF > 2 ? $3 : 9); i++) {
                printf "%s\n{\"name\": \"%s/real_time\", \"family_index\": %d, ", separator, $1, NR
                rate = $2 * (1 - spread * (1 - rounds[(i + jitter + NR) % 9 + 1]))
                printf "\"run_type\": \"iteration\", \"GFLOP/s\": %.6f}", rate
                separator = ","
            }
        }
        END { print "]}]" }'
}

# Rates of Lanewise on one and two threads, and of another library.
rates='peak/fma/avx2/1 100
peak/fma/avx2/2 200
mlp/one/NN/1x2x3/avx2/1 50
mlp/one/NN/1x2x3/avx2/2 90
mlp/two/TN/4x5x6/avx2/1 20
train/net/avx2/1 40
train/net/scalar/1 4 1'
library='mlp/one/NN/1x2x3/blas/1 30
mlp/two/TN/4x5x6/blas/1 31
mlp/three/NN/1x1x1/blas/1 32
mlp/four/NN/2x2x2/blas/1 33
mlp/five/NN/3x3x3/blas/1 34'

# counts SLOWER FASTER SAME UNKNOWN: requires these counts in the last comparison.
counts() {
    says "^- $1 slower, $2 faster, $3 unchanged, $4 with too few rounds\$"
}

jitter=0
spread=1
echo "$rates" | result >before.json
jitter=4
echo "$rates" | result >again.json

# Noise is not a change, nor is a machine that runs at 80 % during the second run.
succeeds "$bin/bench_report" compare before.json again.json
counts 0 0 4 0
grep -q '^## \(Slower\|Faster\)' "$work/out" && fail 'noise is reported as a change'
says '^\| mlp, 1 thread +\| +2 \| +[+-]0\.[0-9]% \|$'
echo "$rates" | awk '{ $2 *= 0.8; print }' | result >cold.json
succeeds "$bin/bench_report" compare before.json cold.json
counts 0 0 4 0
says '^\| mlp one NN 1x2x3 +\| avx2 \| +1 \| GFLOP/s \| +49\.[0-9] \| +39\.[0-9] \|'
# The same rates on a machine with a higher peak are a smaller fraction of it.
echo "$rates" | awk '/peak/ { $2 *= 1.25 } { print }' | result >fast.json
run "$bin/bench_report" compare before.json fast.json
[ "$code" -eq 1 ] || fail "exit code $code for smaller fractions of the peak"
counts 4 0 0 0
# All rounds except the best are slow: another process was running.
awk -F'"GFLOP/s": ' '
    /two.TN.4x5x6.avx2/ && $2 + 0 < 20 { printf "%s\"GFLOP/s\": %.6f},\n", $1, 0.9 * $2; next }
    { print }' again.json >burst.json
succeeds "$bin/bench_report" compare before.json burst.json
counts 0 0 4 0
says '^\| mlp two TN 4x5x6 .* -10\.[0-9]% \| +[+-]0\.0% '
# The threshold is 3 % for rounds without noise, otherwise three standard errors of four medians,
# here 3 x 2 x 1.2533 x 1.4826 x 0.015 / (sqrt(9) x 0.97) = 0.0575.
spread=0
echo "$rates" | result >steady.json
echo "$rates" | awk '!/peak/ { $2 *= 0.98 } { print }' | result >steady98.json
succeeds "$bin/bench_report" compare steady.json steady98.json
counts 0 0 4 0
says '^\| mlp two TN 4x5x6 .* -2\.0% \| +-2\.0% \| +3\.0% \|$'
spread=3
echo "$rates" | result >noisy.json
succeeds "$bin/bench_report" compare noisy.json noisy.json
says '^\| mlp two TN 4x5x6 .* [+]0\.0% \| +[+]0\.0% \| +5\.7% \|$'
spread=1

# A slowdown of 10 % is reported, nothing else; in the other order it is a speedup.
echo "$rates" | awk '/two/ { $2 *= 0.9 } { print }' | result >slow.json
run "$bin/bench_report" compare before.json slow.json compare.html
[ "$code" -eq 1 ] || fail "exit code $code for a slowdown"
counts 1 0 3 0
sed -n '/^## Slower/,/^## Groups/p' "$work/out" >slower
[ "$(grep -c 'avx2' slower)" -eq 1 ] || fail 'not exactly one slower benchmark'
says '^\| mlp two TN 4x5x6 \| avx2 \| +1 \| GFLOP/s \| +19\.[0-9] \| +17\.[0-9] \|'
says '^\| mlp two TN 4x5x6 .* -(9|10)\.[0-9]% \|'
grep -q '"verdict":"slower"' compare.html || fail 'the page does not show the slowdown'
succeeds "$bin/bench_report" compare slow.json before.json
counts 0 1 3 0
says '^\| mlp two TN 4x5x6 .* \+1[0-3]\.[0-9]% '

# Slower on two threads only.
echo "$rates" | awk '/avx2.2/ && !/peak/ { $2 *= 0.85 } { print }' | result >two.json
run "$bin/bench_report" compare before.json two.json
[ "$code" -eq 1 ] || fail "exit code $code for a slowdown on two threads"
counts 1 0 3 0
says '^\| mlp one NN 1x2x3 \| avx2 \| +2 '

# If a library of the same version is slower by the same ratio, the machine has changed. Another
# version of the library shows nothing.
printf '%s\n' "$rates" "$library" | result peer_blas=1 >with.json
printf '%s\n' "$rates" "$library" | awk '/two.*avx2|blas/ { $2 *= 0.9 } { print }' |
    tee lost | result peer_blas=1 >drifted.json
succeeds "$bin/bench_report" compare with.json drifted.json
counts 0 0 4 0
says '^- other libraries on 1 thread: changes of 1[5-9]\.[0-9] %$'
result peer_blas=2 <lost >newer.json
run "$bin/bench_report" compare with.json newer.json
[ "$code" -eq 1 ] || fail "exit code $code for another version of the library"
counts 1 0 3 0

# Too few rounds, benchmarks in one file only, another machine, another instruction set.
echo "$rates" | awk '{ print $1, $1 ~ /two/ ? $2 / 2 : $2, 4 }' | result >quick.json
succeeds "$bin/bench_report" compare before.json quick.json
counts 0 0 0 4
echo "$rates" | sed 's/two/new/' | result cpu_model=Other_CPU >other.json
succeeds "$bin/bench_report" compare before.json other.json
says '^- \*\*different\*\* processor: Some_CPU before, Other_CPU after$'
says '^- mlp two TN 4x5x6, avx2 on 1 thread$'
says '^- mlp new TN 4x5x6, avx2 on 1 thread$'
echo "$rates" | sed 's/avx2/avx512/' | result lanewise_isa=avx512 >set.json
succeeds "$bin/bench_report" compare before.json set.json
says '^- \*\*different\*\* instruction set: avx2 before, avx512 after$'
counts 0 0 0 0

# Errors name the file.
echo "$rates" | grep -v peak | result >nopeak.json
fails 2 'nopeak.json: the peak was not measured' "$bin/bench_report" compare before.json nopeak.json
fails 2 'absent.json' "$bin/bench_report" compare absent.json before.json
fails 2 'usage: ' "$bin/bench_report" compare before.json
fails 2 'usage: ' "$bin/bench_report"
# The page is written completely or not at all; the tables have been printed before.
mkdir folder
run "$bin/bench_report" compare before.json again.json folder
[ "$code" -eq 2 ] || fail "exit code $code for a page that cannot be written"
grep -q '^bench_report: folder: cannot write' "$work/err" || fail 'no message about the page'
[ ! -e folder.new ] || fail 'a temporary file was left'
finish
