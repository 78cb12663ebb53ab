"""Predictions as Markdown tables."""

import sys

from costs import Network
from measured import by_network, compute_of_rows
from scaling import Scaling

HOSTS = [2**i for i in range(3, 11)]
BITS_PER_BYTE = 8
EFFICIENT = 0.8  # efficiency of weak scaling that defines the smallest batch


def _percent(share):
    return "" if share is None else f"{100 * share:.0f} %"


def _count(number):
    return "none" if number is None else f"{number:,}"


def _table(scaling, batch, out):
    out.write("| hosts | step, ms | sums, ms | hidden | weak | samples/s | strong "
              "| smallest batch |\n"
              "|---:|---:|---:|---:|---:|---:|---:|---:|\n")
    for hosts in HOSTS:
        step = scaling.step(hosts, batch)
        out.write(f"| {hosts} | {1e3 * step.seconds:.3f} | {1e3 * step.allreduce:.3f} "
                  f"| {_percent(step.hidden())} | {_percent(scaling.weak(hosts, batch))} "
                  f"| {_count(round(hosts * batch / step.seconds))} "
                  f"| {_percent(scaling.strong(hosts, batch))} "
                  f"| {_count(scaling.smallest_rows(hosts, EFFICIENT))} |\n")


def _summary(scalings, out):
    chosen = HOSTS[0], HOSTS[3], HOSTS[-1]
    columns = [f"{what}, {hosts}" for what in ("weak", "smallest batch") for hosts in chosen]
    out.write(f"| network | optimizer | batch | Gb/s | {' | '.join(columns)} |\n"
              f"|---|---|---:|---:|{'---:|' * len(columns)}\n")
    for first, gigabits, _, scaling in scalings:
        cells = [_percent(scaling.weak(hosts, first.batch)) for hosts in chosen]
        cells += [_count(scaling.smallest_rows(hosts, EFFICIENT)) for hosts in chosen]
        out.write(f"| {first.network} | {first.optimizer} | {first.batch} | {gigabits} "
                  f"| {' | '.join(cells)} |\n")


def _scaling(group, algorithm, link, speed, options):
    measured = compute_of_rows(group)
    return Scaling(lambda rows: measured(rows).faster(speed), group[0].floats(),
                   lambda hosts, size: algorithm(hosts, size, link), **options)


def tables(records, algorithm, alphas, speed, options, out=sys.stdout):
    """Writes a summary, then a table per network and rate.

    alphas: seconds per message, by Gb/s. speed: of a host, relative to the measured one.
    """
    scalings = []
    for group in by_network(records):
        for gigabits, alpha in alphas.items():
            link = Network(alpha, BITS_PER_BYTE / (gigabits * 1e9), group[0].link.gamma / speed)
            scaling = _scaling(group, algorithm, link, speed, options)
            scalings.append((group[0], gigabits, alpha, scaling))
    _summary(scalings, out)
    for first, gigabits, alpha, scaling in scalings:
        out.write(f"\n{first.network}, {first.optimizer}, batch {first.batch}, "
                  f"{gigabits} Gb/s, alpha {1e6 * alpha:g} us\n\n")
        _table(scaling, first.batch, out)
