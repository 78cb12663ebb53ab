# usage: awk -f matches.awk EXPECTED OUTPUT
#
# Checks an output against the one on a page. Three or more dots match any text; three dots on a
# separate line match any number of lines.

FILENAME == ARGV[1] { expected[wanted = FNR] = $0 }
FILENAME == ARGV[2] { output[given = FNR] = $0 }

function line_matches(pattern, line, parts, count, i, at)
{
    count = split(pattern, parts, /\.\.\.+/)
    if (count == 1)
        return line == pattern
    if (substr(line, 1, length(parts[1])) != parts[1])
        return 0
    line = substr(line, length(parts[1]) + 1)
    for (i = 2; i < count; i++) {
        at = index(line, parts[i])
        if (at == 0)
            return 0
        line = substr(line, at + length(parts[i]))
    }
    at = length(line) - length(parts[count])
    return at >= 0 && substr(line, at + 1) == parts[count]
}

function matches(i, j, k)
{
    if (i > wanted)
        return j > given
    if (expected[i] == "...") {
        for (k = j; k <= given + 1; k++)
            if (matches(i + 1, k))
                return 1
        return 0
    }
    return j <= given && line_matches(expected[i], output[j]) && matches(i + 1, j + 1)
}

END { exit !matches(1, 1) }
