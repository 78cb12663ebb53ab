"""usage: test_command.py FOLDER_OF_THE_MODEL

Tests of measured.py (computing time for other numbers of rows) and of the modes of simulate.py.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

FOLDER = sys.argv.pop(1)
sys.path.insert(0, FOLDER)

from measured import Record, WrongFile, compute_of_rows, read


def line(**changes):
    """9 and 2 gradients; 2 ranks; each message takes a second, whatever its size."""
    return {"network": "8-1-1", "batch": 32, "optimizer": "sgd", "ranks": 2, "hosts": 2,
            "threads": 1, "step": 18.0, "step_median": 18.5, "reductions": 2, "bytes": 60,
            "wait": 1.0, "exchange": 3.0,
            "compute": {"rows": 10.0, "gradients": [2.0, 4.0], "update": 1.0},
            "alpha": 1.0, "beta": 0.0, "gamma": 0.0} | changes


def alone(batch, rows, gradients, update):
    return line(batch=batch, ranks=1, hosts=1, bytes=0,
                compute={"rows": rows, "gradients": gradients, "update": update})


class Computing(unittest.TestCase):
    def compute(self, *lines):
        return compute_of_rows([Record(each) for each in lines])

    def test_one_batch(self):
        """Everything but the update is per row."""
        compute = self.compute(alone(10, 20.0, [5.0, 30.0], 7.0))(40)
        self.assertEqual((compute.rows, compute.gradients, compute.update), (80, (20, 120), 7))

    def test_two_batches(self):
        """A line through both points; its intercept is the part per parameter."""
        compute = self.compute(alone(10, 20.0, [5.0, 30.0], 7.0),
                               alone(30, 40.0, [15.0, 31.0], 8.0))(40)
        self.assertEqual((compute.rows, compute.gradients, compute.update), (50, (20, 31.5), 7))

    def test_noise(self):
        """No time falls with the number of rows or is negative for none."""
        compute = self.compute(alone(10, 20.0, [1.0, 30.0], 7.0),
                               alone(30, 18.0, [15.0, 31.0], 7.0))
        self.assertEqual(compute(40).rows, 20)
        self.assertEqual(compute(60).gradients[0], 30)

    def test_rows_of_a_rank(self):
        self.assertEqual(Record(line(batch=32, ranks=4)).rows, 8)

    def test_floats(self):
        self.assertEqual(Record(line()).floats(), [2, 9])
        self.assertEqual(Record(line(bytes=60)).number_bytes(), 4)
        self.assertEqual(Record(line(bytes=38)).number_bytes(), 2)


class Command(unittest.TestCase):
    def run_mode(self, mode, *lines, options=()):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "measured.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                for each in lines:
                    file.write((each if isinstance(each, str) else json.dumps(each)) + "\n")
            simulator = os.path.join(FOLDER, "simulate.py")
            return subprocess.run([sys.executable, "-B", simulator, mode, path, *options],
                                  capture_output=True, text=True, check=False)

    def check(self, code, *lines, options=("--algorithm", "tree")):
        result = self.run_mode("check", *lines, options=options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout

    def test_check(self):
        """10 + 2 + 4, a second for the only bucket, which wait starts, 1 for the update: 18."""
        self.assertIn("| 18000.000 | 18000.000 | +0.0% | 1000.000 | 1000.000 |",
                      self.check(0, line()))

    def test_off(self):
        self.assertIn("-10.0%", self.check(0, line(step=20.0)))
        self.assertIn("-20.0% **off**", self.check(1, line(step=22.5), line()))
        self.check(1, line(step=15.0))
        self.check(1, line(step=20.0), options=("--algorithm", "tree", "--tolerance", "0.05"))

    def test_options_count(self):
        """With a bucket per layer, 12 to 13 is hidden. A ring of 2 has two rounds."""
        for step, options in (("18000.000", ("--algorithm", "tree", "--bucket-bytes", "1")),
                              ("19000.000", ("--algorithm", "ring")),
                              ("19000.000", ("--algorithm", "ring", "--offload"))):
            self.assertIn(f"| {step} |", self.check(0, line(), options=options))

    def test_no_step(self):
        """Lines without a measured step are skipped; a check that compares nothing fails."""
        no_step = line(step=None)
        self.assertIn("1 lines have no measured step", self.check(0, line(), no_step))
        self.check(1, no_step)

    def test_table(self):
        """8 hosts: rows until 20, then three messages of 3 seconds for the loss, three for the
        gradients from 32 to 41, update until 42.

        One host takes 33 for 32 rows. With 4 rows computing ends at 4, messages at 13, the step at
        14.
        """
        result = self.run_mode("table", line(), line(optimizer="adam"), options=("--alpha-10", "3"))
        self.assertEqual(result.returncode, 0, result.stderr)
        for hosts in 8, 16, 32, 64, 128, 256, 512, 1024:
            self.assertEqual(result.stdout.count(f"\n| {hosts} |"), 4)
        # One host takes 33 s; 8, 64 and 1024 hosts wait for 3, 6 and 10 messages of 3 s.
        self.assertIn("\n| 8-1-1 | sgd | 32 | 10 | 79 % | 65 % | 52 % | ", result.stdout)
        self.assertIn("\n8-1-1, adam, batch 32, 10 Gb/s, alpha 3e+06 us\n", result.stdout)
        self.assertIn("\n8-1-1, sgd, batch 32, 100 Gb/s, alpha 2 us\n", result.stdout)
        # 33 / 42, 8 * 32 / 42, 33 / 8 / 14
        row = "| 8 | 42000.000 | 18000.000 | 50 % | 79 % | 6 | 29 % |"
        self.assertEqual(result.stdout.count(row), 2)

    def test_rate(self):
        """7 / 8 of 4004000 bytes and of the 16 of the loss, in both phases, at 0.8 ns each."""
        compute = {"rows": 1.0, "gradients": [1.0], "update": 1.0}
        weights = line(network="1000-1000", compute=compute)
        result = self.run_mode("table", weights, options=("--alpha-10", "0", "--alpha-100", "0"))
        self.assertIn(" | 5.606 | ", result.stdout)
        self.assertIn(" | 0.561 | ", result.stdout)

    def test_speed(self):
        """A host that is twice as fast takes half of 33."""
        result = self.run_mode("table", line(), options=("--alpha-10", "0", "--speed", "2"))
        self.assertIn("| 8 | 16500.000 |", result.stdout)

    def test_wrong_files(self):
        too_few = {"rows": 1.0, "gradients": [1.0], "update": 1.0}
        for text in "{", "[]", "", json.dumps(line(compute=too_few)):
            result = self.run_mode("check", text)
            self.assertEqual(result.returncode, 1)
            self.assertIn("measured.jsonl", result.stderr)
            self.assertNotIn("Traceback", result.stderr)
        with self.assertRaises(OSError):
            read("/nonexistent")


if __name__ == "__main__":
    unittest.main()
