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
