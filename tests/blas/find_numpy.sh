# To be read by a script: sets python to a Python whose NumPy takes cblas_sgemm and cblas_sgemv from $library when that is
# preloaded, and $work to a folder that goes when the script ends. Skips (77) without a NumPy that takes its
# products from whatever BLAS the process has; fails if it has one and takes another.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=
for candidate in /usr/bin/python3 python3; do
    # NumPy's wheels have a BLAS of their own, and private names for it.
    if LD_BIND_NOW=1 LD_PRELOAD=$library LD_DEBUG=bindings LD_DEBUG_OUTPUT=$work/bindings \
        "$candidate" -c 'import numpy' 2>"$work/err" &&
        cat "$work"/bindings.* | grep -q '_multiarray_umath.* symbol .cblas_sgemm.'; then
        python=$candidate
        break
    fi
    rm -f "$work"/bindings.*
done
if [ -z "$python" ]; then
    echo 'skipped: no python3 with a NumPy on a shared BLAS (Debian: python3-numpy)'
    exit 77
fi

for name in cblas_sgemm cblas_sgemv; do
    cat "$work"/bindings.* |
        grep -q "file .*/_multiarray_umath.* to .*/liblanewise_cblas.* symbol .$name." || {
        echo "NumPy takes $name from elsewhere:"
        cat "$work"/bindings.* | grep "_multiarray_umath.* symbol .$name."
        exit 1
    }
done
