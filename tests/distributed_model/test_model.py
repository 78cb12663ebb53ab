"""usage: test_model.py FOLDER_OF_THE_MODEL

Tests of the scaling model: closed forms, steps calculated by hand, monotonicity.
"""

import math
import sys
import unittest

sys.path.insert(0, sys.argv.pop(1))

from costs import (ALGORITHMS, MAX_EAGER, Network, Round, best, binomial, rabenseifner, ring,
                   seconds_of, tree)
from overlap import LOSS_BYTES, PIECE_FLOATS, Compute, simulate
from scaling import Scaling

HOSTS = [2, 4, 8, 64, 1024]
SIZES = [16, 4096, 1 << 20, 123456789]
NETWORK = Network(alpha=20e-6, beta=0.8e-9, gamma=0.3e-9)


class ClosedForms(unittest.TestCase):
    def compare(self, algorithm, closed_form, hosts=HOSTS):
        for p in hosts:
            for n in SIZES:
                expected = closed_form(p, n, NETWORK.alpha, NETWORK.beta, NETWORK.gamma)
                seconds = seconds_of(algorithm(p, n, NETWORK))
                self.assertTrue(math.isclose(seconds, expected), (p, n))

    def test_ring(self):
        self.compare(ring, lambda p, n, a, b, c: 2 * (p - 1) * (a + n * b / p)
                     + (p - 1) / p * n * c, HOSTS + [3, 7, 100])

    def test_tree(self):
        self.compare(tree, lambda p, n, a, b, c: math.ceil(math.log2(p)) * (a + n * b + n * c),
                     HOSTS + [3, 7, 100])

    def test_binomial(self):
        self.compare(binomial, lambda p, n, a, b, c: math.ceil(math.log2(p))
                     * (2 * (a + n * b) + n * c), HOSTS + [3, 7, 100])

    def test_rabenseifner(self):
        self.compare(rabenseifner, lambda p, n, a, b, c: 2 * math.ceil(math.log2(p)) * a
                     + 2 * (p - 1) / p * n * b + (p - 1) / p * n * c, HOSTS + [3, 7, 100])

    def test_halves(self):
        """Rabenseifner on 8 hosts sends a half, a quarter, an eighth, and the same in reverse."""
        rounds = rabenseifner(8, 800, Network(alpha=0, beta=1, gamma=0))
        for found, expected in zip(rounds, [400, 200, 100, 100, 200, 400], strict=True):
            self.assertAlmostEqual(found.link, expected)
            self.assertEqual(found.latency, 0)

    def test_one_host(self):
        for name, algorithm in ALGORITHMS.items():
            self.assertEqual(seconds_of(algorithm(1, 1000, NETWORK)), 0, name)

    def test_two_hosts(self):
        """Tree: one message. Ring: two messages of half the size; each host adds only one half."""
        network = Network(alpha=5, beta=1, gamma=2)
        self.assertEqual(seconds_of(tree(2, 10, network)), 5 + 10 + 20)
        self.assertEqual(seconds_of(ring(2, 10, network)), 2 * (5 + 5) + 10)
        self.assertEqual(seconds_of(rabenseifner(2, 10, network)), 2 * (5 + 5) + 10)

    def test_link_occupancy(self):
        """Bytes occupy the link; latency and additions do not."""
        self.assertEqual(ring(2, 10, Network(alpha=5, beta=1, gamma=2)),
                         [Round(5, 15), Round(5, 5)])

    def test_rendezvous(self):
        """Messages above the eager limit need a rendezvous."""
        for size, rendezvous in (2 * MAX_EAGER, False), (2 * MAX_EAGER + 2, True):
            self.assertEqual([each.rendezvous for each in ring(2, size, NETWORK)], [rendezvous] * 2)

    def test_best(self):
        """Minimises messages for short operands and bytes for long ones."""
        self.assertEqual(best(64, 16, NETWORK), tree(64, 16, NETWORK))
        self.assertEqual(best(64, 1 << 24, NETWORK), rabenseifner(64, 1 << 24, NETWORK))
        for p in HOSTS:
            for n in SIZES:
                fastest = min(seconds_of(f(p, n, NETWORK)) for f in (ring, tree, rabenseifner))
                self.assertEqual(seconds_of(best(p, n, NETWORK)), fastest)


class ByHand(unittest.TestCase):
    """Rows take 10, gradients of the last layer (100 floats) 4, of the first (200) 4, update 2."""

    COMPUTE = Compute(10, (4, 4), 2)
    SECONDS = {LOSS_BYTES: [1], 400: [3, 3], 800: [5, 5], 1200: [6, 6]}

    def step(self, bucket_bytes, compute=COMPUTE, seconds=SECONDS, latency=0, rendezvous=False,
             **options):
        return simulate(compute, [100, 200],
                        lambda size: [Round(each, latency, rendezvous and size > LOSS_BYTES)
                                      for each in seconds[size]],
                        bucket_bytes, **options)

    def test_offload(self):
        """Loss 10 to 11, last layer 14 to 20, first layer (done at 18) 20 to 30, update until 32.
        """
        step = self.step(1, offload=True)
        self.assertEqual((step.seconds, step.waited, step.allreduce, step.reductions),
                         (32, 12, 17, 3))
        self.assertAlmostEqual(step.hidden(), 5 / 17)

    def test_calls(self):
        """The second round of the last layer starts at 18, though the first ends at 17: 1 s later.
        """
        step = self.step(1)
        self.assertEqual((step.seconds, step.waited, step.allreduce, step.reductions),
                         (33, 13, 17, 3))

    def test_rendezvous(self):
        """The first message of the last layer is announced at 14 and sent in the call at 18; ends
        at 21; then 5, 3, 5.
        """
        step = self.step(1, rendezvous=True)
        self.assertEqual((step.seconds, step.waited, step.allreduce), (36, 16, 17))
        self.assertEqual(self.step(1, rendezvous=True, offload=True),
                         self.step(1, offload=True))

    def test_latency(self):
        """Latencies overlap: 14 to 17 (arrives at 21), 18 to 23 (27), 23 to 26 (30), 27 to 32 (36).
        """
        step = self.step(1, latency=4)
        self.assertEqual((step.seconds, step.waited, step.allreduce), (38, 18, 37))

    def test_taken(self):
        """Messages take half of the processor from 10 to 11 and 14.5 to 17.5: the first layer is
        done at 20. With offload they take none.
        """
        step = self.step(1, taken=0.5)
        self.assertEqual(step.seconds - step.waited, 20 + 2)
        step = self.step(1, Compute(10, (4, 1), 2), taken=0.5)
        self.assertEqual(step.seconds - step.waited, 16.5 + 2)
        self.assertEqual(self.step(1, offload=True, taken=0.5), self.step(1, offload=True))

    def test_pieces(self):
        """The gradients of a wide layer are sent in halves: 12 to 17 and 17 to 22, update until 24;
        in one bucket, 14 to 24.
        """
        width = 2 * PIECE_FLOATS
        for bucket_bytes, seconds, reductions in (4 * PIECE_FLOATS, 24, 3), (4 * width, 26, 2):
            step = simulate(Compute(10, (4,), 2), [width],
                            lambda size: [Round(5 * (size // (4 * PIECE_FLOATS)), 0)], bucket_bytes)
            self.assertEqual((step.seconds, step.reductions), (seconds, reductions))

    def test_one_bucket(self):
        """Both layers fill a bucket at 18; wait starts a bucket that is not full."""
        for bucket_bytes in 1200, 1 << 20:
            step = self.step(bucket_bytes)
            self.assertEqual((step.seconds, step.waited, step.allreduce, step.reductions),
                         (32, 12, 13, 2))

    def test_half_numbers(self):
        """bf16 fills buckets like float and sends half the bytes: 14 to 18, 18 to 24."""
        step = self.step(400, seconds={LOSS_BYTES: [1], 200: [2, 2], 400: [3, 3]}, offload=True,
                         number_bytes=2)
        self.assertEqual((step.seconds, step.allreduce, step.reductions), (26, 11, 3))

    def test_all_but_the_last_hidden(self):
        """The first layer (20, done at 34) hides the reduction of the last, 14 to 20; wait takes
        10.
        """
        step = self.step(1, Compute(10, (4, 20), 2), offload=True)
        self.assertEqual((step.seconds, step.waited), (46, 10))

    def test_no_rounds(self):
        step = simulate(self.COMPUTE, [100, 200], lambda size: [], 1)
        self.assertEqual((step.seconds, step.waited, step.hidden()), (20, 0, 1))


def scaling(network, algorithm=best, **options):
    """A network of 3 layers whose computing takes time per row and per parameter."""
    def compute(rows):
        return Compute(40e-6 * rows, (1e-6 * rows, 1e-5 * rows, 1e-5 * rows), 1e-3)

    return Scaling(compute, [10000, 1000000, 1000000], lambda p, n: algorithm(p, n, network),
                   bucket_bytes=1 << 20, **options)


class Monotonicity(unittest.TestCase):
    def grows(self, values, strictly=True):
        for before, after in zip(values, values[1:]):
            self.assertTrue(before < after if strictly else before <= after, values)

    def test_reductions(self):
        for algorithm in ALGORITHMS.values():
            self.grows([seconds_of(algorithm(p, 1 << 20, NETWORK)) for p in [1] + HOSTS])
            self.grows([seconds_of(algorithm(8, n, NETWORK)) for n in SIZES])
            for slower in (30e-6, 0.8e-9, 0.3e-9), (20e-6, 1e-9, 0.3e-9), (20e-6, 0.8e-9, 1e-9):
                worse = Network(*slower)
                self.grows([seconds_of(algorithm(8, 1 << 20, each)) for each in (NETWORK, worse)])

    def test_steps(self):
        for offload in False, True:
            for algorithm in ring, tree, rabenseifner:
                model = scaling(NETWORK, algorithm, offload=offload)
                self.grows([model.step(p, 64).seconds for p in HOSTS])
                self.grows([-model.weak(p, 64) for p in HOSTS])
                self.grows([-model.strong(p, 2048) for p in HOSTS])
                self.grows([model.weak(16, rows) for rows in (1, 8, 64, 512, 4096)])

    def test_offload_hides_more(self):
        for p in HOSTS:
            calls = scaling(NETWORK, offload=False).step(p, 512)
            offloaded = scaling(NETWORK, offload=True).step(p, 512)
            self.assertAlmostEqual(calls.allreduce, offloaded.allreduce)
            self.grows([offloaded.waited, calls.waited], strictly=False)
            self.assertLessEqual(calls.waited, calls.allreduce)
        self.assertLess(offloaded.waited, calls.waited)

    def test_smallest_rows(self):
        """One row less is not efficient. Grows with the number of hosts and slower networks."""
        slow, fast = scaling(NETWORK), scaling(Network(2e-6, 0.08e-9, 0.3e-9))
        for p in HOSTS:
            rows = slow.smallest_rows(p, 0.8)
            self.assertGreaterEqual(slow.weak(p, rows), 0.8)
            self.assertLess(slow.weak(p, rows - 1), 0.8)
            self.assertLess(fast.smallest_rows(p, 0.8), rows)
        self.grows([slow.smallest_rows(p, 0.8) for p in HOSTS], strictly=False)

    def test_efficiency(self):
        """Without communication everything scales; a batch needs a row for each host."""
        free = scaling(Network(0, 0, 0))
        self.assertAlmostEqual(free.weak(8, 64), 1)
        self.assertLess(free.strong(8, 64), 1)  # every host updates all parameters
        self.assertIsNone(free.strong(8, 7))
        self.assertEqual(free.smallest_rows(8, 0.8), 1)


if __name__ == "__main__":
    unittest.main()
