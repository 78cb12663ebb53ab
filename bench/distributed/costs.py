"""What adding up over hosts costs in the alpha-beta model: the rounds of an allreduce.

A message of n bytes takes alpha + n beta, adding up n bytes of numbers takes n gamma. The closed forms are in
docs/guide/scaling.md; they are the sums of what these functions return. Rounds are kept apart because a library
that moves on only while it is called begins the next one no earlier.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Network:
    alpha: float  # seconds per message
    beta: float  # seconds per byte sent
    gamma: float  # seconds per byte added up


class Round(NamedTuple):
    """Seconds of the message that each host sends and receives."""

    link: float  # keeps other messages from the link
    latency: float  # from then until it is there and added up
    agreed: bool = False  # MPI announces it, and sends it when it is called after the other host has agreed

    def seconds(self):
        return self.link + self.latency


def seconds_of(rounds):
    return sum(each.seconds() for each in rounds)


LONGEST_UNAGREED = 65536  # bytes, of Open MPI's messages on TCP


def _doublings(hosts):
    """ceil(log2(hosts))"""
    return (hosts - 1).bit_length()


def _passing(size, network, gamma=0.0):
    return [Round(size * network.beta, network.alpha + size * gamma, size > LONGEST_UNAGREED)]


def _reducing(size, network):
    """What comes is added to what is there."""
    return _passing(size, network, network.gamma)


def ring(hosts, size, network):
    """A reduce-scatter and an allgather, both around a ring."""
    share = size / hosts
    return _reducing(share, network) * (hosts - 1) + _passing(share, network) * (hosts - 1)


def tree(hosts, size, network):
    """Recursive doubling: everything is exchanged with hosts 1, 2, 4, ... away."""
    return _reducing(size, network) * _doublings(hosts)


def rabenseifner(hosts, size, network):
    """A reduce-scatter by recursive halving, an allgather by recursive doubling.

    Where hosts are no power of two, the bytes of the closed form are spread over ceil(log2(hosts)) rounds.
    """
    rounds = _doublings(hosts)
    moved = size * (hosts - 1) / hosts
    shares = [2.0 ** (rounds - 1 - i) / (2**rounds - 1) * moved for i in range(rounds)]
    halving = [each for share in shares for each in _reducing(share, network)]
    doubling = [each for share in reversed(shares) for each in _passing(share, network)]
    return halving + doubling


def binomial(hosts, size, network):
    """A reduction to one host and a broadcast from there, both along a binomial tree."""
    rounds = _doublings(hosts)
    return _reducing(size, network) * rounds + _passing(size, network) * rounds


def best(hosts, size, network):
    """What takes the least time of these but the last, which never does, as MPI libraries choose by size."""
    return min((f(hosts, size, network) for f in (ring, tree, rabenseifner)), key=seconds_of)


ALGORITHMS = {"ring": ring, "tree": tree, "rabenseifner": rabenseifner, "binomial": binomial, "best": best}
