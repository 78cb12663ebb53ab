"""Compares predicted with measured steps."""

import sys

from overlap import simulate


def _predict(record, algorithm, options):
    return simulate(record.compute, record.floats(),
                    lambda size: algorithm(record.ranks, size, record.link),
                    number_bytes=record.number_bytes(), taken=record.taken, **options)


def check(records, algorithm, tolerance, options, out=sys.stdout):
    """Prints a Markdown table. Returns whether there was a step and all were within tolerance."""
    out.write("| network | optimizer | batch | ranks | measured, ms | predicted, ms | difference "
              "| waited, ms | predicted, ms |\n"
              "|---|---|---:|---:|---:|---:|---:|---:|---:|\n")
    compared, within = 0, True
    for record in records:
        if record.step is None:
            continue
        step = _predict(record, algorithm, options)
        difference = step.seconds / record.step - 1
        mark = "" if abs(difference) <= tolerance else " **off**"
        waited = "" if record.wait is None else f"{1e3 * record.wait:.3f}"
        out.write(f"| {record.network} | {record.optimizer} | {record.batch} | {record.ranks} "
                  f"| {1e3 * record.step:.3f} | {1e3 * step.seconds:.3f} | {difference:+.1%}{mark} "
                  f"| {waited} | {1e3 * step.waited:.3f} |\n")
        compared += 1
        within = within and not mark
    if compared < len(records):
        out.write(f"\n{len(records) - compared} lines have no measured step.\n")
    return within and compared > 0
