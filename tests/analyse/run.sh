#!/bin/sh
# usage: run.sh BUILD_DIR [gcc] [tidy] [cppcheck]
# What static analysers say of the libraries, the command and the examples, as BUILD_DIR (configured with the preset
# analyse) compiles them: exit code 1 if one of them says anything. Exceptions, each with its reason, stand in
# gcc.txt, cppcheck.txt and .clang-tidy, or as NOLINT in the line that they are for.
set -eu
build=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- gcc tidy cppcheck
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
jobs=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# Pages that are built into the command are data, of which a compiler sees nothing but bytes.
commands() {
    sed -n 's/^  "command": "\(.*\)",*$/\1/p' "$build/compile_commands.json" | sed 's/\\\\/\\/g; s/\\"/"/g' |
        grep -v " $build/pages/"
}

sources() {
    commands | sed 's/.* -c //'
}

run_gcc() {
    commands | while read -r command; do
        options=$(awk -v file="${command##* -c }" '!/^#/ && index(file, "/" $1) { print $2 }' "$here/gcc.txt")
        echo "$command" | sed "s# -o .* -c # -include $here/model.h -I kernels/include -Wno-unused-value -fanalyzer \
            $(echo $options) -o /dev/null -c #"
    done >"$work/gcc"
    tr '\n' '\0' <"$work/gcc" | xargs -0 -P "$jobs" -n 1 sh -c
}

run_tidy() {
    sources | sort -u | xargs -P "$jobs" -n 4 clang-tidy-14 -p "$build" --quiet --extra-arg=-include --extra-arg="$here/model.h" \
        --extra-arg=-Wno-unused-value 2>"$work/tidy" || {
        cat "$work/tidy"
        return 1
    }
}

run_cppcheck() {
    cppcheck --project="$build/compile_commands.json" -j "$jobs" -q --template=gcc --error-exitcode=1 --std=c11 \
        --enable=warning,performance,portability --inconclusive --inline-suppr \
        --suppressions-list="$here/cppcheck.txt" -i "$build"
}

for analyser; do
    begin=$(date +%s)
    if "run_$analyser"; then
        outcome=clean
    else
        outcome='has findings'
        failed=1
    fi
    echo "$analyser: $outcome, $(sources | wc -l) files, $(($(date +%s) - begin)) s"
done
exit $failed
