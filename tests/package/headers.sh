#!/bin/sh
# headers.sh STAND_IN FOLDER_OF_HEADERS...
#
# Checks that each public header compiles on its own, as C11 and C++17, with every available
# compiler. STAND_IN contains replacements for headers of other projects, which may not be
# installed.
set -eu
folders="-I$1"
shift
headers=''
for folder; do
    folders="$folders -I$folder"
    headers="$headers $(cd "$folder" && ls lanewise/*.h)"
done
c_compilers=''
cxx_compilers=''
for compiler in gcc clang clang-14; do
    ! command -v $compiler >/dev/null || c_compilers="$c_compilers $compiler"
done
for compiler in g++ clang++ clang++-14; do
    ! command -v $compiler >/dev/null || cxx_compilers="$cxx_compilers $compiler"
done
if [ -z "$c_compilers" ] || [ -z "$cxx_compilers" ]; then
    echo 'skipped: there is no C++ compiler (Debian: g++)'
    exit 77
fi

# compile COMPILER LANGUAGE STANDARD HEADER: includes the header twice, to test its include guard.
compile() {
    # shellcheck disable=SC2086 # a list of words
    printf '#include <%s>\n#include <%s>\nint main(%s) { return 0; }\n' "$4" "$4" "$5" |
        "$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Wconversion $6 -Werror \
            $folders -fsyntax-only - ||
        { echo "$4 does not compile on its own as $3 with $1"; exit 1; }
}

count=0
for header in $headers; do
    for compiler in $c_compilers; do
        compile "$compiler" c c11 "$header" void -Wstrict-prototypes
        count=$((count + 1))
    done
    for compiler in $cxx_compilers; do
        compile "$compiler" c++ c++17 "$header" '' -Wold-style-cast
        count=$((count + 1))
    done
done
echo "$count compilations of$headers"
