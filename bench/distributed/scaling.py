"""How a network scales over hosts that have a rank each."""

from overlap import simulate


class Scaling:
    """compute_of: Compute as a function of a rank's rows. rounds_of(hosts, bytes): rounds of a sum.

    Efficiency is in relation to the same computing on one host, which adds nothing up.
    """

    def __init__(self, compute_of, floats, rounds_of, **options):
        self.compute_of = compute_of
        self.floats = floats
        self.rounds_of = rounds_of
        self.options = options  # of overlap.simulate

    def step(self, hosts, rows):
        """With so many rows on each host."""
        return simulate(self.compute_of(rows), self.floats,
                        lambda size: self.rounds_of(hosts, size), **self.options)

    def weak(self, hosts, rows):
        """Efficiency with as many rows on each host as on one."""
        return self.compute_of(rows).total() / self.step(hosts, rows).seconds

    def strong(self, hosts, batch):
        """Efficiency with the rows of one batch dealt to the hosts; None where some would have none."""
        if batch < hosts:
            return None
        return self.compute_of(batch).total() / (hosts * self.step(hosts, batch / hosts).seconds)

    def smallest_rows(self, hosts, efficiency):
        """The fewest rows on each host with which weak scaling is as efficient; None if no number is."""
        most = 1
        while self.weak(hosts, most) < efficiency:
            most *= 2
            if most > 2**40:
                return None
        fewest = most // 2
        while most - fewest > 1:
            rows = (fewest + most) // 2
            if self.weak(hosts, rows) < efficiency:
                fewest = rows
            else:
                most = rows
        return most
