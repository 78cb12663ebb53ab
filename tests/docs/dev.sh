#!/bin/sh
# Replaces ./dev in code blocks, because it would install and build: checks that the command and its
# arguments exist. Needs SOURCE_DIR and LANEWISE_COMMAND in the environment.
set -eu
help=$("$SOURCE_DIR/dev" help)
command=${1:-help}
[ $# -eq 0 ] || shift

reject() {
    echo "./dev $command: $*" >&2
    exit 1
}

[ "$command" = help ] || printf '%s\n' "$help" | grep -q "^  $command\( \|\$\)" ||
    reject 'no such command'
case $command in
train)
    options=$("$LANEWISE_COMMAND" train --help)
    for word; do
        case $word in
        --*)
            printf '%s\n' "$options" | grep -q -- "^  ${word%%=*}\([[ ]\|$\)" ||
                reject "no option $word"
            ;;
        esac
    done
    ;;
test | build)
    case $command:${1:-} in
    test:full) shift ;;
    test:soak) exit 0 ;;
    esac
    for preset; do
        printf '%s\n' "$help" | grep '^presets:' | grep -qw -- "$preset" ||
            reject "no preset $preset"
    done
    ;;
bench) ;;
*) [ $# -eq 0 ] || reject "takes no $1" ;;
esac
