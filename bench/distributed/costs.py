"""Cost of an all-reduce over hosts in the alpha-beta model, round by round.

A message of n bytes takes alpha + n beta seconds, adding n bytes of numbers takes n gamma. The sums
of the rounds are the closed forms in docs/guide/scaling.md. Rounds are separate because an MPI
library starts the next round only while it is called.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Network:
    alpha: float  # seconds per message
    beta: float  # seconds per byte sent
    gamma: float  # seconds per byte added


class Round(NamedTuple):
    """One message that each host sends and receives."""

    link: float  # seconds during which it occupies the link
    latency: float  # seconds from then until it has arrived and been added
    rendezvous: bool = False  # MPI announces it in one call and sends it in a later one

    def seconds(self):
        return self.link + self.latency


def seconds_of(rounds):
    return sum(each.seconds() for each in rounds)


MAX_EAGER = 65536  # bytes: the longest message that Open MPI sends over TCP without rendezvous


def _doublings(hosts):
    """ceil(log2(hosts))"""
    return (hosts - 1).bit_length()


def _passing(size, network, gamma=0.0):
    return [Round(size * network.beta, network.alpha + size * gamma, size > MAX_EAGER)]


def _reducing(size, network):
    """Received numbers are added to local ones."""
    return _passing(size, network, network.gamma)


def ring(hosts, size, network):
    """Reduce-scatter and allgather around a ring."""
    chunk = size / hosts
    return _reducing(chunk, network) * (hosts - 1) + _passing(chunk, network) * (hosts - 1)


def tree(hosts, size, network):
    """Recursive doubling: exchanges everything with the hosts at distance 1, 2, 4, ..."""
    return _reducing(size, network) * _doublings(hosts)


def rabenseifner(hosts, size, network):
    """Reduce-scatter by recursive halving, allgather by recursive doubling.

    If hosts is not a power of two, spreads the bytes of the closed form over ceil(log2(hosts))
    rounds.
    """
    rounds = _doublings(hosts)
    moved = size * (hosts - 1) / hosts
    chunks = [2.0 ** (rounds - 1 - i) / (2**rounds - 1) * moved for i in range(rounds)]
    halving = [each for chunk in chunks for each in _reducing(chunk, network)]
    doubling = [each for chunk in reversed(chunks) for each in _passing(chunk, network)]
    return halving + doubling


def binomial(hosts, size, network):
    """Reduction to one host and broadcast from there, along a binomial tree."""
    rounds = _doublings(hosts)
    return _reducing(size, network) * rounds + _passing(size, network) * rounds


def best(hosts, size, network):
    """The fastest of ring, tree and Rabenseifner, as MPI libraries choose by size. Binomial is
    never fastest.
    """
    return min((f(hosts, size, network) for f in (ring, tree, rabenseifner)), key=seconds_of)


ALGORITHMS = {f.__name__: f for f in (ring, tree, rabenseifner, binomial, best)}
