# Shows a page of the documentation to Doxygen, in whose output the sources are not: links to public
# headers become links to their topics, those to other files that are no pages become text.

function shown(link, text, target)
{
    text = target = link
    sub(/\]\(.*/, "]", text)
    sub(/.*\]\(/, "", target)
    sub(/\)$/, "", target)
    if (target ~ /^(https?:|#)/ || target ~ /\.md(#.*)?$/)
        return link
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
