#!/bin/sh
# Stands in for ./dev in the blocks of pages, which would install and build: whether there is such a
# command with such arguments. SOURCE_DIR and LANEWISE_COMMAND are in the environment.
set -eu
help=$("$SOURCE_DIR/dev" help)
command=${1:-help}
[ $# -eq 0 ] || shift

refuse() {
    echo "./dev $command: $*" >&2
    exit 1
}

[ "$command" = help ] || printf '%s\n' "$help" | grep -q "^  $command\( \|\$\)" || refuse 'no such command'
case $command in
train)
    options=$("$LANEWISE_COMMAND" train --help)
    for word; do
        case $word in
        --*) printf '%s\n' "$options" | grep -q -- "^  ${word%%=*}\([[ ]\|$\)" || refuse "no option $word" ;;
        esac
    done
    ;;
test | build)
    for preset; do
        printf '%s\n' "$help" | grep '^presets:' | grep -qw -- "$preset" || refuse "no preset $preset"
    done
    ;;
bench) ;;
*) [ $# -eq 0 ] || refuse "takes no $1" ;;
esac
