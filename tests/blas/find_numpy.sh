# Sourced by scripts. Sets python to a Python whose NumPy calls cblas_sgemm and cblas_sgemv of the
# preloaded $library, and work to a directory that is removed at exit. Skips (77) if no NumPy uses
# the BLAS of the process; fails if one does but does not use $library.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=
for candidate in /usr/bin/python3 python3; do
    # NumPy wheels contain a BLAS with private names.
    if LD_BIND_NOW=1 LD_PRELOAD=$library LD_DEBUG=bindings LD_DEBUG_OUTPUT=$work/bindings \
        "$candidate" -c 'import numpy' 2>"$work/err" &&
        cat "$work"/bindings.* | grep -q '_multiarray_umath.* symbol .cblas_sgemm.'; then
        python=$candidate
        break
    fi
    rm -f "$work"/bindings.*
done
if [ -z "$python" ]; then
    echo 'skipped: no python3 whose NumPy uses a shared BLAS (Debian: python3-numpy)'
    exit 77
fi

for name in cblas_sgemm cblas_sgemv; do
    cat "$work"/bindings.* |
        grep -q "file .*/_multiarray_umath.* to .*/liblanewise_cblas.* symbol .$name." || {
        echo "NumPy does not use $name of the library:"
        cat "$work"/bindings.* | grep "_multiarray_umath.* symbol .$name."
        exit 1
    }
done
