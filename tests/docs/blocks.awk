# usage: awk -v out=DIRECTORY -f blocks.awk PAGE
#
# Extracts the fenced blocks of a page: block 1 to DIRECTORY/1.code, and so on. For each,
# DIRECTORY/index gets a line "NUMBER LINE LANGUAGE MARK", where MARK is the text of a comment <!--
# test: MARK --> before the block. Fails, with the line number, at anything that could be code and
# would be missed.

function wrong(text)
{
    printf "%s:%d: %s\n", FILENAME, FNR, text >"/dev/stderr"
    failed = 1
}

# Inside a block.
fence != "" {
    line = $0
    sub(/^ */, "", line)
    if (substr(line, 1, length(fence)) == fence && line ~ /^(`+|~+) *$/) {
        fence = ""
        close(out "/" count ".code")
    } else {
        print substr($0, 1, indent) ~ /^ *$/ ? substr($0, indent + 1) : $0 >(out "/" count ".code")
    }
    next
}

/^ *(```|~~~)/ {
    match($0, /^ */)
    indent = RLENGTH
    match($0, /(`+|~+)/)
    fence = substr($0, RSTART, RLENGTH)
    language = substr($0, RSTART + RLENGTH)
    gsub(/^ +| +$/, "", language)
    if (language == "")
        wrong("this block has no language")
    else if (language !~ /^(c|cpp|sh|cmake|python|text)$/)
        wrong("no test for blocks of the language '" language "'")
    count++
    opened = FNR
    printf "" >(out "/" count ".code")
    print count, FNR, language, mark >(out "/index")
    mark = ""
    blank = 0
    next
}

/<!-- test:/ {
    if (mark != "")
        wrong("two marks before one block")
    mark = $0
    if (mark !~ /^ *<!-- test: .* -->$/)
        wrong("a mark must be on a separate line: <!-- test: MARK -->")
    gsub(/^ *<!-- test: *| *-->$/, "", mark)
    if (mark !~ /^(wrap [a-z_]+|file [A-Za-z0-9_.-]+|shown, .+)$/)
        wrong("unknown mark '" mark "': use wrap NAME, file NAME, or shown, REASON")
    next
}

/^ *$/ {
    blank = 1
    next
}

{
    if (mark != "")
        wrong("a mark without a block")
    mark = ""
    if (blank && !in_list && /^(    |\t)/)
        wrong("code without a fence")
    if (/<pre/)
        wrong("code in HTML")
    in_list = /^ *([-*+]|[0-9]+\.) / || (in_list && /^ /)
    blank = 0
}

END {
    if (fence != "") {
        FNR = opened
        wrong("this block does not end")
    }
    if (mark != "")
        wrong("a mark without a block")
    exit failed
}
