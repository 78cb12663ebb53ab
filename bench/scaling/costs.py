"""What adding up over hosts costs in the alpha-beta model: seconds of each round of an allreduce.

A message of n bytes takes alpha + n beta, adding up n bytes of numbers takes n gamma. The closed forms are in
docs/guide/scaling.md; they are the sums of what these functions return. Rounds are kept apart because a library
that moves on only while it is called begins the next one no earlier.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    alpha: float  # seconds per message
    beta: float  # seconds per byte sent
    gamma: float  # seconds per byte added up


def _doublings(hosts):
    """ceil(log2(hosts))"""
    return (hosts - 1).bit_length()


def ring(hosts, size, network):
    """A reduce-scatter and an allgather, both around a ring."""
    message = network.alpha + size / hosts * network.beta
    return [message + size / hosts * network.gamma] * (hosts - 1) + [message] * (hosts - 1)


def tree(hosts, size, network):
    """Recursive doubling: everything is exchanged with hosts 1, 2, 4, ... away."""
    return [network.alpha + size * (network.beta + network.gamma)] * _doublings(hosts)


def rabenseifner(hosts, size, network):
    """A reduce-scatter by recursive halving, an allgather by recursive doubling.

    Where hosts are no power of two, the bytes of the closed form are spread over ceil(log2(hosts)) rounds.
    """
    rounds = _doublings(hosts)
    moved = size * (hosts - 1) / hosts
    shares = [2.0 ** (rounds - 1 - i) / (2**rounds - 1) * moved for i in range(rounds)]
    halving = [network.alpha + share * (network.beta + network.gamma) for share in shares]
    doubling = [network.alpha + share * network.beta for share in reversed(shares)]
    return halving + doubling


def binomial(hosts, size, network):
    """A reduction to one host and a broadcast from there, both along a binomial tree."""
    rounds = _doublings(hosts)
    message = network.alpha + size * network.beta
    return [message + size * network.gamma] * rounds + [message] * rounds


def best(hosts, size, network):
    """What takes the least time of these but the last, which never does, as MPI libraries choose by size."""
    return min((f(hosts, size, network) for f in (ring, tree, rabenseifner)), key=sum)


ALGORITHMS = {"ring": ring, "tree": tree, "rabenseifner": rabenseifner, "binomial": binomial, "best": best}
