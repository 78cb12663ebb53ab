"""One training step of a rank, with sums on their way while layers are computed (nn/src/distributed/shared_step.c, mpi/src/allreduce.c).

Rows, then the gradients of each layer from the last one on, in pieces that are handed on when they are done; then
all sums are waited for, then parameters are updated.
"""

from dataclasses import dataclass

LOSS_BYTES = 16  # the loss and the wish to stop, doubles that are added up before any gradients
PIECE_FLOATS = 1 << 18  # of the gradients of a layer, at most
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


class _Sum:
    def __init__(self, now, rounds):
        self.ready = now  # when its next round can begin
        self.rounds = list(rounds)
        self.announced = None  # when the next round was

    def sends(self, now):
        """Whether MPI, called now, sends the next round's message; if not, it is announced."""
        if not self.rounds or self.ready > now:
            return False
        if self.rounds[0].agreed and self.announced is None:
            self.announced = now
        return self.announced is None or self.announced < now


class _Link:
    """The messages of all sums, one at a time; while one is under way another can pass."""

    def __init__(self, offload, taken):
        self.offload = offload
        self.taken = 0.0 if offload else taken
        self.free = 0.0  # when the messages that have begun have passed
        self.used = 0.0
        self.sums = []

    def begin(self, now, rounds):
        self.sums.append(_Sum(now, rounds))
        self.move_on(now)

    def move_on(self, now):
        """MPI is called: sums whose round is over begin the next one."""
        if self.offload:
            self._run_until(now)
            return
        for each in self.sums:
            if each.sends(now):
                self._run(each, now)

    def wait(self, now):
        """MPI is called until all sums are done; the time of that."""
        for each in self.sums if not self.offload else []:
            each.ready = max(each.ready, now)
        self._run_until(float("inf"))
        return max([now] + [each.ready for each in self.sums])

    def _run_until(self, end):
        while ready := [each for each in self.sums if each.rounds and each.ready <= end]:
            first = min(ready, key=lambda each: each.ready)
            self._run(first, first.ready)

    def _run(self, each, now):
        message = each.rounds.pop(0)
        self.free = max(self.free, now) + message.link
        self.used += message.seconds()
        each.ready = self.free + message.latency
        each.announced = None

    def compute(self, now, seconds):
        """When so much is computed, by a processor of which messages take a share while they pass."""
        slow = max(0.0, self.free - now)
        computed = slow * (1 - self.taken)
        return now + (slow + seconds - computed if seconds > computed else seconds / (1 - self.taken))


def _pieces(floats, gradients):
    """So many floats and seconds each."""
    for count, seconds in zip(floats, gradients):
        pieces = -(-count // PIECE_FLOATS)
        for _ in range(pieces):
            yield count / pieces, seconds / pieces


def simulate(compute, floats, rounds_of, bucket_bytes, offload=False, number_bytes=FLOAT_BYTES, taken=0.0):
    """The step of a network with so many gradients in its last layer, ..., in its first.

    rounds_of(bytes): rounds of a sum (costs.py). offload: sums move on by themselves, not only while MPI is
    called. taken: the share of the processor that messages take from what is computed while they pass.
    """
    now = compute.rows
    link = _Link(offload, taken)
    link.begin(now, rounds_of(LOSS_BYTES))
    bucket = 0
    for count, seconds in _pieces(floats, compute.gradients):
        now = link.compute(now, seconds)
        bucket += count
        if bucket * FLOAT_BYTES >= bucket_bytes:
            link.begin(now, rounds_of(bucket * number_bytes))
            bucket = 0
        link.move_on(now)
    if bucket > 0:
        link.begin(now, rounds_of(bucket * number_bytes))
    done = link.wait(now)
    return Step(done + compute.update, link.used, done - now, len(link.sums))
