# Shows a public header to Doxygen. Its comments are plain ones, and stay so:
#
#   the file's first comment     describes a topic named as the file
#   /* ---- Title ---- */        begins a topic below it
#   a comment before lines       stands for all declarations up to the next blank line
#   code /- comment -/           describes the field or enumerator before it
#   lines set off by two blanks  are shown as they stand
#   lw_name, LW_NAME             become links; a name that does not exist is a warning
#
# Called with the name of the header, once for each.

function slug(text)
{
    text = tolower(text)
    gsub(/[^a-z0-9]+/, "_", text)
    return text
}

# Text without meaning to Doxygen and to Markdown.
function escaped(text)
{
    gsub(/\\/, "\\\\", text)
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/[*@#%|]/, "\\\\&", text)
    return text
}

# The same with links, and with what stands in backticks as code.
function prose(text, parts, count, i, part, result)
{
    count = split(text, parts, "`")
    for (i = 1; i <= count; i++) {
        if (i % 2 == 0) {
            part = escaped(parts[i])
            gsub(/_/, "\\\\&", part)
            result = result "<code>" part "</code>"
        } else {
            result = result linked(escaped(parts[i]))
        }
    }
    return result
}

function linked(text, result, name)
{
    while (match(text, /(lw|LW)_[A-Za-z0-9_]*[A-Za-z0-9]/)) {
        name = substr(text, RSTART, RLENGTH)
        result = result substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + RLENGTH)
        # A call, or the beginning of several names, is left as it is.
        result = result (text ~ /^[(*]/ ? name : "@ref " name " \"" name "\"")
    }
    return result text
}

function set_off(yes)
{
    if (yes && !verbatim)
        print " * @verbatim"
    if (!yes && verbatim)
        print "@endverbatim"
    for (; blanks > 0; blanks--)
        print yes ? "" : " *"
    verbatim = yes
}

# A line of a comment before declarations, without the asterisk.
function comment_line(line, end)
{
    if (line == "" && verbatim) {
        blanks++ # of the lines set off only if more of them follow
        return
    }
    set_off(line ~ /^   *[^ ]/)
    if (verbatim) {
        print substr(line, 3)
        return
    }
    # The summary is the first sentence.
    if (in_summary && match(line, /\.( |$)/)) {
        end = RSTART
        print " * " prose(substr(line, 1, end)) "\n *"
        line = substr(line, end + 2)
        in_summary = 0
    }
    print " * " prose(line)
}

function end_comment()
{
    set_off(0)
    print (topic_opens ? " * @{ */" : " */")
    in_comment = topic_opens = 0
}

NR == 1 {
    name = FILENAME
    sub(/.*\//, "", name)
    topic_opens = 1
}

in_comment {
    line = $0
    ends = sub(/ *\*\/$/, "", line)
    sub(/^ \* ?/, "", line)
    if (!ends || line != "")
        comment_line(line)
    if (ends)
        end_comment()
    next
}

/^\/\* ---- .* -+ \*\/$/ {
    title = $0
    gsub(/^\/\* -+ | -+ \*\/$/, "", title)
    print (in_topic ? "/** @} */ " : "") "/** @defgroup " slug(name " " title) " " title
    print " * @{ */"
    in_topic = 1
    next
}

/^\/\*/ {
    in_comment = 1
    first = ""
    print "/**" (topic_opens ? " @defgroup " slug(name) " lanewise/" name : "") "\n * @brief"
    in_summary = 1
    line = substr($0, 3)
    ends = sub(/ *\*\/$/, "", line)
    sub(/^ /, "", line)
    if (line != "")
        comment_line(line)
    if (ends)
        end_comment()
    next
}

# The rest of a comment behind a field.
in_field_comment {
    line = $0
    in_field_comment = !sub(/ *\*\/$/, "", line)
    print prose(line) (in_field_comment ? "" : " */")
    next
}

/^$/ { first = "none" }

{
    line = $0
    comment = ""
    if (match(line, / *\/\*.*$/)) {
        comment = substr(line, RSTART)
        line = substr(line, 1, RSTART - 1)
        sub(/^ *\/\* */, "", comment)
        in_field_comment = !sub(/ *\*\/$/, "", comment)
        comment = (line ~ /^ *$/ ? "/** @brief " : " /**< @brief ") prose(comment) (in_field_comment ? "" : " */")
    }

    # Of enumerators without a comment Doxygen 1.9 does not complain, but of this it does.
    in_enum = line ~ /^(typedef )?enum / || (in_enum && line !~ /^}/)
    if (in_enum && comment == "" && match(line, /^ +[A-Za-z][A-Za-z0-9_]*/))
        comment = " /**< @ref undocumented_" substr(line, 5, RLENGTH - 4) " */"

    # Declarations that follow one with a comment have the same.
    if (line ~ /^(LW_API|typedef) / && depth == 0) {
        if (first != "" && first != "none")
            printf "/** @copydoc %s */ ", first
        if (first == "" && match(line, /[a-z0-9_]+[(;]/))
            first = substr(line, RSTART, RLENGTH - 1)
    }
    if (line !~ /^extern "C"/)
        depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
    # Of fields that share a comment, each gets it.
    if (depth > 0 && line ~ /^ *[a-z_]+[a-z0-9_ ]* [*]*[a-z0-9_]+(\[[^\]]*\])?,.*;$/ && !in_field_comment)
        gsub(/, /, "," comment " ", line)
    print line comment
}

END { print (in_topic ? "/** @} */ " : "") "/** @} */" }
