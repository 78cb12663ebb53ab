#!/bin/sh
# usage: page.sh SETTINGS PAGE
#
# Compiles and runs every fenced code block of a Markdown page, in order, in one new directory. The
# language of a block decides:
#
#   c, cpp   a complete program: compiled without warnings, and run
#   sh       run with `lanewise` in PATH; ./dev is not run, but its command and arguments must
#            exist
#   python   run; if a module is missing, the rest of the page is skipped (77)
#   cmake    a project, or the end of one that builds the last program of the page: configured, and
#            built if it uses an installed Lanewise
#   text     the output of the previous block; "..." matches any text
#
# A comment before a block changes this:
#
#   <!-- test: wrap NAME -->      the block replaces the line BLOCK in wrap/NAME.c
#   <!-- test: file NAME -->      the block is a file of this name for later blocks (a program is
#                                 also run, and its executable has the name without .c)
#   <!-- test: shown, REASON -->  not run; only the syntax is checked
#
# Any other language or comment is an error, so that no block is left untested. SETTINGS is a shell
# file with the variables cc, cxx, flags, libraries, bin, source_dir and build_dir. Skipped (77) if
# the page trains on Fashion-MNIST and it is not installed, or uses an installed Lanewise and the
# build has only static libraries.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$1"
page=$(cd "$(dirname "$2")" && pwd)/${2##*/}

if grep -q 'fashion-mnist' "$page" && [ ! -d /usr/share/datasets/fashion-mnist ]; then
    echo 'skipped: Fashion-MNIST is not installed'
    exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/blocks" "$work/folder" "$work/bin"
awk -v out="$work/blocks" -f "$here/blocks.awk" "$page" || exit 1
[ -e "$work/blocks/index" ] || {
    echo "${page##*/}: no code blocks"
    exit 0
}

SOURCE_DIR=$source_dir
LANEWISE_COMMAND=$bin/lanewise
PATH=$here/bin:$PATH
export SOURCE_DIR LANEWISE_COMMAND PATH
cp "$here/dev.sh" "$work/folder/dev"
(cd "$work/folder" && "$bin/page_files")

# Pages that link an installed Lanewise need an installation.
if grep -Eq 'find_package\(lanewise|pkg-config .*lanewise' "$page"; then
    cmake --install "$build_dir" --prefix "$work/installed" >"$work/out" 2>&1 || {
        cat "$work/out"
        exit 1
    }
    shared=$(find "$work/installed" -name 'liblanewise_nn.so' | head -n 1)
    [ -n "$shared" ] || {
        echo 'skipped: the pages describe shared libraries, and the build has static ones'
        exit 77
    }
    CMAKE_PREFIX_PATH=$work/installed
    PKG_CONFIG_PATH=$(find "$work/installed" -name pkgconfig | head -n 1)
    LD_LIBRARY_PATH=${shared%/*}
    export CMAKE_PREFIX_PATH PKG_CONFIG_PATH LD_LIBRARY_PATH
fi

# in_folder COMMAND...: runs the command in the directory of the page; its output is in out and err.
in_folder() {
    (cd "$work/folder" && timeout 120 "$@" </dev/null >"$work/out" 2>"$work/err")
}

# compile COMPILER SOURCE PROGRAM
compile() {
    # shellcheck disable=SC2086 # lists of words
    $1 $flags -Wall -Wextra -Werror "$2" -o "$3" $libraries >"$work/out" 2>"$work/err"
}

# Compiles a program, or a fragment inserted into its wrapper.
program() {
    ending=$1
    compiler=$2
    source=$work/$number.$ending
    case $mark in
    wrap\ *)
        wrapper=$here/wrap/${mark#wrap }.$ending
        [ -e "$wrapper" ] || wrong "missing wrapper $wrapper"
        awk -v code="$code" '$1 == "BLOCK" {
            sub(/BLOCK.*/, "")
            while ((getline line <code) > 0)
                print line == "" ? "" : $0 line
            next
        }
        { print }' "$wrapper" >"$source"
        ;;
    *)
        grep -q 'int main(' "$code" ||
            wrong 'not a complete program, and no mark names a wrapper'
        cp "$code" "$source"
        cp "$code" "$work/folder/program.$ending"
        ;;
    esac
    compile "$compiler" "$source" "$work/$number.program" || wrong 'does not compile'
    case $mark in
    file\ *)
        cp "$code" "$work/folder/${mark#file }"
        cp "$work/$number.program" "$work/folder/$(basename "${mark#file }" ".$ending")"
        ;;
    shown*) return ;;
    esac
    in_folder "$work/$number.program" || wrong "fails with exit code $?"
}

shell_commands() {
    case $mark in
    shown*)
        sh -n "$code" 2>"$work/err" || wrong 'shell syntax error'
        grep '^ *\./dev' "$code" >"$work/dev_lines" || return 0
        in_folder sh -eu "$work/dev_lines" || wrong 'fails'
        ;;
    *) in_folder sh -eu "$code" || wrong "fails with exit code $?" ;;
    esac
}

# Without Python or a module, later blocks, which may need the results, are skipped. The first
# python3 in PATH may not be Debian's, which has Debian's modules.
python_program() {
    command -v python3 >/dev/null || skip 'python3 is not installed (Debian: python3)'
    python=python3
    modules=$(sed -n 's/^\(import\|from\) \([a-z]*\).*/import \2/p' "$code")
    $python -c "$modules" 2>/dev/null || [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
    $python -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$code" 2>"$work/err" ||
        wrong 'Python syntax error'
    case $mark in
    shown*) return ;;
    esac
    in_folder "$python" "$code" || {
        ! grep -q '^ModuleNotFoundError' "$work/err" || skip "$(tail -n 1 "$work/err")"
        wrong 'fails'
    }
}

cmake_project() {
    project=$work/$number.project
    mkdir "$project"
    cp "$work/folder"/*.c "$project" 2>/dev/null || :
    ln -s "$source_dir" "$project/lanewise"
    if grep -q '^project(' "$code"; then
        cp "$code" "$project/CMakeLists.txt"
    else
        {
            printf 'cmake_minimum_required(VERSION 3.25)\nproject(program C)\n'
            printf 'add_executable(program program.c)\n'
            cat "$code"
        } >"$project/CMakeLists.txt"
    fi
    in_folder cmake -S "$project" -B "$project/build" -DCMAKE_BUILD_TYPE=Release \
        -DFETCHCONTENT_SOURCE_DIR_LANEWISE="$source_dir" || wrong 'cannot be configured'
    ! grep -q 'find_package(lanewise' "$code" || in_folder cmake --build "$project/build" ||
        wrong 'cannot be built'
    : >"$work/out"
}

# wrong TEXT: ends the test with this message and the last output.
wrong() {
    echo "${page##*/}:$line: $language: $*"
    sed 's/^/    stdout: /' "$work/out"
    sed 's/^/    stderr: /' "$work/err"
    exit 1
}

skip() {
    echo "skipped: ${page##*/} from line $line: $*"
    exit 77
}

before=
blocks=0
: >"$work/out"
: >"$work/err"
while read -r number line language mark; do
    code=$work/blocks/$number.code
    blocks=$((blocks + 1))
    if [ "$language" != text ]; then
        : >"$work/out"
        : >"$work/err"
    fi
    case $language in
    c) program c "$cc" ;;
    cpp) program cc "$cxx" ;;
    sh) shell_commands ;;
    python) python_program ;;
    cmake) cmake_project ;;
    text)
        case $mark in
        file\ *) cp "$code" "$work/folder/${mark#file }" ;;
        shown*) ;;
        *)
            [ -n "$before" ] || wrong 'no block before this output'
            awk -f "$here/matches.awk" "$code" "$work/out" || {
                sed 's/^/    expected: /' "$code"
                wrong 'output differs'
            }
            ;;
        esac
        ;;
    esac
    case $language,$mark in
    text,* | *,shown*) before= ;;
    *) before=$language ;;
    esac
done <"$work/blocks/index"
echo "${page##*/}: $blocks blocks"
