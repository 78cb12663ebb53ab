#!/bin/sh
# usage: docs/build.sh OUTPUT_DIRECTORY
# Builds the documentation in OUTPUT_DIRECTORY/html with Doxygen, in the style of Debian's
# doxygen-awesome-css if it is installed. Fails if a public name has no description or a link has no
# target.
set -eu
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
style=/usr/share/doxygen-awesome-css
version=$(sed -n 's/^project(lanewise VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
{
    cat docs/doxygen/Doxyfile
    echo "PROJECT_NUMBER = $version"
    echo "OUTPUT_DIRECTORY = \"$output\""
    [ ! -d "$style" ] || {
        echo "HTML_EXTRA_STYLESHEET = $style/doxygen-awesome.css"
        echo "HTML_EXTRA_STYLESHEET += $style/doxygen-awesome-sidebar-only.css"
    }
} | doxygen -

cd "$output/html"
dead=$(grep -o 'href="[^"#:]*["#]' -- *.html | sed -e 's/.$//' -e 's/:href="/ /' | sort -u |
    while read -r page target; do
        [ -z "$target" ] || [ -e "$target" ] || echo "$page: $target does not exist"
    done)
[ -z "$dead" ] || {
    printf '%s\n' "$dead" >&2
    exit 1
}
