#!/bin/sh
# Fails if files or rooms of nn/src, or headers of kernels/src, include each other in circles, if a room includes one above
# it, or if more branches than allowed depend on the kind of network. A file of nn is a .c with its .h; a room is a folder.
#
#   includes.sh SOURCE_DIRECTORY
set -eu
cd "$1"

# Prints "file file" for each include of a file of ours.
edges() {
    for file in $(find "$1" -name '*.[ch]' -o -name '*.inc'); do
        sed -n 's/^ *# *include "\([^"]*\)".*/\1/p' "$file" | while read -r included; do
            for target in "$(dirname "$file")/$included" "$1/$included"; do
                if [ -f "$target" ]; then
                    echo "$file $target"
                    break
                fi
            done
        done
    done | awk '{ for (i = 1; i <= 2; i++) while (sub(/[^\/]+\/\.\.\//, "", $i)); print $1, $2 }' | sort -u
}

# A .c and its .h as one node.
pairs() {
    awk '{ sub(/\.[a-z]+$/, "", $1); sub(/\.[a-z]+$/, "", $2); if ($1 != $2) print $1, $2 }' | sort -u
}

# Prints the nodes that are left when those without edges out are removed over and over: the circles, and what leads to
# them.
circles() {
    awk '{ from[NR] = $1; to[NR] = $2; node[$1]; node[$2] }
    END {
        do {
            split("", leads); removed = 0
            for (i in from) if ((from[i] in node) && (to[i] in node)) leads[from[i]]
            for (n in node) if (!(n in leads)) { delete node[n]; removed = 1 }
        } while (removed)
        do {
            split("", led); removed = 0
            for (i in from) if ((from[i] in node) && (to[i] in node)) led[to[i]]
            for (n in node) if (!(n in led)) { delete node[n]; removed = 1 }
        } while (removed)
        for (n in node) print "  " n
    }' | sort
}

status=0
refuse() {
    if [ -n "$2" ]; then
        printf '%s:\n%s\n' "$1" "$2"
        status=1
    fi
}

rooms=$(edges nn/src | awk '{ split($1, a, "/"); split($2, b, "/"); if (a[3] != b[3]) print a[3], b[3] }' | sort -u)
refuse "rooms of nn/src include each other in a circle" "$(echo "$rooms" | circles)"
refuse "a room of nn/src includes one above it" "$(echo "$rooms" | awk '
    BEGIN { n = split("base threads data layers train distributed model", order); for (i = 1; i <= n; i++) floor[order[i]] = i
            floor["model"] = floor["distributed"]; floor["data"] = floor["layers"] }
    NF == 2 && floor[$2] >= floor[$1] { print "  " $1 " includes " $2 }')"
refuse "files of nn/src include each other in a circle" "$(edges nn/src | pairs | circles)"
refuse "headers of kernels/src include each other in a circle" "$(edges kernels/src | grep -v '\.c ' | circles)"

# What kind of network is this? Asked in create.c, and in the files that own an answer.
max_branches=12
branches=$(grep -rnE 'if \(|while \(| \? | && | \|\| |= !' nn/src --include='*.[ch]' |
    grep -E '\b(small_net|is_bf16|skips_losses)\b|precision [!=]=|program->gradients\b[^(]|lw_(is_distributed|has_others)\(' |
    grep -vE '^nn/src/(train/(create|small_net)\.c|distributed/)|:[0-9]+: *(/?\*|//)' || true)
count=$(printf '%s' "$branches" | grep -c . || true)
[ "$count" -le "$max_branches" ] || refuse "$count branches on the kind of network; at most $max_branches" "$branches"
echo "branches on the kind of network: $count"
exit $status
