"""Scaling of a network over hosts with one rank each."""

from overlap import simulate


class Scaling:
    """compute_of(rows): Compute of a rank. rounds_of(hosts, bytes): rounds of a reduction.

    Efficiency is relative to the same computing on one host, which exchanges nothing.
    """

    def __init__(self, compute_of, floats, rounds_of, **options):
        self.compute_of = compute_of
        self.floats = floats
        self.rounds_of = rounds_of
        self.options = options  # for overlap.simulate

    def step(self, hosts, rows):
        """A step with this number of rows on each host."""
        return simulate(self.compute_of(rows), self.floats,
                        lambda size: self.rounds_of(hosts, size), **self.options)

    def weak(self, hosts, rows):
        """Efficiency if each host has as many rows as a single one."""
        return self.compute_of(rows).total() / self.step(hosts, rows).seconds

    def strong(self, hosts, batch):
        """Efficiency if the hosts divide the rows of one batch; None if some would have none."""
        if batch < hosts:
            return None
        return self.compute_of(batch).total() / (hosts * self.step(hosts, batch / hosts).seconds)

    def smallest_rows(self, hosts, efficiency):
        """The fewest rows per host with this efficiency of weak scaling; None if there is none."""
        high = 1
        while self.weak(hosts, high) < efficiency:
            high *= 2
            if high > 2**40:
                return None
        low = high // 2
        while high - low > 1:
            rows = (low + high) // 2
            if self.weak(hosts, rows) < efficiency:
                low = rows
            else:
                high = rows
        return high
