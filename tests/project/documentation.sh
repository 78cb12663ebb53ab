#!/bin/sh
# usage: documentation.sh SOURCE_DIR
# The documentation can be made, and what is wrong with a copy of it is found. Skipped (77) without
# Doxygen.
set -eu
if ! command -v doxygen >/dev/null; then
    echo 'skipped: doxygen is not installed (Debian: doxygen doxygen-awesome-css)'
    exit 77
fi
source=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Copies all that the documentation is made of.
fresh_copy() {
    rm -rf "$work/copy"
    mkdir -p "$work/copy"
    (cd "$source" && tar -cf - CMakeLists.txt ./*.md bench/RESULTS.md tests/README.md docs kernels/include nn/include blas/include mpi/include) |
        tar -xf - -C "$work/copy"
}

fresh_copy
"$work/copy/docs/build.sh" "$work/pages" >"$work/out" 2>&1 || {
    echo 'FAILED: the documentation has faults'
    cat "$work/out"
    exit 1
}

# shows PAGE TEXT: what comments set off, formulas and names come out as they are written.
shows() {
    sed -e 's/<[^>]*>//g' -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g' -e 's/&nbsp;/ /g' \
        "$work/pages/html/$1" | grep -qF -- "$2" || {
        echo "FAILED: $1 does not show: $2"
        failed=1
    }
}
shows index.html 'Lanewise trains dense neural networks'
shows group__kernels__h__general__matrix__product.html 'C = alpha * op(A) * op(B) + beta * C, op(X) = X'
shows group__kernels__h__general__matrix__product.html 'A  m x k, lda >= k   (transa = 1: stored k x m, lda >= m)'
shows group__kernels__h__dense__layer.html '                 stored. GELU and SiLU need it for their backward pass'
shows group__nn__h__models.html '<prefix><n>.weight'
shows group__nn__h__models.html '__metadata__'

# Faults in a copy, all at once because Doxygen names all that it finds.
# broken FILE COMMAND FAULT: FILE is changed by the sed COMMAND, of which FAULT has to be said.
broken() {
    sed "$2" "$work/copy/$1" >"$work/changed"
    if cmp -s "$work/copy/$1" "$work/changed"; then
        echo "FAILED: nothing in $1 that is changed by: $2"
        failed=1
    fi
    cp "$work/changed" "$work/copy/$1"
    printf '%s\n' "$3" >>"$work/faults"
}
# found: making the pages fails, and says all of them.
found() {
    if "$work/copy/docs/build.sh" "$work/pages" >"$work/out" 2>&1; then
        echo 'FAILED: a wrong documentation is made'
        failed=1
    fi
    while read -r fault; do
        grep -qF -- "$fault" "$work/out" || {
            echo "FAILED: not found: $fault"
            failed=1
        }
    done <"$work/faults"
}

fresh_copy
nn=nn/include/lanewise/nn.h
kernels=kernels/include/lanewise/kernels.h
broken $nn 's/^LW_API void lw_net_destroy.*/&\n\nLW_API void lw_nothing(void);/' 'lw_nothing(void) (function)'
broken $nn '/^\/\* How lw_fit trains/d' 'Compound lw_fit_options'
broken $nn 's/^\(    float momentum;\).*/\1/' 'Member momentum (variable)'
broken $nn 's/^\(    size_t rows, inputs;\).*/\1/' 'Member inputs (variable)'
broken $kernels 's/^\(    LW_ACTIVATION_TANH,\).*/\1/' 'undocumented_LW_TANH'
broken $kernels '/^\/\* Slope of leaky ReLU/d' 'Member LW_LEAKY_SLOPE (macro'
broken $nn 's/that lw_net_save wrote/that lw_net_saves wrote/' \
    "unable to resolve reference to 'lw_net_saves'"
broken README.md 's/(CONTRIBUTING.md)/(nowhere.md)/' nowhere.md
found

fresh_copy
rm "$work/faults"
broken README.md 's/^MIT licence\|MIT licence/<a href="nowhere.html">MIT licence<\/a>/' 'nowhere.html is not there'
found
exit "$failed"
