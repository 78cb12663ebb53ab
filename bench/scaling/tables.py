"""Predictions as Markdown tables."""

import sys

from costs import Network
from measured import by_network, compute_of_rows
from scaling import Scaling

HOSTS = [2**i for i in range(3, 11)]
BITS_PER_BYTE = 8
EFFICIENT = 0.8  # where weak scaling falls below this, it ends


def _percent(share):
    return "" if share is None else f"{100 * share:.0f} %"


def _count(number):
    return "none" if number is None else f"{number:,}"


def _table(scaling, batch, out):
    out.write("| hosts | step, ms | sums, ms | hidden | weak | samples/s | strong | smallest batch |\n"
              "|---:|---:|---:|---:|---:|---:|---:|---:|\n")
    for hosts in HOSTS:
        step = scaling.step(hosts, batch)
        out.write(f"| {hosts} | {1e3 * step.seconds:.3f} | {1e3 * step.allreduce:.3f} "
                  f"| {_percent(step.hidden())} | {_percent(scaling.weak(hosts, batch))} "
                  f"| {_count(round(hosts * batch / step.seconds))} "
                  f"| {_percent(scaling.strong(hosts, batch))} "
                  f"| {_count(scaling.smallest_rows(hosts, EFFICIENT))} |\n")


def tables(records, algorithm, alphas, speed, options, out=sys.stdout):
    """A table for each network and rate. alphas: by Gb/s. speed: of a host, in those that were measured."""
    for group in by_network(records):
        first = group[0]
        measured = compute_of_rows(group)
        for gigabits, alpha in alphas.items():
            link = Network(alpha, BITS_PER_BYTE / (gigabits * 1e9), first.link.gamma / speed)
            scaling = Scaling(lambda rows: measured(rows).faster(speed), first.floats(),
                              lambda hosts, size: algorithm(hosts, size, link), **options)
            out.write(f"\n{first.network}, {first.optimizer}, batch {first.batch}, "
                      f"{gigabits} Gb/s, alpha {1e6 * alpha:g} us\n\n")
            _table(scaling, first.batch, out)
