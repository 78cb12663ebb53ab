"""
usage: onnx_runtimes.py DIRECTORY_OF_PROGRAMS

Checks models exported as ONNX with ONNX's checker, and compares their outputs in the installed
runtimes: OpenCV, ONNX Runtime.
"""
import importlib

from command import Command, Comparison, skip  # first: skips the test without numpy
import numpy
import safetensors_file


def find(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


onnx, cv2, onnxruntime = find("onnx"), find("cv2"), find("onnxruntime")
if onnx:
    for part in "checker", "numpy_helper", "shape_inference":
        importlib.import_module("onnx." + part)

NETWORKS = [
    ([784, 512, 256, 10], "relu", "softmax"),
    ([2, 10, 5, 1], "tanh", "sigmoid"),
    ([24, 8, 8, 2], "gelu", "linear"),
    ([30, 20, 6], "silu", "tanh"),
    ([30, 20, 6], "leaky_relu", "leaky_relu"),
    ([30, 20, 6], "sigmoid", "relu"),
    ([30, 20, 6], "linear", "gelu"),
    ([5, 3], "relu", "silu"),
    ([1, 1], "relu", "linear"),
]
BATCHES = 1, 7, 64


def parameters(sizes):
    """Parameters large enough that every activation is nonlinear."""
    random = numpy.random.default_rng(len(sizes) + sizes[0])
    tensors = {}
    for i in range(1, len(sizes)):
        spread = 2.5 / sizes[i - 1] ** 0.5
        shape = sizes[i], sizes[i - 1]
        tensors[f"{2 * i - 2}.weight"] = random.uniform(-spread, spread, shape).astype("f4")
        tensors[f"{2 * i - 2}.bias"] = random.uniform(-1, 1, sizes[i]).astype("f4")
    return tensors


def check(comparison, what, path, sizes, saved):
    """Checks the model with shape inference, and its metadata."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    comparison.same(f"{what}: versions", (model.ir_version, model.producer_name) == (7, "lanewise")
                    and model.producer_version.count(".") == 2
                    and [(o.domain, o.version) for o in model.opset_import] == [("", 13)])
    for name, values, size in ("input", model.graph.input, sizes[0]), \
                              ("output", model.graph.output, sizes[-1]):
        shape = values[0].type.tensor_type.shape.dim
        comparison.same(f"{what}: {name}", len(values) == 1 and values[0].name == name
                        and shape[0].dim_param == "batch" and shape[1].dim_value == size)
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    comparison.same(f"{what}: parameters",
                    all(numpy.array_equal(tensors.get(name), saved[name]) for name in saved)
                    and all(name in saved or name.startswith("gelu.") for name in tensors))
    names = [node.name for node in model.graph.node]
    comparison.same(f"{what}: names of nodes", len(set(names)) == len(names))


def run_cv2(path, x):
    network = cv2.dnn.readNetFromONNX(path)
    network.setInput(x)
    return network.forward()


def run_onnxruntime(path, x):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["output"], {"input": x})[0]


def main():
    runtimes = [(module.__name__, module.__version__, run)
                for module, run in ((cv2, run_cv2), (onnxruntime, run_onnxruntime)) if module]
    if not onnx and not runtimes:
        skip("none of the Python modules onnx, cv2 and onnxruntime is installed")
    print("checker:", onnx.__version__ if onnx else "none",
          *(f"runtime: {name} {version}" for name, version, run in runtimes))

    command, comparison = Command(), Comparison(allowed=1e-5)
    for sizes, hidden, output in NETWORKS:
        what = f"{sizes} {hidden} {output}"
        safetensors_file.write("weights.safetensors", parameters(sizes))
        command.run("import", "--weights", "weights.safetensors", "--activation", hidden,
                    "--output", output, "--save", "model.safetensors")
        command.run("export", "--model", "model.safetensors", "--out", "model.onnx")
        if onnx:
            saved = safetensors_file.read("model.safetensors")
            check(comparison, what, "model.onnx", sizes, saved)
        for rows in BATCHES:
            random = numpy.random.default_rng(rows)
            x = random.uniform(-2, 2, (rows, sizes[0])).astype("f4")
            y = command.predict("model.safetensors", x)
            for name, _, run in runtimes:
                comparison.compare(f"{what}, {rows} rows: {name}", run("model.onnx", x), y)
    comparison.finish()


main()
