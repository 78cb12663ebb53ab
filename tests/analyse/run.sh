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
        grep -v " $build/report/"
}

sources() {
    commands | sed 's/.* -c //'
}

# model FILE: the options that have it included, which would not do where lw_fail is defined.
model() {
    case $1 in
    */kernels/src/status.c) ;;
    *) echo "-include $here/model.h -I$PWD/kernels/include -Wno-unused-value" ;;
    esac
}

run_gcc() {
    commands | while read -r command; do
        file=${command##* -c }
        options=$(awk -v file="$file" '!/^#/ && index(file, "/" $1) { print $2 }' "$here/gcc.txt")
        # shellcheck disable=SC2086 # a list of words
        echo "$command" | sed "s# -o .* -c # $(echo $(model "$file") -fanalyzer $options) -o /dev/null -c #"
    done | tr '\n' '\0' | xargs -0 -P "$jobs" -n 1 sh -c
}

# Of gcc's options clang knows all but these.
run_tidy() {
    sed 's/ -fno-tree-loop-vectorize//; s/ -Wno-maybe-uninitialized//' "$build/compile_commands.json" >"$work/compile_commands.json"
    for file in $(sources | sort -u); do
        echo "clang-tidy-14 -p $work --quiet $(for option in $(model "$file"); do echo "--extra-arg=$option"; done | tr '\n' ' ') $file"
    done | tr '\n' '\0' | xargs -0 -P "$jobs" -n 1 sh -c 2>"$work/tidy" || {
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
