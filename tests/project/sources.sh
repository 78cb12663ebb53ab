# Shared by the tests of the sources, which include it in the root of the sources, with $here set to
# the folder of this file.

# Prints the names of all text files: code, scripts, build files and Markdown. Does not use git, so
# that it works in an unpacked archive.
sources() {
    find . \( -path ./build -o -path ./.git -o -path ./b -o -path ./tests/fuzz/corpus \
        -o -path ./tests/data \) -prune \
        -o -type f \( -name '*.[ch]' -o -name '*.inc' -o -name '*.cc' -o -name '*.py' \
        -o -name '*.sh' -o -name '*.js' -o -name '*.css' -o -name '*.md' -o -name '*.cmake' \
        -o -name 'CMakeLists.txt' -o -name '*.1' -o -name '*.awk' \
        -o -path ./dev -o -path ./.ci/run -o -path ./bench/run \) -print |
        sed 's|^\./||' | sort
}

# Prints the names on standard input that long_lines.txt lists, or whose folder it lists.
not_converted() {
    [ ! -e "$here/long_lines.txt" ] || listed 0
}

# Prints the other names on standard input.
converted() {
    if [ -e "$here/long_lines.txt" ]; then
        listed 1
    else
        cat
    fi
}

listed() {
    awk -v list="$here/long_lines.txt" -v others="$1" '
        BEGIN { while ((getline entry < list) > 0) listed[entry] }
        {
            found = $0 in listed
            for (name = $0; sub("/[^/]*$", "", name);)
                found = found || name in listed
            if (found != others)
                print
        }'
}
