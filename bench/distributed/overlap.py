"""Simulates a training step of a rank (nn/src/distributed, mpi/src/allreduce.c).

Rows; then the gradients of each layer, last layer first, in pieces that are handed over when they
are done; then the wait for all reductions; then the update.
"""

from dataclasses import dataclass

LOSS_BYTES = 16  # the loss and the stop requests, two doubles that are reduced before the gradients
PIECE_FLOATS = 1 << 18  # the most gradients of a layer that are computed at a time
FLOAT_BYTES = 4  # bucket sizes count floats, also if gradients are sent as bf16


@dataclass(frozen=True)
class Compute:
    """Seconds of a step without exchange."""

    rows: float
    gradients: tuple  # per layer, last layer first
    update: float

    def total(self):
        return self.rows + sum(self.gradients) + self.update

    def faster(self, times):
        return Compute(self.rows / times, tuple(each / times for each in self.gradients),
                       self.update / times)


@dataclass(frozen=True)
class Step:
    seconds: float
    allreduce: float  # seconds of all reductions one after another, without computing
    waited: float  # seconds in the wait after computing
    reductions: int

    def hidden(self):
        """The fraction of the reductions' time that overlaps with computing."""
        return 1 - self.waited / self.allreduce if self.allreduce > 0 else 1.0


class _Reduction:
    def __init__(self, now, rounds):
        self.ready = now  # when its next round can start
        self.rounds = list(rounds)
        self.announced = None  # when the next round was announced

    def sends(self, now):
        """Whether MPI, called now, sends the message of the next round; if not, announces it."""
        if not self.rounds or self.ready > now:
            return False
        if self.rounds[0].rendezvous and self.announced is None:
            self.announced = now
        return self.announced is None or self.announced < now


class _Link:
    """The messages of all reductions. One at a time occupies the link; latencies overlap."""

    def __init__(self, offload, taken):
        self.offload = offload
        self.taken = 0.0 if offload else taken
        self.free = 0.0  # when the started messages have left the link
        self.used = 0.0
        self.reductions = []

    def start(self, now, rounds):
        self.reductions.append(_Reduction(now, rounds))
        self.progress(now)

    def progress(self, now):
        """MPI is called: reductions whose round is over start the next one."""
        if self.offload:
            self._run_until(now)
            return
        for each in self.reductions:
            if each.sends(now):
                self._run(each, now)

    def wait(self, now):
        """MPI is called until all reductions are done. Returns that time."""
        for each in self.reductions if not self.offload else []:
            each.ready = max(each.ready, now)
        self._run_until(float("inf"))
        return max([now] + [each.ready for each in self.reductions])

    def _run_until(self, end):
        while ready := [each for each in self.reductions if each.rounds and each.ready <= end]:
            first = min(ready, key=lambda each: each.ready)
            self._run(first, first.ready)

    def _run(self, each, now):
        message = each.rounds.pop(0)
        self.free = max(self.free, now) + message.link
        self.used += message.seconds()
        each.ready = self.free + message.latency
        each.announced = None

    def compute(self, now, seconds):
        """Returns when a computation is done that shares the processor with messages."""
        slow = max(0.0, self.free - now)
        computed = slow * (1 - self.taken)
        if seconds <= computed:
            return now + seconds / (1 - self.taken)
        return now + slow + seconds - computed


def _pieces(floats, gradients):
    """Yields floats and seconds of each piece."""
    for count, seconds in zip(floats, gradients):
        pieces = -(-count // PIECE_FLOATS)
        for _ in range(pieces):
            yield count / pieces, seconds / pieces


def simulate(compute, floats, rounds_of, bucket_bytes, offload=False, number_bytes=FLOAT_BYTES,
             taken=0.0):
    """Simulates a step. floats: number of gradients per layer, last layer first.

    rounds_of(bytes): rounds of a reduction (costs.py). offload: reductions make progress by
    themselves, not only while MPI is called. taken: fraction of the processor that messages take
    from computing while they pass.
    """
    now = compute.rows
    link = _Link(offload, taken)
    link.start(now, rounds_of(LOSS_BYTES))
    bucket = 0
    for count, seconds in _pieces(floats, compute.gradients):
        now = link.compute(now, seconds)
        bucket += count
        if bucket * FLOAT_BYTES >= bucket_bytes:
            link.start(now, rounds_of(bucket * number_bytes))
            bucket = 0
        link.progress(now)
    if bucket > 0:
        link.start(now, rounds_of(bucket * number_bytes))
    done = link.wait(now)
    return Step(done + compute.update, link.used, done - now, len(link.reductions))
