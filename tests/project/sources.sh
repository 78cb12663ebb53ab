# Part of the scripts that look at the sources. They include it in the top folder of the sources,
# with $here set to the folder of this file.

# Prints the names of all files that people write: code, scripts, build files and Markdown. Needs no
# git, so that it works in an unpacked archive.
sources() {
    find . \( -path ./build -o -path ./.git -o -path ./b -o -path ./tests/fuzz/corpus \
        -o -path ./tests/data \) -prune \
        -o -type f \( -name '*.[ch]' -o -name '*.inc' -o -name '*.cc' -o -name '*.py' \
        -o -name '*.sh' -o -name '*.js' -o -name '*.css' -o -name '*.md' -o -name '*.cmake' \
        -o -name 'CMakeLists.txt' -o -name '*.1' -o -name '*.awk' \
        -o -path ./dev -o -path ./.ci/run -o -path ./bench/run \) -print |
        sed 's|^\./||' | sort
}

# Of the names on standard input, those that long_lines.txt lists, or whose folder it lists.
not_converted() {
    [ ! -e "$here/long_lines.txt" ] || listed 0
}

# The other ones.
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
