"""
usage: onnx_tables.py DIRECTORY_OF_PROGRAMS

ONNX models of networks that were trained on a table take raw rows. Checks them with ONNX's checker,
and compares their outputs, computed here node by node, with those of `lanewise predict`.
"""
import csv
import json
import random

from command import Command, Comparison, skip  # first: skips the test without numpy
import numpy

try:
    import onnx
    import onnx.checker
    import onnx.numpy_helper
except ImportError:
    skip("the Python module onnx is not installed")

CITIES = ["ham,let", "Östersund", "ulm"]


def write_table(path):
    rows = random.Random(1)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["area", "city", "age", "garden", "port", "price", "kind"])
        for i in range(200):
            area, age = rows.uniform(20, 90), rows.randrange(100)
            city, garden = rows.choice(CITIES), rows.choice(["yes", "no"])
            price = 1e3 * (area + 20 * CITIES.index(city) + 10 * (garden == "yes")) - 50 * age
            writer.writerow([f"{area:.3f}", city, "" if i % 9 == 0 else age, garden,
                             "" if i % 7 == 0 else "SC"[i % 2], f"{price:.1f}",
                             "low" if price < 70000 else "high"])


def raw_row(schema, fields):
    """What a caller of the model makes of a row, by the schema in its metadata."""
    row = []
    for column in schema["columns"]:
        text, kind = fields[column["name"]], column["kind"]
        if kind == "ignored":
            continue
        if text == "":
            row.append(numpy.nan)
        elif kind == "number":
            row.append(float(text))
        elif text in column["values"]:
            row.append(column["values"].index(text))
        else:
            row.append(-7)
    return row


def evaluate(model, x):
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
                "Softmax": lambda: numpy.exp(a[0]) / numpy.exp(a[0]).sum(1, keepdims=True),
            }[node.op_type]()
    return values["output"]


def main():
    command, comparison = Command(), Comparison(allowed=1e-4)
    write_table("table.csv")
    with open("table.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["city"] = "elsewhere"  # unknown
    rows[1]["garden"] = rows[2]["area"] = ""  # missing, unlike in the training data
    with open("new.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    for target in "price", "kind", "price,area":
        command.run("train", "--csv", "table.csv", "--target", target, "--layers", "16", "--quiet",
                    "--save", "model.safetensors")
        command.run("export", "--model", "model.safetensors", "--out", "model.onnx")
        model = onnx.load("model.onnx")
        onnx.checker.check_model(model, full_check=True)
        schema = json.loads({p.key: p.value for p in model.metadata_props}["lanewise.schema"])
        x = numpy.array([raw_row(schema, row) for row in rows], "f4")
        command.run("predict", "--model", "model.safetensors", "--csv", "new.csv", "--out", "y.npy")
        comparison.compare(target, evaluate(model, x), numpy.load("y.npy"))
    comparison.finish()


main()
