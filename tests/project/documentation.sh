#!/bin/sh
# usage: documentation.sh SOURCE_DIR
# The documentation can be made, and what is wrong with a copy of it is found. Skipped (77) without
# Doxygen.
set -eu
if ! command -v doxygen >/dev/null; then
    echo 'skipped: doxygen is not installed'
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
    (cd "$source" && tar -cf - CMakeLists.txt ./*.md bench/RESULTS.md docs kernels/include nn/include) |
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
shows group__nn__h__models.html 'layers.<i>.weight'
shows group__nn__h__models.html '__metadata__'

# finds FAULT FILE COMMAND: with FILE changed by the sed COMMAND, making the pages fails and says FAULT.
finds() {
    fresh_copy
    sed "$3" "$work/copy/$2" >"$work/changed"
    if cmp -s "$work/copy/$2" "$work/changed"; then
        echo "FAILED: nothing in $2 that is changed by: $3"
        failed=1
        return
    fi
    cp "$work/changed" "$work/copy/$2"
    if "$work/copy/docs/build.sh" "$work/pages" >"$work/out" 2>&1 || ! grep -qF -- "$1" "$work/out"; then
        echo "FAILED: not found: $1"
        cat "$work/out"
        failed=1
    fi
}
nn=nn/include/lanewise/nn.h
kernels=kernels/include/lanewise/kernels.h
finds 'lw_nothing(void) (function)' $nn 's/^LW_API void lw_net_destroy.*/&\n\nLW_API void lw_nothing(void);/'
finds 'Compound lw_fit_options' $nn '/^\/\* How lw_fit trains/d'
finds 'Member momentum (variable)' $nn 's/^\(    float momentum;\).*/\1/'
finds 'Member rows (variable)' $nn 's/^\(    size_t rows, inputs;\).*/\1/'
finds 'undocumented_LW_TANH' $kernels 's/^\(    LW_TANH,\).*/\1/'
finds 'Member LW_LEAKY_SLOPE (macro' $kernels '/^\/\* Slope of leaky ReLU/d'
finds "unable to resolve reference to 'lw_net_saves'" $nn 's/that lw_net_save wrote/that lw_net_saves wrote/'
finds 'nowhere.md' README.md 's/(CONTRIBUTING.md)/(nowhere.md)/'
exit "$failed"
