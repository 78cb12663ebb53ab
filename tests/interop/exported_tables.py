"""
usage: exported_tables.py DIRECTORY_OF_PROGRAMS

Exports of networks that were trained on a table take raw rows. Compares the outputs of the C file
and of the ONNX model, which is also checked and is computed here node by node, with those of
`lanewise predict` for the same table. C needs a compiler (cc), ONNX the Python module onnx.
"""
import csv
import ctypes
import json
import os
import random
import shutil
import subprocess

from command import Command, Comparison, skip  # first: skips the test without numpy
import numpy
import safetensors_file

try:
    import onnx
    import onnx.checker
    import onnx.numpy_helper
except ImportError:
    onnx = None

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/tables.txt")
CITIES = ["ham,let", "Östersund", "ulm"]
MISSING = "", "NA"

# Table for training, the same or another one for prediction, targets, options.
CASES = [
    ("flats.csv", "new-flats.csv", "price", ""),
    ("flats.csv", "new-flats.csv", "kind", ""),
    ("flats.csv", "new-flats.csv", "price,area", ""),
    ("seconds.csv", "seconds.csv", "y", ""),
    ("cities-train.csv", "cities-test.csv", "price", "--values --categorical city"),
    ("classes-train.csv", "classes-test.csv", "answer", ""),
    ("classes-1-2.csv", "classes-1-2.csv", "status", "--output sigmoid"),
    ("plus-minus.csv", "plus-minus.csv", "side", "--values --output tanh"),
    ("scaler-train.csv", "scaler-two.csv", "y", "--values"),
    ("prices-whole.csv", "prices-whole.csv", "price", ""),
    ("two-targets.csv", "two-targets.csv", "x,y", ""),
    ("passengers.csv", "passengers.csv", "Survived", ""),
    ("semicolons.csv", "semicolons.csv", "quality", ""),
    ("decimal-comma.csv", "decimal-comma.csv", "y", ""),
    ("no-header.csv", "no-header.csv", "2", ""),
    ("trailing.csv", "trailing.csv", "y", ""),
]


# ---- Tables -------------------------------------------------------------------------------------

def write_small_tables():
    file = None
    with open(TABLES, encoding="utf-8") as tables:
        for line in tables:
            if line.startswith("==> "):
                file = open(line.split()[1], "w", encoding="utf-8")
            elif file:
                file.write(line)
    file.close()


def write_flats():
    """Every kind of column, and later rows with an unknown category and other missing values."""
    rows = random.Random(1)
    table = [["area", "city", "age", "garden", "port", "price", "kind"]]
    for i in range(200):
        area, age = rows.uniform(20, 90), rows.randrange(100)
        city, garden = rows.choice(CITIES), rows.choice(["yes", "no"])
        price = 1e3 * (area + 20 * CITIES.index(city) + 10 * (garden == "yes")) - 50 * age
        table.append([f"{area:.3f}", city, "" if i % 9 == 0 else age, garden,
                      "" if i % 7 == 0 else "SC"[i % 2], f"{price:.1f}",
                      "low" if price < 70000 else "high"])
    write("flats.csv", table)
    table[1][1] = "elsewhere"
    table[2][3] = table[3][0] = ""
    write("new-flats.csv", table)


def write_seconds():
    """Means that are large against the deviation: float32 has few digits for the difference."""
    rows = random.Random(2)
    table = [["second", "y"]]
    for _ in range(200):
        second = 9000000 + rows.randrange(40)
        table.append([second, 0.01 * (second - 9000000)])
    for i in range(5):
        table.append(["", 0.1 * i])
    write("seconds.csv", table)


def write(path, table):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


def read(path, has_header):
    """Rows as dictionaries."""
    with open(path, encoding="utf-8", newline="") as file:
        separator = ";" if ";" in file.readline() else ","
        file.seek(0)
        rows = list(csv.reader(file, delimiter=separator))
    names = rows.pop(0) if has_header else [str(i) for i in range(len(rows[0]))]
    return [dict(zip(names, row)) for row in rows]


# ---- Raw rows -----------------------------------------------------------------------------------

def boolean(text):
    return float(text.lower() in ("true", "yes", "1"))


def code(values, text):
    """Of a text, or of a number in any notation; -7 for an unknown category."""
    if text in values:
        return values.index(text)
    try:
        return [float(value) for value in values].index(float(text))
    except ValueError:
        return -7


def raw_row(schema, fields):
    """What a caller of the model makes of a row, by its schema."""
    row = []
    for column in schema["columns"]:
        kind = column["kind"]
        if kind == "ignored":
            continue
        text = fields[column["name"]].strip()
        if text in MISSING:
            row.append(numpy.nan)
        elif kind == "number":
            row.append(float(text.replace(",", ".")))
        else:
            row.append(boolean(text) if kind == "boolean" else code(column["values"], text))
    return row


# ---- Exports ------------------------------------------------------------------------------------

def evaluate_onnx(model, x):
    """Evaluates the operations that occur."""
    values = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    values["input"] = x
    with numpy.errstate(all="ignore"):
        for node in model.graph.node:
            a = [values[name] for name in node.input]
            attribute = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
            values[node.output[0]] = {
                "Constant": lambda: numpy.array(attribute["value_ints"]),
                "IsNaN": lambda: numpy.isnan(a[0]),
                "Where": lambda: numpy.where(*a),
                "Gather": lambda: numpy.take(a[0], a[1], attribute["axis"]),
                "Sub": lambda: a[0] - a[1],
                "Mul": lambda: a[0] * a[1],
                "Add": lambda: a[0] + a[1],
                "Equal": lambda: a[0] == a[1],
                "Cast": lambda: a[0].astype("f4"),
                "Gemm": lambda: a[0] @ a[1].T + a[2],
                "Relu": lambda: numpy.maximum(a[0], 0),
                "Tanh": lambda: numpy.tanh(a[0]),
                "Sigmoid": lambda: 1 / (1 + numpy.exp(-a[0])),
                "Softmax": lambda: numpy.exp(a[0]) / numpy.exp(a[0]).sum(1, keepdims=True),
            }[node.op_type]()
    assert values["output"].dtype == numpy.float32
    return values["output"]


def onnx_outputs(command, schema, x):
    command.run("export", "--model", "model.safetensors", "--out", "model.onnx")
    model = onnx.load("model.onnx")
    onnx.checker.check_model(model, full_check=True)
    entries = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(entries["lanewise.schema"]) == schema
    return evaluate_onnx(model, x)


def c_outputs(command, number, x, outputs):
    """number: of the library, whose name must be new to be loaded."""
    library = os.path.abspath(f"model{number}.so")
    command.run("export", "--model", "model.safetensors", "--out", "model.c")
    subprocess.run(["cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared",
                    "-fPIC", "-o", library, "model.c", "-lm"], check=True)
    predict = ctypes.CDLL(library).predict
    y = numpy.empty((len(x), outputs), "f4")
    pointer = ctypes.POINTER(ctypes.c_float)
    for from_row, to_row in zip(x, y):
        predict(from_row.ctypes.data_as(pointer), to_row.ctypes.data_as(pointer))
    return y


def main():
    has_compiler = shutil.which("cc") is not None
    if onnx is None and not has_compiler:
        skip("neither the Python module onnx nor a C compiler is installed")
    command, comparison = Command(), Comparison(allowed=1e-5)
    write_small_tables()
    write_flats()
    write_seconds()
    for number, (table, later, targets, options) in enumerate(CASES):
        command.run("train", "--csv", table, "--target", targets, "--layers", "16", "--epochs",
                    "20", "--quiet", "--save", "model.safetensors", *options.split())
        command.run("predict", "--model", "model.safetensors", "--csv", later, "--out", "y.npy")
        expected = numpy.load("y.npy")
        schema = json.loads(safetensors_file.metadata("model.safetensors")["schema"])
        x = numpy.array([raw_row(schema, row) for row in read(later, schema["header"])], "f4")
        # Transposed: errors are relative to the largest value of a target.
        if onnx:
            got = onnx_outputs(command, schema, x)
            comparison.compare(f"{table}, {targets}: ONNX", got.T, expected.T)
        if has_compiler:
            got = c_outputs(command, number, x, expected.shape[1])
            comparison.compare(f"{table}, {targets}: C", got.T, expected.T)
    comparison.finish()


main()
