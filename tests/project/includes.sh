#!/bin/sh
# usage: includes.sh SOURCE_DIR
# Fails if files or folders of nn/src, or headers of kernels/src, include each other in a cycle, if
# a folder of nn/src includes one of the same or a higher layer, or if more branches than allowed
# depend on the kind of network. A .c file and its .h count as one file.
set -eu
cd "$1"

# edges FOLDER: prints "FILE INCLUDED" for each include of a file of the folder.
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
    done | awk '
        { for (i = 1; i <= 2; i++) while (sub(/[^\/]+\/\.\.\//, "", $i)); print $1, $2 }' | sort -u
}

# Merges a .c file and its .h into one node.
pairs() {
    awk '{ sub(/\.[a-z]+$/, "", $1); sub(/\.[a-z]+$/, "", $2)
           if ($1 != $2) print $1, $2 }' | sort -u
}

# Prints the nodes of cycles and of paths between cycles: repeatedly removes nodes without outgoing,
# then without incoming edges.
cycles() {
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

folders=$(edges nn/src | awk '
    { split($1, a, "/"); split($2, b, "/"); if (a[3] != b[3]) print a[3], b[3] }' | sort -u)
refuse "folders of nn/src include each other in a cycle" "$(echo "$folders" | cycles)"
refuse "a folder of nn/src includes one of the same or a higher layer" "$(echo "$folders" | awk '
    BEGIN { n = split("base threads data layers train distributed model", order)
            for (i = 1; i <= n; i++) layer[order[i]] = i
            layer["model"] = layer["distributed"]; layer["data"] = layer["layers"] }
    NF == 2 && layer[$2] >= layer[$1] { print "  " $1 " includes " $2 }')"
refuse "files of nn/src include each other in a cycle" "$(edges nn/src | pairs | cycles)"
refuse "headers of kernels/src include each other in a cycle" \
    "$(edges kernels/src | grep -v '\.c ' | cycles)"

# Branches on the kind of network, except in create.c, which decides it, and in the files that
# implement one kind.
max_branches=12
kind='\b(small_net|is_bf16|skips_losses)\b|precision [!=]=|program->gradients\b[^(]'
kind="$kind|lw_(is_distributed|has_others)\\("
branches=$(grep -rnE 'if \(|while \(| \? | && | \|\| |= !' nn/src --include='*.[ch]' |
    grep -E "$kind" |
    grep -vE '^nn/src/(train/(create|small_net)\.c|distributed/)|:[0-9]+: *(/?\*|//)' || true)
count=$(printf '%s' "$branches" | grep -c . || true)
[ "$count" -le "$max_branches" ] ||
    refuse "$count branches on the kind of network; at most $max_branches" "$branches"
echo "branches on the kind of network: $count"
exit $status
