"""usage: LD_PRELOAD=... python3 numpy_checks.py NAME

Checks NumPy's float32 products and linear algebra against double precision with the BLAS of the
process, whose cblas_sgemm must come from a library with a file name that begins with NAME. Prints
the number of checks and the names of those that failed.
"""

import ctypes
import itertools
import os
import sys

import numpy as np

EPS = float(np.finfo(np.float32).eps)
random = np.random.default_rng(1)
made = 0
failed = []


def check(name, right):
    global made
    made += 1
    if not right:
        failed.append(name)


def from_library(name):
    """Returns the file that defines a function of the process."""

    class Info(ctypes.Structure):
        _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p),
                    ("name", ctypes.c_char_p), ("address", ctypes.c_void_p)]

    process, info = ctypes.CDLL(None), Info()
    try:
        function = getattr(process, name)
    except AttributeError:
        return "nowhere"
    process.dladdr(ctypes.cast(function, ctypes.c_void_p), ctypes.byref(info))
    return os.path.basename(info.file.decode())


def floats(*shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


def wide(x):
    return np.asarray(x, dtype=np.float64)


def near(actual, expected, magnitude, terms):
    """Elementwise: the error is within the rounding of a sum of products.

    magnitude is the sum of their absolute values.
    """
    if actual.dtype != np.float32 or actual.shape != expected.shape:
        return False
    return bool(np.all(np.abs(wide(actual) - expected) <= (terms + 2) * EPS * magnitude))


def small(x, scale, n):
    """The norm of a residual is within the rounding of n operations on numbers of this scale."""
    return bool(np.linalg.norm(wide(x)) <= 8 * max(n, 1) * EPS * scale)


# Memory layouts of a matrix: those that the BLAS accepts, and those that NumPy has to copy.
LAYOUTS = {
    "C": lambda x: np.ascontiguousarray(x),
    "F": lambda x: np.asfortranarray(x),
    "rows apart": lambda x: np.repeat(x, 2, axis=0)[::2],
    "columns apart": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "part of C": lambda x: np.pad(x, 3)[3:3 + x.shape[0], 3:3 + x.shape[1]],
    "part of F": lambda x: np.asfortranarray(np.pad(x, 3))[3:3 + x.shape[0], 3:3 + x.shape[1]],
    "rows reversed": lambda x: np.ascontiguousarray(x[::-1])[::-1],
    "columns reversed": lambda x: np.asfortranarray(x[:, ::-1])[:, ::-1],
}
VECTORS = {
    "contiguous": lambda x: x.copy(),
    "strided": lambda x: np.repeat(x, 3)[::3],
    "reversed": lambda x: x[::-1].copy()[::-1],
    "reversed and strided": lambda x: np.repeat(x[::-1], 2)[::-2],
}
SHAPES = [(1, 1, 1), (2, 3, 4), (4, 4, 4), (7, 1, 5), (1, 9, 6), (5, 8, 1), (16, 17, 35),
          (33, 64, 65), (128, 96, 80), (300, 10, 200), (3, 700, 300), (0, 3, 4), (3, 0, 4),
          (3, 4, 0), (0, 0, 0)]


def check_products():
    """m x k by k x n."""
    for m, n, k in SHAPES:
        a, b = floats(m, k), floats(k, n)
        expected, magnitude = wide(a) @ wide(b), np.abs(wide(a)) @ np.abs(wide(b))
        for (la, lay_a), (lb, lay_b) in itertools.product(LAYOUTS.items(), repeat=2):
            x, y = lay_a(a), lay_b(b)
            name = f"{m}x{k} {la} by {k}x{n} {lb}"
            check(f"matmul {name}", near(x @ y, expected, magnitude, k))
            check(f"dot {name}", near(np.dot(x, y), expected, magnitude, k))
            check(f"inner {name}", near(np.inner(x, y.T), expected, magnitude, k))
            for order in "CF":
                out = np.full((m, n), np.nan, np.float32, order=order)
                np.matmul(x, y, out=out)
                check(f"matmul into {order} {name}", near(out, expected, magnitude, k))


def check_vectors():
    """m x k by k, and k by k x n."""
    for m, k in [(1, 1), (4, 4), (3, 17), (17, 3), (64, 64), (5, 1000), (1000, 5),
                 (300, 400), (0, 3), (3, 0)]:
        a, x = floats(m, k), floats(k)
        expected, magnitude = wide(a) @ wide(x), np.abs(wide(a)) @ np.abs(wide(x))
        for (la, lay_a), (lx, lay_x) in itertools.product(LAYOUTS.items(), VECTORS.items()):
            b, y = lay_a(a), lay_x(x)
            assert np.array_equal(b, a) and np.array_equal(y, x)
            name = f"{m}x{k} {la} by vector {lx}"
            check(f"matmul {name}", near(b @ y, expected, magnitude, k))
            check(f"matmul from the left {name}", near(y @ b.T, expected, magnitude, k))
            check(f"dot {name}", near(np.dot(b, y), expected, magnitude, k))
            check(f"column {name}", near(b @ y[:, None], expected[:, None], magnitude[:, None], k))
            check(f"row {name}", near(y[None, :] @ b.T, expected[None, :], magnitude[None, :], k))


def check_many_axes():
    a, b = floats(5, 6, 7), floats(7, 6, 8)
    expected = np.tensordot(wide(a), wide(b), axes=([1, 2], [1, 0]))
    magnitude = np.tensordot(np.abs(wide(a)), np.abs(wide(b)), axes=([1, 2], [1, 0]))
    check("tensordot", near(np.tensordot(a, b, axes=([1, 2], [1, 0])), expected, magnitude, 42))
    check("einsum", near(np.einsum("ijk,kjl->il", a, b, optimize=True), expected, magnitude, 42))
    c, d = floats(3, 1, 20, 30), floats(4, 30, 10)
    expected, magnitude = wide(c) @ wide(d), np.abs(wide(c)) @ np.abs(wide(d))
    check("stacks", near(c @ d, expected, magnitude, 30))
    check("transposed stacks", near((d.swapaxes(1, 2) @ c.swapaxes(2, 3)), expected.swapaxes(2, 3),
                                    magnitude.swapaxes(2, 3), 30))
    e = floats(40, 25)
    check("with its own transpose",
          near(e @ e.T, wide(e) @ wide(e).T, np.abs(wide(e)) @ np.abs(wide(e)).T, 25))


def check_nan():
    """NaN and infinity affect exactly the results that depend on them."""
    a, b = floats(20, 30), floats(30, 40)
    a[3, 4], b[7, 8] = np.nan, np.inf
    actual = a @ b
    check("NaN in its row", bool(np.isnan(actual[3]).all()))
    others = np.delete(np.delete(actual, 3, axis=0), 8, axis=1)
    check("no NaN elsewhere", bool(np.isfinite(others).all()))
    check("infinity in its column", bool(np.isinf(np.delete(actual[:, 8], 3)).all()))


def check_linalg():
    la = np.linalg
    for n in (1, 2, 3, 10, 50, 150):
        a = floats(n, n) + 2 * np.sqrt(n) * np.eye(n, dtype=np.float32)
        b, eye = floats(n, 4), np.eye(n)
        scale = la.norm(wide(a))
        check(f"norm {n}", abs(la.norm(a) - scale) <= n * n * EPS * scale)
        check(f"spectral norm {n}", abs(la.norm(a, 2) - la.norm(wide(a), 2)) <= 8 * n * EPS * scale)
        x = la.solve(a, b)
        check(f"solve {n}",
              x.dtype == np.float32 and small(wide(a) @ wide(x) - b, scale * la.norm(wide(x)), n))
        check(f"inv {n}",
              small(wide(a) @ wide(la.inv(a)) - eye, scale * la.norm(wide(la.inv(a))), n))
        u, s, vt = la.svd(a)
        check(f"svd {n}", small((wide(u) * wide(s)) @ wide(vt) - a, scale, n))
        check(f"svd is orthogonal {n}", small(wide(u).T @ wide(u) - eye, n, n))
        q, r = la.qr(a)
        check(f"qr {n}", small(wide(q) @ wide(r) - a, scale, n))
        symmetric = (a + a.T) / 2
        w, v = la.eigh(symmetric)
        check(f"eigh {n}", small(wide(symmetric) @ wide(v) - wide(v) * wide(w), scale, n))
        tall, rhs = floats(3 * n, n), floats(3 * n, 2)
        y = la.lstsq(tall, rhs, rcond=None)[0]
        check(f"lstsq {n}", small(wide(tall).T @ (wide(tall) @ wide(y) - rhs),
                                  la.norm(wide(tall)) ** 2 * (la.norm(wide(y)) + 1), n))
        unit = a / np.float32(scale)
        check(f"matrix_power {n}",
              small(wide(la.matrix_power(unit, 5)) - la.matrix_power(wide(unit), 5), 1, 5 * n))
        chain = [floats(n, 7), floats(7, 30), floats(30, n + 1)]
        error = wide(la.multi_dot(chain)) - la.multi_dot([wide(c) for c in chain])
        check(f"multi_dot {n}", small(error, np.prod([la.norm(wide(c)) for c in chain]), 30))
        spd = a @ a.T + np.eye(n, dtype=np.float32)
        low = la.cholesky(spd)
        check(f"cholesky {n}", small(wide(low) @ wide(low).T - spd, la.norm(wide(spd)), n))
        check(f"pinv {n}", small(wide(la.pinv(tall)) @ wide(tall) - eye,
                                 la.norm(wide(tall)) * la.norm(wide(la.pinv(tall))), 4 * n))


def main():
    library = from_library("cblas_sgemm")
    if not library.startswith(sys.argv[1]):
        print(f"cblas_sgemm comes from {library}")
        return 2
    for group in (check_products, check_vectors, check_many_axes, check_nan, check_linalg):
        group()
    for name in failed[:20]:
        print(f"failed: {name}")
    print(f"{made} checks, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
