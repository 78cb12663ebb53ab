"""usage: training.py BIN_DIR
Opens reports of small training runs in a browser and compares them with the training log and with
`lanewise evaluate`.
"""

import gzip
import json
import math
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

from browser import Browser, Checks

FASHION = pathlib.Path('/usr/share/datasets/fashion-mnist')
PIXELS = 28 * 28


def write_npy(path, kind, columns, values):
    rows = len(values) // max(columns, 1)
    shape = f'({rows}, {columns})' if columns else f'({rows},)'
    header = f"{{'descr': '<{kind}4', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + '\n'
    body = struct.pack(f'<{len(values)}{kind}', *values)
    path.write_bytes(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header.encode()
                     + body)


def write_arrays(x, columns, y, labels=True):
    write_npy(pathlib.Path('x.npy'), 'f', columns, x)
    write_npy(pathlib.Path('y.npy'), 'i' if labels else 'f', 0, y)


def write_fashion(directory, counts):
    """The first rows of Fashion-MNIST."""
    directory.mkdir()
    for part, count in counts.items():
        for kind, size, head in (('images-idx3', PIXELS, 16), ('labels-idx1', 1, 8)):
            whole = gzip.decompress((FASHION / f'{part}-{kind}-ubyte.gz').read_bytes())
            (directory / f'{part}-{kind}-ubyte').write_bytes(
                whole[:4] + struct.pack('>I', count) + whole[8:head + size * count])


class Run:
    """A run of `lanewise train` with a report, its log, and the output of `lanewise evaluate`."""

    def __init__(self, lanewise, name, options, data):
        self.page = pathlib.Path(f'{name}.html').resolve()
        self.options = [*data, *options, '--save', 'model.safetensors', '--log', 'log.jsonl',
                        '--report', self.page.name]
        subprocess.run([lanewise, 'train', '--quiet', *self.options], check=True,
                       stdout=subprocess.DEVNULL)
        self.log = [json.loads(line) for line in pathlib.Path('log.jsonl').read_text().splitlines()]
        self.evaluation = subprocess.run(
            [lanewise, 'evaluate', '--model', 'model.safetensors', *data],
            check=True, capture_output=True, text=True).stdout

    def matrix(self):
        rows = re.findall(r'^ *\S[^|\n]* \|((?: +[0-9]+)+)$', self.evaluation, re.M)
        return [[int(cell) for cell in row.split()] for row in rows]

    def accuracy(self):
        return re.search(r'^accuracy +([0-9.]+) %', self.evaluation, re.M).group(1)


def number(text):
    return int(text.replace(',', ''))


def is_percent(text, part, whole):
    """Whether text is the share with one decimal; halves may round either way."""
    if whole == 0:
        return text in ('–', '0.0\u00a0%')
    return text.endswith('\u00a0%') and abs(float(text[:-2]) - 100 * part / whole) < 0.0501


def check_curves(browser, run):
    checks = browser.checks
    charts = {chart['title']: chart['series'] for chart in browser.charts()}
    for title, series, key in (('Loss', 0, 'train_loss'), ('Loss', 1, 'validation_loss'),
                               ('Validation accuracy', 0, 'validation_accuracy'),
                               ('Throughput', 0, 'samples_per_second')):
        wanted = [line[key] for line in run.log]
        if wanted[0] is None:
            continue
        got = charts[title][series]['data']
        checks.equal([point['x'] for point in got], list(range(1, len(wanted) + 1)),
                     f'epochs of {title}')
        for point, value in zip(got, wanted):
            checks.near(point['y'], value, f'{title}, epoch {point["x"]}', 1e-6)
    checks.equal(len(charts['Learning rate'][0]['data']), len(run.log), 'learning rates')
    rows = browser.table('Epochs')
    checks.equal(len(rows), len(run.log), 'rows of the epoch table')
    checks.near(float(rows[-1][1]), run.log[-1]['train_loss'], 'last training loss of the table',
                1e-3)


def check_matrix(browser, run):
    checks = browser.checks
    wanted = run.matrix()
    rows = browser.table('Confusion matrix')
    checks.equal([[number(cell) for cell in row[1:]] for row in rows], wanted, 'confusion matrix')
    shares = browser.js("""return [...document.querySelectorAll('table.matrix td small')]
        .map((one) => one.textContent)""")
    for share, (row, cell) in zip(shares, [(row, cell) for row in wanted for cell in row]):
        checks.true(is_percent(share, cell, sum(row)), f'share {share!r} of {cell} in {sum(row)}')
    checks.true(f'{run.accuracy()}\u00a0%' in browser.text('.tiles'), 'accuracy tile')
    scores = browser.table('Precision and recall of each class')
    for i, (row, score) in enumerate(zip(wanted, scores)):
        predicted = sum(line[i] for line in wanted)
        checks.equal(score[1:3], [f'{sum(row):,}', f'{predicted:,}'], f'counts of class {i}')
        checks.true(is_percent(score[3], row[i], predicted), f'precision {score[3]!r} of class {i}')
        checks.true(is_percent(score[4], row[i], sum(row)), f'recall {score[4]!r} of class {i}')


def check_repeats(browser, run, name):
    """The options are shown, and the command line repeats the run."""
    checks = browser.checks
    command = browser.text('#command')
    words = subprocess.run(['sh', '-c', f'set -- {command}; shift; printf "%s\\n" "$@"'],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    checks.equal(words, ['train', '--quiet', *run.options], f'{name}: command line')
    shown = dict(browser.table('Training') + browser.table('Network options'))
    for option in ('optimizer', 'lr', 'schedule', 'batch', 'epochs', 'seed', 'threads', 'loss',
                   'layers', 'activation', 'precision'):
        checks.true(option in shown, f'{name}: option {option} is not shown')


def disk(browser, lanewise):
    """Two inputs: the decision boundary of a disk off the centre, with some noisy labels."""
    generator = random.Random(1)
    x = [generator.uniform(-1, 1) for _ in range(1200)]
    y = [int(math.hypot(x[2 * i] - 0.3, x[2 * i + 1] - 0.4) + generator.gauss(0, 0.08) < 0.5)
         for i in range(600)]
    write_arrays(x, 2, y)
    run = Run(lanewise, 'disk', ['--layers', '16', '--epochs', '25', '--lr', '0.02'],
              ['--x', 'x.npy', '--y', 'y.npy'])

    def examine(_):
        checks = browser.checks
        check_curves(browser, run)
        check_matrix(browser, run)
        check_repeats(browser, run, 'disk')
        wrong = sum(row[1 - i] for i, row in enumerate(run.matrix()))
        boundary = [chart for chart in browser.charts()
                    if chart['title'] == 'Decision boundary'][0]['series']
        checks.equal(sum(len(one['data']) for one in boundary), 600, 'points')
        checks.equal(sum(len(one['data']) for one in boundary if 'misclassified' in one['label']),
                     wrong, 'misclassified points')
        points = sorted((point['x'], point['y']) for one in boundary for point in one['data'])
        for got, wanted in zip(points, sorted(zip(x[::2], x[1::2]))):
            checks.near(got[0], wanted[0], 'position of a point', 1e-5)
            checks.near(got[1], wanted[1], 'position of a point', 1e-5)
        # The background has another colour in the disk than at its mirror images.
        areas = browser.js("""
            const {shown, canvas} = charts.find(({canvas}) =>
              canvas.ariaLabel.startsWith('Decision'));
            const {scales: {x, y}} = shown;
            shown.data.datasets = [];
            shown.update();
            const pixel = (a, b) => canvas.getContext('2d').getImageData(
              Math.round(x.getPixelForValue(a)), Math.round(y.getPixelForValue(b)), 1, 1).data;
            return [[0.3, 0.4], [0.3, -0.4], [-0.5, 0.4], [-0.9, -0.9]]
              .map(([a, b]) => [...pixel(a, b)]);""")
        for area in areas[1:]:
            distance = sum(abs(a - b) for a, b in zip(area[:3], areas[0][:3]))
            checks.true(distance > 60, f'classes have similar colours: {areas}')
        rows = browser.table('Misclassified rows')
        checks.equal(len(rows), min(wrong, 50), 'rows of the table of misclassified rows')
        checks.equal(rows[0][1] != rows[0][3], True, 'the first misclassified row has two classes')

    browser.check_page(run.page, 4, examine)


def admissions(browser, lanewise):
    """A table with one sigmoid output and a name that needs escaping."""
    name = 'a<b>&"c\' </script><script>alert(1)<!--.csv'.replace('/', '\u2044')
    generator = random.Random(2)
    lines = ['admit,gre,gpa,rank']
    for _ in range(200):
        gre = generator.randrange(400, 800, 20)
        gpa = generator.uniform(2.5, 4)
        rank = generator.randrange(1, 5)
        admit = int(gre / 400 + gpa / 2 - rank / 4 + generator.gauss(0, 0.3) > 2.5)
        lines.append(f'{admit},{gre},{gpa:.2f},{rank}')
    pathlib.Path(name).write_text('\n'.join(lines) + '\n')
    data = ['--csv', name, '--target', 'admit', '--one-hot', 'rank', '--standardize=gre,gpa']
    options = ['--output', 'sigmoid', '--layers', '8', '--epochs', '30', '--lr', '0.01']
    run = Run(lanewise, 'admissions', options, data)

    def examine(_):
        checks = browser.checks
        check_curves(browser, run)
        check_matrix(browser, run)
        check_repeats(browser, run, 'admissions')
        checks.true(name in browser.text('#head'), 'file name')
        checks.equal(dict(browser.table('Data'))['source'], name, 'source')
        (tn, fp), (fn, tp) = run.matrix()
        tiles = browser.js("""return Object.fromEntries([...document.querySelectorAll('.tile')]
            .map((one) => [one.lastChild.textContent, one.firstChild.textContent]))""")
        for label, wanted in (('true positive (TP)', tp), ('false positive (FP)', fp),
                              ('true negative (TN)', tn), ('false negative (FN)', fn)):
            checks.equal(tiles.get(label), str(wanted), label)
        rows = browser.table('Misclassified rows')
        checks.equal(len(rows), min(fp + fn, 50), 'misclassified rows')
        heads = browser.js("""return [...document.querySelectorAll('table')].find((table) =>
            table.ariaLabel === 'Misclassified rows').tHead.textContent""")
        checks.true(heads.endswith('gregparank = 1rank = 2rank = 3rank = 4'),
                    f'column names: {heads}')
        for row in rows:
            inputs = lines[1 + int(row[0])].split(',')
            checks.equal(row[1], inputs[0], f'true class of row {row[0]}')
            hot = [int(value) for value in row[-4:]]
            checks.equal(hot, [int(inputs[3] == str(i)) for i in range(1, 5)],
                         f'inputs of row {row[0]}')
            checks.true(float(row[4].rstrip('\u00a0%')) >= 50, f'probability of row {row[0]}')
        shares = [float(row[4].rstrip('\u00a0%')) for row in rows]
        checks.equal(shares, sorted(shares, reverse=True), 'order of the misclassified rows')

    browser.check_page(run.page, 3, examine)


def text_labels(browser, lanewise):
    """Classes named by text, and axes with names."""
    lines = ['width,height,kind']
    lines += [f'{i % 7},{i % 5},{"<tall>" if i % 5 > i % 7 else "wide"}' for i in range(60)]
    pathlib.Path('kinds.csv').write_text('\n'.join(lines) + '\n')
    run = Run(lanewise, 'kinds', ['--layers', '4', '--epochs', '3', '--lr', '0.01'],
              ['--csv', 'kinds.csv', '--target', 'kind'])

    def examine(_):
        classes = [row[0] for row in browser.table('Confusion matrix')]
        browser.checks.equal(classes, ['<tall>', 'wide'], 'classes')
        check_matrix(browser, run)
        axes = browser.js("""
            const chart = charts.find(({canvas}) => canvas.ariaLabel.startsWith('Decision'));
            return ['x', 'y'].map((axis) => chart.shown.options.scales[axis].title.text)""")
        browser.checks.equal(axes, ['width', 'height'], 'axis names')

    browser.check_page(run.page, 4, examine)


def fashion(browser, lanewise):
    """Images: misclassified rows are shown as pictures."""
    write_fashion(pathlib.Path('fashion'), {'train': 3000, 't10k': 400})
    run = Run(lanewise, 'fashion', ['--layers', '32', '--epochs', '1'],
              ['--data', 'fashion-mnist:fashion'])

    def examine(_):
        checks = browser.checks
        check_curves(browser, run)
        check_matrix(browser, run)
        checks.equal([row[0] for row in browser.table('Confusion matrix')][5:],
                     ['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'], 'class names')
        wrong = sum(cell for i, row in enumerate(run.matrix()) for j, cell in enumerate(row)
                    if i != j)
        pictures = browser.js("""
          return [...document.querySelectorAll('.pictures li')].map((one) => {
            const canvas = one.querySelector('canvas');
            const {width, height} = canvas;
            const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
            return [Number(canvas.title.split(' ')[1]),
              [...pixels].filter((_, i) => i % 4 === 0), one.textContent];
        })""")
        checks.equal(len(pictures), min(wrong, 100), 'pictures')
        images = pathlib.Path('fashion/t10k-images-idx3-ubyte').read_bytes()[16:]
        labels = pathlib.Path('fashion/t10k-labels-idx1-ubyte').read_bytes()[8:]
        names = [row[0] for row in browser.table('Confusion matrix')]
        for row, pixels, text in pictures:
            checks.equal(pixels, list(images[row * PIXELS:(row + 1) * PIXELS]),
                         f'pixels of row {row}')
            checks.true(f'is {names[labels[row]]} ' in text, f'true class of row {row} in {text!r}')

    browser.check_page(run.page, 4, examine)


def many_classes(browser, lanewise):
    """More classes than the table of a confusion matrix shows; rows that are square pictures."""
    generator = random.Random(3)
    x, y = [], []
    for row in range(600):
        klass = row % 30
        y.append(klass)
        x += [generator.gauss(float(klass in (i % 30, i % 17)), 0.5) for i in range(64)]
    write_arrays(x, 64, y)
    run = Run(lanewise, 'many', ['--layers', '32', '--epochs', '6', '--validation', '0.1'],
              ['--x', 'x.npy', '--y', 'y.npy'])

    def examine(_):
        checks = browser.checks
        check_curves(browser, run)
        rows = browser.table('Confusion matrix')
        checks.equal((len(rows), sum(number(cell) for row in rows for cell in row[1:])), (30, 60),
                     'size and sum of the matrix')
        wrong = [(number(cell), i, j) for i, row in enumerate(rows)
                 for j, cell in enumerate(row[1:]) if i != j]
        frequent = browser.table('Most frequent confusions')
        checks.equal(number(frequent[0][2]), max(wrong)[0], 'the most frequent confusion')
        painted = browser.js("""const canvas = document.querySelector('canvas.pixels');
            const context = canvas.getContext('2d');
            const background = context.getImageData(1, 0, 1, 1).data;
            return data.result.confusion.map((count, i) => {
              const got = context.getImageData(i % 30, Math.floor(i / 30), 1, 1).data;
              return (count > 0) === (getComputedStyle(document.body).backgroundColor !==
                `rgb(${got[0]}, ${got[1]}, ${got[2]})`);
            }).every((right) => right)""")
        checks.true(painted, 'the picture of the matrix differs from its numbers')
        side = browser.js("return document.querySelector('.pictures canvas').width")
        checks.equal(side, 8, 'side of a picture')

    browser.check_page(run.page, 4, examine)


def regression(browser, lanewise):
    """A regression: predicted against true values, and no confusion matrix."""
    x = [i / 50 for i in range(100)]
    y = [math.sin(3 * value) for value in x]
    write_arrays(x, 1, y, labels=False)
    options = ['--layers', '16', '--epochs', '20', '--lr', '0.01', '--activation', 'tanh']
    run = Run(lanewise, 'regression', options, ['--x', 'x.npy', '--y', 'y.npy'])

    def examine(_):
        checks = browser.checks
        check_curves(browser, run)
        checks.equal(browser.table('Confusion matrix'), [], 'matrix of a regression')
        loss = float(re.search(r'^loss +([0-9.]+)$', run.evaluation, re.M).group(1))
        errors = browser.table('Errors of the values')
        checks.near(float(errors[0][1]) ** 2, loss, 'mean square error', 2e-3)
        points = [chart for chart in browser.charts()
                  if chart['title'].startswith('Predicted')][0]['series'][0]
        checks.equal(len(points['data']), len(y), 'points')
        for point, value in zip(points['data'], y):
            checks.near(point['x'], value, 'true value', 1e-5)
        square = sum((point['x'] - point['y']) ** 2 for point in points['data']) / len(y)
        checks.near(square, loss, 'square error of the points', 1e-3)

    browser.check_page(run.page, 4, examine)


def two_values(browser, lanewise):
    """Two linear outputs: a regression, which has no confusion matrix."""
    x = [i / 100 for i in range(100)]
    write_npy(pathlib.Path('x.npy'), 'f', 1, x)
    write_npy(pathlib.Path('y.npy'), 'f', 2, [value for i in x for value in (2 * i, 1 - i)])
    run = Run(lanewise, 'values', ['--layers', 'none', '--epochs', '2', '--output', 'linear'],
              ['--x', 'x.npy', '--y', 'y.npy'])

    def examine(_):
        checks = browser.checks
        checks.equal(browser.table('Confusion matrix'), [], 'matrix of two values')
        errors = [float(row[1]) ** 2 for row in browser.table('Errors of the values')]
        loss = float(re.search(r'^loss +([0-9.]+)$', run.evaluation, re.M).group(1))
        checks.equal(len(errors), 2, 'outputs')
        checks.near(sum(errors) / 2, loss, 'mean square error of two outputs', 2e-3)

    browser.check_page(run.page, 4, examine)


def long_run(browser, lanewise):
    """More epochs than a curve has points."""
    write_arrays([0, 0, 0, 1, 1, 0, 1, 1], 2, [0, 1, 1, 0])
    run = Run(lanewise, 'long', ['--layers', '4', '--epochs', '1234'],
              ['--x', 'x.npy', '--y', 'y.npy'])
    checks = browser.checks
    checks.true(run.page.stat().st_size < 400000, f'a page of {run.page.stat().st_size} bytes')
    browser.driver.get(run.page.as_uri())
    loss = browser.charts()[0]['series'][0]['data']
    checks.equal((len(loss), loss[0]['x'], loss[-1]['x']), (500, 1, 1234), 'points of a long run')
    for point in loss:
        checks.near(point['y'], run.log[point['x'] - 1]['train_loss'],
                    f'loss of epoch {point["x"]}')


def main():
    lanewise = str(pathlib.Path(sys.argv[1], 'lanewise').resolve())
    checks = Checks()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        with Browser(checks) as browser:
            for problem in (disk, admissions, text_labels, fashion, many_classes, regression,
                            two_values, long_run):
                problem(browser, lanewise)
        os.chdir('/')
    return checks.finish()


if __name__ == '__main__':
    sys.exit(main())
