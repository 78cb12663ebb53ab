"""Runs the command under test in a temporary directory, and compares its results."""
import os
import subprocess
import sys
import tempfile

SKIPPED = 77


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


try:
    import numpy
except ImportError:
    skip("Python has no numpy")


class Command:
    """The program lanewise in the directory given as the first argument."""

    def __init__(self):
        self.program = os.path.join(os.path.abspath(sys.argv[1]), "lanewise")
        self.directory = tempfile.TemporaryDirectory()
        os.chdir(self.directory.name)

    def run(self, *arguments):
        result = subprocess.run([self.program, *arguments], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"lanewise {' '.join(arguments)}: {result.returncode}: {result.stderr}")
        return result.stdout

    def predict(self, model, x):
        numpy.save("x.npy", x)
        self.run("predict", "--model", model, "--x", "x.npy", "--out", "y.npy")
        return numpy.load("y.npy")


class Comparison:
    """Compares outputs; counts comparisons and failures."""

    def __init__(self, allowed):
        self.allowed, self.compared, self.failed = allowed, 0, 0

    def compare(self, what, got, expected):
        """Each error is at most `allowed` times the largest expected element of its row."""
        got, expected = numpy.asarray(got, "f8"), numpy.asarray(expected, "f8")
        self.compared += 1
        if got.shape != expected.shape:
            self.failed += 1
            print(f"FAILED: {what}: shape {got.shape}, expected {expected.shape}")
            return
        smallest = numpy.finfo("f4").tiny  # a row may be 0 after ReLU
        scale = numpy.maximum(numpy.abs(expected).max(axis=1, keepdims=True), smallest)
        error = (numpy.abs(got - expected) / scale).max()
        wrong = not error <= self.allowed
        self.failed += wrong
        print(f"{'FAILED' if wrong else 'ok'}: {what}: {error:.2g} of the row's largest element")

    def same(self, what, is_same):
        self.compared += 1
        self.failed += not is_same
        print(f"{'ok' if is_same else 'FAILED'}: {what}")

    def finish(self):
        print(f"{self.compared} comparisons, {self.failed} failed")
        sys.exit(self.failed > 0 or self.compared == 0)
