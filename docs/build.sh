#!/bin/sh
# usage: docs/build.sh OUTPUT_DIRECTORY
# Makes the pages of the documentation in OUTPUT_DIRECTORY/html, with Doxygen, and in the style of
# Debian's doxygen-awesome-css where that is installed. Fails if something public is not described, or
# if a link leads nowhere.
set -eu
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
style=/usr/share/doxygen-awesome-css
{
    cat docs/doxygen/Doxyfile
    echo "PROJECT_NUMBER = $(sed -n 's/^project(lanewise VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
    echo "OUTPUT_DIRECTORY = \"$output\""
    [ ! -d "$style" ] ||
        echo "HTML_EXTRA_STYLESHEET = $style/doxygen-awesome.css $style/doxygen-awesome-sidebar-only.css"
} | doxygen -

cd "$output/html"
dead=$(grep -o 'href="[^"#:]*["#]' -- *.html | sed -e 's/.$//' -e 's/:href="/ /' | sort -u | while read -r page target; do
    [ -z "$target" ] || [ -e "$target" ] || echo "$page: $target is not there"
done)
[ -z "$dead" ] || {
    printf '%s\n' "$dead" >&2
    exit 1
}
