"""One training step of a rank, with sums on their way while layers are computed (nn/src/shared_step.c, mpi/src/sums.c).

Rows, then the gradients of each layer from the last one on, each handed on when it is done; then all sums are
waited for, then parameters are updated.
"""

from dataclasses import dataclass

LOSS_BYTES = 16  # the loss and the wish to stop, doubles that are added up before any gradients
FLOAT_BYTES = 4  # buckets are measured in floats, also where gradients travel as bf16


@dataclass(frozen=True)
class Compute:
    """Seconds of a step without sums."""

    rows: float
    gradients: tuple  # of the last layer, ..., of the first
    update: float

    def total(self):
        return self.rows + sum(self.gradients) + self.update

    def faster(self, times):
        return Compute(self.rows / times, tuple(each / times for each in self.gradients), self.update / times)


@dataclass(frozen=True)
class Step:
    seconds: float
    allreduce: float  # what the sums would take one after another, without computing
    waited: float  # for sums, when all is computed
    sums: int

    def hidden(self):
        """The share of the sums' time that passes while something is computed."""
        return 1 - self.waited / self.allreduce if self.allreduce > 0 else 1.0


class _Link:
    """Rounds of all sums, one at a time."""

    def __init__(self, offload):
        self.offload = offload
        self.free = 0.0  # when the rounds that have begun are over
        self.used = 0.0
        self.sums = []  # of each, the end of its last round begun, and the rounds to come

    def _run(self, now, seconds):
        self.free = max(now, self.free) + seconds
        self.used += seconds
        return self.free

    def begin(self, now, rounds):
        rounds = list(rounds)
        at_once = len(rounds) if self.offload else 1
        end = now
        for seconds in rounds[:at_once]:
            end = self._run(now, seconds)
        self.sums.append([end, rounds[at_once:]])

    def move_on(self, now):
        """MPI is called: sums whose round is over begin the next one."""
        for each in self.sums:
            if each[1] and each[0] <= now:
                each[0] = self._run(now, each[1].pop(0))

    def wait(self, now):
        """MPI is called until all sums are done; the time of that."""
        return self._run(now, sum(sum(rounds) for _, rounds in self.sums))


def simulate(compute, floats, rounds_of, bucket_bytes, offload=False, number_bytes=FLOAT_BYTES):
    """The step of a network with so many gradients in its last layer, ..., in its first.

    rounds_of(bytes): seconds of each round of a sum. offload: sums move on by themselves, not only while
    MPI is called.
    """
    now = compute.rows
    link = _Link(offload)
    link.begin(now, rounds_of(LOSS_BYTES))
    bucket = 0
    for count, seconds in zip(floats, compute.gradients):
        now += seconds
        bucket += count
        if bucket * FLOAT_BYTES >= bucket_bytes:
            link.begin(now, rounds_of(bucket * number_bytes))
            bucket = 0
        link.move_on(now)
    if bucket > 0:
        link.begin(now, rounds_of(bucket * number_bytes))
    done = link.wait(now)
    return Step(done + compute.update, link.used, done - now, len(link.sums))
