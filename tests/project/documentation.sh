#!/bin/sh
# usage: documentation.sh SOURCE_DIR
# Builds the documentation, and requires that errors in a copy of it are reported. Skipped (77)
# without Doxygen.
set -eu
if ! command -v doxygen >/dev/null; then
    echo 'skipped: doxygen is not installed (Debian: doxygen doxygen-awesome-css)'
    exit 77
fi
source=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Copies the inputs of the documentation.
fresh_copy() {
    rm -rf "$work/copy"
    mkdir -p "$work/copy"
    (cd "$source" && tar -cf - CMakeLists.txt ./*.md bench/RESULTS.md tests/README.md docs \
        kernels/include nn/include blas/include mpi/include) |
        tar -xf - -C "$work/copy"
}

fresh_copy
"$work/copy/docs/build.sh" "$work/pages" >"$work/out" 2>&1 || {
    echo 'FAILED: the documentation has errors'
    cat "$work/out"
    exit 1
}

# shows PAGE TEXT: requires that a page contains a verbatim block, formula or name unchanged.
shows() {
    sed -e 's/<[^>]*>//g' -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g' -e 's/&nbsp;/ /g' \
        "$work/pages/html/$1" | grep -qF -- "$2" || {
        echo "FAILED: $1 does not show: $2"
        failed=1
    }
}
shows index.html 'Lanewise is a C library that trains dense neural networks'
product=group__kernels__h__general__matrix__product.html
shows $product 'C = alpha * op(A) * op(B) + beta * C, op(X) = X'
shows $product 'A  m x k, lda >= k   (transa = 1: stored k x m, lda >= m)'
shows group__kernels__h__dense__layer.html \
    '                 backward pass'
shows group__model__h__models.html '<prefix><n>.weight'
shows group__model__h__models.html '__metadata__'

# Errors in a copy, all at once because Doxygen reports every error.
# broken FILE COMMAND MESSAGE: changes FILE by the sed COMMAND; Doxygen must print MESSAGE.
broken() {
    sed "$2" "$work/copy/$1" >"$work/changed"
    if cmp -s "$work/copy/$1" "$work/changed"; then
        echo "FAILED: $1 is not changed by: $2"
        failed=1
    fi
    cp "$work/changed" "$work/copy/$1"
    printf '%s\n' "$3" >>"$work/messages"
}
# found: requires that the build fails and prints all expected messages.
found() {
    if "$work/copy/docs/build.sh" "$work/pages" >"$work/out" 2>&1; then
        echo 'FAILED: documentation with errors is accepted'
        failed=1
    fi
    while read -r message; do
        grep -qF -- "$message" "$work/out" || {
            echo "FAILED: no message: $message"
            failed=1
        }
    done <"$work/messages"
}

fresh_copy
nn=nn/include/lanewise
kernels=kernels/include/lanewise/kernels.h
broken $nn/net.h 's/^LW_API void lw_net_destroy.*/&\n\nLW_API void lw_nothing(void);/' \
    'lw_nothing(void) (function)'
broken $nn/train.h '/^\/\* How lw_fit trains/d' 'Compound lw_fit_options'
broken $nn/train.h 's/^\(    float momentum;\).*/\1/' 'Member momentum (variable)'
broken $nn/data.h 's/^\(    size_t rows, inputs;\).*/\1/' 'Member inputs (variable)'
broken $kernels 's/^\(    LW_ACTIVATION_TANH,\).*/\1/' undocumented_LW_ACTIVATION_TANH
broken $kernels '/^\/\* Slope of leaky ReLU/d' 'Member LW_LEAKY_SLOPE (macro'
broken $nn/model.h 's/a file of lw_net_save or/a file of lw_net_saves or/' \
    "unable to resolve reference to 'lw_net_saves'"
broken README.md 's/(CONTRIBUTING.md)/(nowhere.md)/' nowhere.md
found

fresh_copy
rm "$work/messages"
broken README.md 's/MIT licence/<a href="nowhere.html">MIT licence<\/a>/' \
    'nowhere.html does not exist'
found
exit "$failed"
