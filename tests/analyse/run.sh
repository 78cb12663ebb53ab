#!/bin/sh
# usage: run.sh BUILD_DIR [gcc] [tidy] [cppcheck]
#
# Runs static analysers on the libraries, the command and the examples, with the compile commands
# of BUILD_DIR (preset analyse). Exit code 1 if one of them reports anything. Suppressions are
# listed with a reason in gcc.txt, cppcheck.txt and .clang-tidy, or as NOLINT on the line
# concerned.
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

# Without the files generated from report pages, which are arrays of bytes.
commands() {
    sed -n 's/^  "command": "\(.*\)",*$/\1/p' "$build/compile_commands.json" |
        sed 's/\\\\/\\/g; s/\\"/"/g' | grep -v " $build/report/"
}

sources() {
    commands | sed 's/.* -c //'
}

# model FILE: options that include model.h, except for the file that defines lw_fail.
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
        echo "$command" |
            sed "s# -o .* -c # $(echo $(model "$file") -fanalyzer $options) -o /dev/null -c #"
    done | tr '\n' '\0' | xargs -0 -P "$jobs" -n 1 sh -c
}

# Removes the gcc options that clang does not support.
run_tidy() {
    sed 's/ -fno-tree-loop-vectorize//; s/ -Wno-maybe-uninitialized//' \
        "$build/compile_commands.json" >"$work/compile_commands.json"
    for file in $(sources | sort -u); do
        options=$(for option in $(model "$file"); do printf ' --extra-arg=%s' "$option"; done)
        echo "clang-tidy-14 -p $work --quiet$options $file"
    done | tr '\n' '\0' | xargs -0 -P "$jobs" -n 1 sh -c 2>"$work/tidy" || {
        cat "$work/tidy"
        return 1
    }
}

run_cppcheck() {
    cppcheck --project="$build/compile_commands.json" -j "$jobs" -q --template=gcc \
        --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
        --inconclusive --inline-suppr \
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
