"""The networks of bench_train in PyTorch, timed like bench_train.

usage: torch_train.py THREADS ROUNDS SECONDS PATTERN [MODE ...]

Prints JSON in the format of Google Benchmark, with contenders torch-MODE for the rows train/NETWORK
that match the regular expression PATTERN. Modes:

  eager
  fused    the optimizer is one kernel
  compile  forward pass, loss and backward pass are compiled, the optimizer is fused
  bf16     fused, under autocast to bf16; rows train_bf16/NETWORK, for wide networks only

The modes of a network alternate, in ROUNDS rounds of at least SECONDS seconds each. The context
reports modes that do not work in this installation.
"""

import gzip
import json
import math
import os
import re
import sys
import time

import torch
from torch.nn import functional as F

FASHION = "/usr/share/datasets/fashion-mnist/train-"


def truth_table(*values):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, torch.tensor(values).reshape(4, 1)


def circle():
    x = 10 * torch.rand(8000, 2) - 5
    return x, (x.norm(dim=1, keepdim=True) < 1).float()


def disk():
    x = 2 * torch.rand(3000, 2) - 1
    return x, (x.norm(dim=1) >= math.sqrt(2 / math.pi)).long()


def fashion_mnist():
    if not os.path.exists(FASHION + "images-idx3-ubyte.gz"):
        return torch.rand(60000, 784), torch.arange(60000) % 10

    def read(name, header):
        with gzip.open(FASHION + name) as file:
            return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)

    images = read("images-idx3-ubyte.gz", 16).reshape(60000, 784)
    return images.float() / 255, read("labels-idx1-ubyte.gz", 8).long()


# Generates each data set on first use.
DATA = {
    "and": lambda: truth_table(0.0, 0.0, 0.0, 1.0),
    "xor": lambda: truth_table(0.0, 1.0, 1.0, 0.0),
    "circle": circle,
    "disk": disk,
    "admissions": lambda: (torch.randn(360, 6), (torch.rand(360, 1) < 0.3).float()),
    "simplechains": lambda: (torch.randn(200, 24), torch.randn(200, 2)),
    "fashion": fashion_mnist,
}

# Name, sizes, activation of the hidden layers and of the output (None: part of the loss), loss,
# optimizer, rows per step (None: all). The same networks as in bench/networks.cc.
RELU, TANH, SIGMOID = torch.nn.ReLU, torch.nn.Tanh, torch.nn.Sigmoid
NETWORKS = [
    ("and_2-1", [2, 1], None, SIGMOID, F.mse_loss, "sgd", None),
    ("xor_2-2-1", [2, 2, 1], RELU, SIGMOID, F.binary_cross_entropy, "sgd", None),
    ("circle_2-10-5-1", [2, 10, 5, 1], RELU, SIGMOID, F.mse_loss, "sgd", None),
    ("disk_2-64-64-2", [2, 64, 64, 2], RELU, None, F.cross_entropy, "sgd", 32),
    ("admissions_6-1", [6, 1], None, SIGMOID, F.mse_loss, "sgd", None),
    ("fashion_784-128-10", [784, 128, 10], RELU, None, F.cross_entropy, "sgd", 64),
    ("fashion_784-128-10a", [784, 128, 10], RELU, None, F.cross_entropy, "adam", 64),
    ("fashion_512-256_b128", [784, 512, 256, 10], RELU, None, F.cross_entropy, "sgd", 128),
    ("fashion_512-256_b128a", [784, 512, 256, 10], RELU, None, F.cross_entropy, "adam", 128),
    ("simplechains_24-8-2", [24, 8, 2], TANH, None, F.mse_loss, "sgd", None),
    ("fashion_1024x3_b256a", [784, 1024, 1024, 1024, 10], RELU, None, F.cross_entropy, "adam", 256),
]


def row_of(name, sizes, mode):
    """The row of a network; None if the mode does not apply to it."""
    if mode != "bf16":
        return "train/" + name
    return "train_bf16/" + name if len(sizes) > 2 and sizes[1] >= 128 else None


def flops_per_row(sizes):
    products = [a * b for a, b in zip(sizes, sizes[1:])]
    return 6 * sum(products) - 2 * products[0]


def batches(x, y, rows):
    """Yields mini-batches forever: all rows, or `rows` of them, shuffled in every epoch."""
    if rows is None:
        while True:
            yield x, y
    while True:
        order = torch.randperm(len(x))
        for begin in range(0, len(x) - rows + 1, rows):
            index = order[begin : begin + rows]
            yield x[index], y[index]


class Training:
    def __init__(self, mode, data, sizes, hidden, output, loss, optimizer, rows):
        layers = []
        for i, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
            layers.append(torch.nn.Linear(inputs, units))
            activation = output if i + 2 == len(sizes) else hidden
            if activation:
                layers.append(activation())
        model = torch.nn.Sequential(*layers)
        kind, rate = (torch.optim.Adam, 1e-3) if optimizer == "adam" else (torch.optim.SGD, 1e-2)
        self.optimizer = kind(model.parameters(), lr=rate, fused=mode != "eager")
        self.loss = lambda x, y: loss(model(x), y)
        self.precision = torch.autocast("cpu", torch.bfloat16, enabled=mode == "bf16")
        if mode == "compile":
            self.loss = torch.compile(self.loss)
        self.batches = batches(*data, rows)
        # With fewer than five steps in a round, PyTorch's Adam takes twice the time per step: 50
        # instead of 26 ms for the largest network.
        self.steps = 5
        self.seconds(3)  # compiles, warms up

    def seconds(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            x, y = next(self.batches)
            with self.precision:
                loss = self.loss(x, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return time.perf_counter() - start

    def round(self, min_seconds):
        """Returns the seconds per step, measured for at least min_seconds with warm caches."""
        self.seconds(1)
        seconds = self.seconds(self.steps)
        while seconds < min_seconds:
            growth = min(10.0, 1.2 * min_seconds / seconds)
            self.steps = max(self.steps + 1, int(growth * self.steps))
            seconds = self.seconds(self.steps)
        return seconds / self.steps


def reason(error):
    """The first compiler error in a message, else its first two lines; at most 120 characters."""
    lines = str(error).splitlines() or [type(error).__name__]
    errors = [line for line in lines if "error:" in line]
    return (errors[0] if errors else " ".join(lines[:2]))[:120]


def main(threads, rounds, min_seconds, pattern, modes):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    context = {"peer_torch-" + mode: torch.__version__ for mode in modes}
    runs, data = [], {}
    for name, sizes, hidden, output, loss, optimizer, rows in NETWORKS:
        rows_of_modes = {mode: row_of(name, sizes, mode) for mode in modes}
        contenders = {
            mode: f"{row}/torch-{mode}/{threads}" for mode, row in rows_of_modes.items() if row
        }
        chosen = [mode for mode in contenders if re.search(pattern, contenders[mode])]
        trainings = {}
        torch.compiler.reset()  # else torch.compile gives up after eight networks
        for mode in chosen:
            source = name.split("_")[0]
            if source not in data:
                data[source] = DATA[source]()
            try:
                trainings[mode] = Training(
                    mode, data[source], sizes, hidden, output, loss, optimizer, rows
                )
            except Exception as error:  # the compiler may be missing or fail in any way
                context["peer_torch-" + mode] += ", does not work: " + reason(error)
                modes = [other for other in modes if other != mode]
        samples = len(data[source][0]) if rows is None and chosen else rows
        for _ in range(rounds):
            for mode, training in trainings.items():
                seconds = training.round(min_seconds)
                runs.append(
                    {
                        "name": contenders[mode],
                        "run_type": "iteration",
                        "GFLOP/s": 1e-9 * samples * flops_per_row(sizes) / seconds,
                        "samples_per_second": samples / seconds,
                        "us/step": 1e6 * seconds,
                    }
                )
    json.dump({"context": context, "benchmarks": runs}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(
        int(sys.argv[1]),
        int(sys.argv[2]),
        float(sys.argv[3]),
        sys.argv[4],
        sys.argv[5:] or ["eager", "fused", "compile", "bf16"],
    )
