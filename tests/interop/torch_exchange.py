"""
usage: torch_exchange.py DIRECTORY_OF_PROGRAMS

Transfers networks between PyTorch and lanewise as safetensors; the outputs must agree.
"""
from command import Command, Comparison, skip  # first: skips the test without numpy
import numpy

try:
    import torch
except ImportError:
    skip("the Python module torch is not installed")

try:
    from safetensors.torch import load_file, save_file
except ImportError:
    import safetensors_file

    def load_file(path):
        return {k: torch.from_numpy(v.copy()) for k, v in safetensors_file.read(path).items()}

    def save_file(tensors, path):
        arrays = {
            k: (v.view(torch.int16) if v.dtype == torch.bfloat16 else v).numpy()
            for k, v in tensors.items()
        }
        safetensors_file.write(
            path, {k: v.view("<u2") if v.dtype == "<i2" else v for k, v in arrays.items()}
        )


ACTIVATIONS = {
    "relu": torch.nn.ReLU,
    "leaky_relu": torch.nn.LeakyReLU,
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
    "gelu": lambda: torch.nn.GELU(approximate="tanh"),
    "silu": torch.nn.SiLU,
    "softmax": lambda: torch.nn.Softmax(dim=1),
}
ROWS = 64


def sequential(sizes, hidden, output, bias=True, between=()):
    """A Sequential of layers and activations, with `between` after each hidden layer."""
    modules = []
    for i in range(1, len(sizes)):
        modules.append(torch.nn.Linear(sizes[i - 1], sizes[i], bias=bias))
        activation = output if i == len(sizes) - 1 else hidden
        if activation != "linear":
            modules.append(ACTIVATIONS[activation]())
        if i < len(sizes) - 1:
            modules += [make() for make in between]
    return torch.nn.Sequential(*modules).eval()


class Wrapped(torch.nn.Module):
    """A module with the layers as attributes."""

    def __init__(self, layers):
        super().__init__()
        self.net = layers

    def forward(self, x):
        return self.net(x)


class ByHand(torch.nn.Module):
    """Layers numbered by hand, with activations that are not modules."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = torch.nn.Linear(12, 9), torch.nn.Linear(9, 4)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


class Named(torch.nn.Module):
    """Layers in an order that only their shapes give."""

    def __init__(self):
        super().__init__()
        self.out, self.body = torch.nn.Linear(9, 4), torch.nn.Linear(12, 9)

    def forward(self, x):
        return self.out(torch.relu(self.body(x)))


SAME_SHAPES = [
    ([784, 512, 256, 10], "relu", "softmax"),
    ([2, 10, 5, 1], "tanh", "sigmoid"),
    ([24, 8, 8, 2], "gelu", "linear"),
    ([30, 20, 6], "silu", "tanh"),
    ([30, 20, 6], "leaky_relu", "softmax"),
    ([5, 3], "relu", "linear"),
    ([7, 6, 5, 3], "linear", "softmax"),
]
VARIED = [24, 32, 32, 6]


def outputs(model, x):
    """The outputs in float32, and with the same parameters in float64."""
    with torch.no_grad():
        single = model(torch.from_numpy(x)).numpy()
        double = model.double()(torch.from_numpy(x).double()).numpy()
        model.float()
    return single, double


def inputs(count):
    return numpy.random.default_rng(count).uniform(-1, 1, (ROWS, count)).astype("f4")


def from_torch(command, comparison, what, model, count, hidden, output):
    save_file(model.state_dict(), "weights.safetensors")
    command.run("import", "--weights", "weights.safetensors", "--activation", hidden,
                "--output", output, "--save", "model.safetensors")
    x = inputs(count)
    y = command.predict("model.safetensors", x)
    single, double = outputs(model, x)
    comparison.compare(f"from PyTorch: {what}", y, single)
    comparison.compare(f"the same in double: {what}", y, double)


def to_torch(command, comparison, sizes, hidden, output):
    what = f"{sizes} {hidden} {output}"
    random = numpy.random.default_rng(7)
    numpy.save("train_x.npy", inputs(sizes[0]))
    if output == "softmax":
        numpy.save("train_y.npy", random.integers(0, sizes[-1], ROWS).astype("i4"))
        labels = numpy.load("train_y.npy")
        labels[0] = sizes[-1] - 1
        numpy.save("train_y.npy", labels)
    else:
        numpy.save("train_y.npy", random.uniform(0, 1, (ROWS, sizes[-1])).astype("f4"))
    layers = ",".join(map(str, sizes[1:-1])) or "none"
    command.run("train", "--x", "train_x.npy", "--y", "train_y.npy", "--layers", layers,
                "--activation", hidden, "--output", output, "--epochs", "2", "--lr", "0.01",
                "--quiet", "--save", "trained.safetensors")
    model = sequential(sizes, hidden, output)
    model.load_state_dict(load_file("trained.safetensors"), strict=True)
    x = inputs(sizes[0])
    y = command.predict("trained.safetensors", x)
    single, double = outputs(model, x)
    comparison.compare(f"to PyTorch: {what}", single, y)
    comparison.compare(f"the same in double: {what}", y, double)

    save_file(model.state_dict(), "again.safetensors")
    command.run("import", "--weights", "again.safetensors", "--activation", hidden,
                "--output", output, "--save", "again.safetensors")
    again = command.predict("again.safetensors", x)
    comparison.same(f"there and back: {what}", again.tobytes() == y.tobytes())


def halves(command, comparison, kind):
    model = sequential(VARIED, "relu", "linear").to(kind)
    save_file(model.state_dict(), "half.safetensors")
    command.run("import", "--weights", "half.safetensors", "--output", "linear",
                "--save", "widened.safetensors")
    widened, expected = load_file("widened.safetensors"), model.float().state_dict()
    comparison.same(f"{kind}", all(torch.equal(widened[k], expected[k]) for k in expected)
                    and widened.keys() == expected.keys())


def main():
    torch.manual_seed(1)
    command, comparison = Command(), Comparison(allowed=1e-6)
    for sizes, hidden, output in SAME_SHAPES:
        model = sequential(sizes, hidden, output)
        what = f"{sizes} {hidden} {output}"
        from_torch(command, comparison, what, model, sizes[0], hidden, output)
        to_torch(command, comparison, sizes, hidden, output)
    for what, model in {
        "no biases": sequential(VARIED, "relu", "linear", bias=False),
        "dropout between": sequential(VARIED, "relu", "linear", between=[torch.nn.Dropout]),
        "inside a module": Wrapped(sequential(VARIED, "relu", "linear")),
    }.items():
        from_torch(command, comparison, what, model, VARIED[0], "relu", "linear")
    from_torch(command, comparison, "numbered by hand", ByHand(), 12, "relu", "linear")
    from_torch(command, comparison, "named layers", Named(), 12, "relu", "linear")
    for kind in torch.float16, torch.bfloat16:
        halves(command, comparison, kind)
    comparison.finish()


main()
