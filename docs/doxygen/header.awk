# Filter through which Doxygen reads a public header. It converts plain comments:
#
#   the file's first comment     describes a topic named after the file
#   /* ---- Title ---- */        begins a subtopic
#   a comment before lines       applies to all declarations up to the next blank line
#   code /- comment -/           describes the field or enumerator before it
#   lines indented by two blanks are copied verbatim
#   lw_name, LW_NAME             become links; an unknown name is a warning
#
# Runs once per header, with its name as argument.

function slug(text)
{
    text = tolower(text)
    gsub(/[^a-z0-9]+/, "_", text)
    return text
}

# Escapes the characters that Doxygen and Markdown interpret.
function escaped(text)
{
    gsub(/\\/, "\\\\", text)
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/[*@#%|]/, "\\\\&", text)
    return text
}

# Escapes, adds links, and converts backticks to code.
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
        # A call or a prefix such as lw_net_* remains plain text.
        result = result (text ~ /^[(*]/ ? name : "@ref " name " \"" name "\"")
    }
    return result text
}

function set_verbatim(yes)
{
    if (yes && !verbatim)
        print " * @verbatim"
    if (!yes && verbatim)
        print "@endverbatim"
    for (; blanks > 0; blanks--)
        print yes ? "" : " *"
    verbatim = yes
}

# Prints a line of a comment before declarations; the line has no asterisk.
function comment_line(line, end)
{
    if (line == "" && verbatim) {
        blanks++ # printed only if more verbatim lines follow
        return
    }
    set_verbatim(line ~ /^   *[^ ]/)
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
    set_verbatim(0)
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

# Continuation of a comment after a field.
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
        comment = (line ~ /^ *$/ ? "/** @brief " : " /**< @brief ") prose(comment)
        comment = comment (in_field_comment ? "" : " */")
    }

    # Doxygen 1.9 does not report enumerators without a comment. It reports this unknown name.
    in_enum = line ~ /^(typedef )?enum / || (in_enum && line !~ /^}/)
    if (in_enum && comment == "" && match(line, /^ +[A-Za-z][A-Za-z0-9_]*/))
        comment = " /**< @ref undocumented_" substr(line, 5, RLENGTH - 4) " */"

    # Declarations that follow a documented one share its comment.
    if (line ~ /^(LW_API|typedef) / && depth == 0) {
        if (first != "" && first != "none")
            printf "/** @copydoc %s */ ", first
        if (first == "" && match(line, /[a-z0-9_]+[(;]/))
            first = substr(line, RSTART, RLENGTH - 1)
    }
    if (line !~ /^extern "C"/)
        depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
    # Repeats the comment of several fields on one line for each of them.
    if (depth > 0 && !in_field_comment &&
        line ~ /^ *[a-z_]+[a-z0-9_ ]* [*]*[a-z0-9_]+(\[[^\]]*\])?,.*;$/)
        gsub(/, /, "," comment " ", line)
    print line comment
}

END { print (in_topic ? "/** @} */ " : "") "/** @} */" }
