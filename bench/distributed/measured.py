"""Reads the JSON lines of bench_ranks, and extrapolates computing time to other numbers of rows."""

import json

from costs import Network
from overlap import FLOAT_BYTES, LOSS_BYTES, Compute


class WrongFile(Exception):
    pass


class Record:
    """One line: a network on a number of ranks. The batch is that of all ranks together."""

    def __init__(self, line):
        self.network = line["network"]
        self.optimizer = line["optimizer"]
        self.threads = line["threads"]
        self.batch = line["batch"]
        self.ranks = line["ranks"]
        self.rows = self.batch / self.ranks
        self.step = line.get("step")  # absent if only computing was measured
        self.wait = line.get("wait")
        self.bytes = line.get("bytes", 0)
        self.link = Network(line.get("alpha", 0.0), line.get("beta", 0.0), line["gamma"])
        self.taken = min(0.9, line.get("taken", 0.0))  # processor fraction while messages pass
        compute = line["compute"]
        self.compute = Compute(compute["rows"], tuple(compute["gradients"]), compute["update"])
        if len(self.compute.gradients) != len(self.floats()):
            raise ValueError("compute.gradients needs one time per layer")

    def floats(self):
        """Number of gradients per layer, last layer first, without padding."""
        sizes = [int(size) for size in self.network.split("-")]
        return [(inputs + 1) * units for inputs, units in zip(sizes, sizes[1:])][::-1]

    def number_bytes(self):
        """Bytes of an exchanged gradient, from the bytes of the step: 2 for bf16, 4 for float."""
        gradient_bytes = self.bytes - LOSS_BYTES
        return 2 if 0 < gradient_bytes < 3 * sum(self.floats()) else FLOAT_BYTES


def read(path):
    records = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                if line.strip():
                    records.append(Record(json.loads(line)))
            except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
                raise WrongFile(f"{path}:{number}: {type(error).__name__}: {error}") from error
    if not records:
        raise WrongFile(f"{path}: no measurements")
    return records


def by_network(records):
    """Groups records by network, optimizer and number of threads, in file order."""
    groups = {}
    for record in records:
        groups.setdefault((record.network, record.optimizer, record.threads), []).append(record)
    return list(groups.values())


def _line(few, many, seconds_of):
    """Seconds as a linear function of rows through two points; slope and intercept are >= 0."""
    slope = 0.0
    if many.rows > few.rows:
        slope = max(0.0, (seconds_of(many) - seconds_of(few)) / (many.rows - few.rows))
    constant = seconds_of(few) - slope * few.rows
    if constant < 0 or many.rows == few.rows:
        slope, constant = seconds_of(many) / many.rows, 0.0
    return lambda rows: constant + slope * rows


def compute_of_rows(records):
    """Computing time as a function of the rows of a rank.

    Rows and gradients take time per row plus time per parameter, which does not depend on rows; the
    records with the fewest and the most rows determine both. If all records have the same number of
    rows, everything is per row. The update is per parameter only.
    """
    few = min(records, key=lambda record: record.rows)
    many = max(records, key=lambda record: record.rows)
    forward = _line(few, many, lambda record: record.compute.rows)
    layers = [
        _line(few, many, lambda record: record.compute.gradients[i])
        for i in range(len(few.compute.gradients))
    ]
    update = min(record.compute.update for record in records)
    return lambda rows: Compute(forward(rows), tuple(layer(rows) for layer in layers), update)
