# Filter through which Doxygen reads Markdown pages. The output contains no source files, so links
# are changed:
#
#   to a public header            links to the header's topic
#   to a section of another page  links to that page (Doxygen 1.9 does not resolve page.md#section)
#   to other files                plain text

function shown(link, text, target)
{
    text = target = link
    sub(/\]\(.*/, "]", text)
    sub(/.*\]\(/, "", target)
    sub(/\)$/, "", target)
    if (target ~ /^(https?:|#)/)
        return link
    if (target ~ /\.md(#.*)?$/) {
        sub(/#.*/, "", target)
        return text "(" target ")"
    }
    if (target ~ /include\/lanewise\/[a-z0-9_]*\.h$/) {
        sub(/.*\//, "", target)
        gsub(/\./, "_", target)
        return text "(@ref " target ")"
    }
    gsub(/[\[\]]/, "", text)
    return text
}

/^ *```/ { in_block = !in_block }

{
    line = $0
    result = ""
    while (!in_block && match(line, /\[[^\]]*\]\([^)]*\)/)) {
        result = result substr(line, 1, RSTART - 1) shown(substr(line, RSTART, RLENGTH))
        line = substr(line, RSTART + RLENGTH)
    }
    print result line
}
