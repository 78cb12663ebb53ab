# Generates from public headers a C program that prints their binary interface, one item per line:
# sizes and members of structs, values of enumerators, constants, types and functions.
function trim(text) {
    gsub(/[ \t\n]+/, " ", text)
    gsub(/^ | $/, "", text)
    return text
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/%/, "%%", text)
    return text
}

# Prints a line with the values of expressions of type size_t.
function say(text, values) {
    print "    printf(\"" text "\\n\"" values ");"
}

# Returns the name in a declarator such as `*x`, `w[8]` or `(*next)(void *user)`.
function name_of(declarator) {
    if (match(declarator, /\(\*[a-z_0-9]+\)/))
        return substr(declarator, RSTART + 2, RLENGTH - 3)
    sub(/\[.*/, "", declarator)
    sub(/.*[ *]/, "", declarator)
    return declarator
}

function print_struct(name, body,    members, count, i, declarators, many, j, member) {
    say("struct " name " %zu", ", sizeof(" name ")")
    count = split(body, members, ";")
    for (i = 1; i <= count; i++) {
        if (trim(members[i]) == "")
            continue
        # Commas separate declarators, except in the parameters of a function.
        many = members[i] ~ /\(/ ? 1 : split(members[i], declarators, ",")
        if (members[i] ~ /\(/)
            declarators[1] = members[i]
        for (j = 1; j <= many; j++) {
            member = name_of(trim(declarators[j]))
            say("  " name "." member " at %zu, %zu bytes: " quoted(trim(members[i])),
                ", offsetof(" name ", " member "), sizeof(((" name " *)0)->" member ")")
        }
    }
}

function print_enum(name, body,    items, count, i, item) {
    if (name != "")
        say("enum " name " %zu", ", sizeof(" name ")")
    count = split(body, items, ",")
    for (i = 1; i <= count; i++) {
        item = trim(items[i])
        sub(/ *=.*/, "", item)
        if (item != "")
            say("  " item " %d", ", (int)" item)
    }
}

function print_declaration(text,    name, body) {
    text = trim(text)
    if (text == "")
        return
    body = text
    sub(/^[^{]*\{/, "", body)
    sub(/\}[^}]*$/, "", body)
    name = text
    sub(/.*\} ?/, "", name)
    if (text ~ /^typedef struct [a-z_0-9]+ \{/)
        print_struct(name, body)
    else if (text ~ /^(typedef )?enum .*\{/)
        print_enum(name, body)
    else
        say(quoted(text), "")
}

BEGIN {
    print "#include <stddef.h>\n#include <stdio.h>"
}
FNR == 1 {
    header = FILENAME
    sub(/.*\/lanewise\//, "lanewise/", header)
    print "#include <" header ">"
}
{
    # Assumes that comments contain no quotes and do not nest.
    line = $0
    while (1) {
        if (in_comment) {
            end = index(line, "*/")
            if (!end) {
                line = ""
                break
            }
            line = substr(line, end + 2)
            in_comment = 0
        }
        begin = index(line, "/*")
        if (!begin)
            break
        rest = substr(line, begin + 2)
        end = index(rest, "*/")
        if (!end) {
            line = substr(line, 1, begin - 1)
            in_comment = 1
            break
        }
        line = substr(line, 1, begin - 1) " " substr(rest, end + 2)
    }
}
line ~ /^#define LW_[A-Z0-9_]+ / {
    constants[++constant_count] = trim(line)
}
line ~ /^ *#/ || line ~ /^extern "C" \{$/ || line == "}" {
    next
}
{
    all = all " " line
}
END {
    print "int main(void)\n{"
    depth = 0
    start = 1
    for (i = 1; i <= length(all); i++) {
        c = substr(all, i, 1)
        depth += (c == "{") - (c == "}")
        if (c == ";" && depth == 0) {
            print_declaration(substr(all, start, i - start))
            start = i + 1
        }
    }
    for (i = 1; i <= constant_count; i++)
        if (constants[i] !~ /^#define LW_(API|PRINTF)/)
            say(quoted(constants[i]), "")
    print "    return 0;\n}"
}
