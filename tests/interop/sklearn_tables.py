"""
usage: sklearn_tables.py DIRECTORY_OF_PROGRAMS

Trains on tables in the shape of well-known public ones, from the shell with defaults, and compares
with scikit-learn's MLP: standardised numbers, one-hot categories, missing numbers filled with the
median and marked, one hidden layer of 100 units, at most 300 iterations, other defaults. The tables
are generated: numbers, categories and missing fields as in the original, a target that follows the
columns with noise. Both see the same rows; a table fails if the mean over the splits is worse by
more than one point and two standard errors of the difference.
"""
import csv
import re
import warnings

from command import Command, skip  # first: skips the test without numpy
import numpy

try:
    from sklearn.neural_network import MLPClassifier, MLPRegressor
except ImportError:
    skip("the Python module sklearn is not installed")

SPLITS = 4


def pick(values, weights, column):
    """A category from a column of numbers: larger numbers, later values."""
    bounds = numpy.quantile(column, numpy.cumsum(weights)[:-1] / sum(weights))
    return numpy.array(values, dtype=object)[numpy.searchsorted(bounds, column)]


def with_missing(r, column, share):
    column = numpy.array(column, dtype=object)
    column[r.random(len(column)) < share] = ""
    return column


def iris(r):
    """150 rows: 4 lengths in centimetres; 3 species."""
    kind = numpy.repeat(numpy.arange(3), 50)
    means = numpy.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
    x = means[kind] + r.normal(0, [0.5, 0.35, 0.4, 0.25], (150, 4))
    return {"sepal_length": x[:, 0].round(1), "sepal_width": x[:, 1].round(1),
            "petal_length": x[:, 2].round(1), "petal_width": x[:, 3].round(1),
            "species": numpy.array(["setosa", "versicolor", "virginica"])[kind]}


def wine(r):
    """1599 rows: 11 measurements of different scale, separated by semicolons; quality as number."""
    n, names = 1599, ["fixed acidity", "volatile acidity", "citric acid", "residual sugar",
                      "chlorides", "free sulfur dioxide", "total sulfur dioxide", "density", "pH",
                      "sulphates", "alcohol"]
    z = r.normal(size=(n, 11))
    scale = numpy.array([1.7, .18, .2, 1.4, .05, 10, 33, .002, .15, .17, 1.07])
    mean = numpy.array([8.3, .53, .27, 2.5, .09, 16, 46, .997, 3.3, .66, 10.4])
    quality = 5.6 + .45 * z[:, 10] - .3 * z[:, 1] + .2 * z[:, 9] - .15 * numpy.abs(z[:, 6]) \
        + r.normal(0, .4, n)
    table = {name: (mean[i] + scale[i] * z[:, i]).round(4) for i, name in enumerate(names)}
    return {**table, "score": quality.round(2)}


def passengers(r):
    """891 rows: class, name, sex, age (a fifth missing), relatives, fare, port; survived."""
    n = 891
    sex = r.choice(["male", "female"], n, p=[.65, .35])
    ticket = r.choice([1, 2, 3], n, p=[.24, .21, .55])
    age = numpy.clip(r.normal(30, 14, n), 1, 80).round()
    odds = 2.6 * (sex == "female") - .9 * (ticket - 2) - .02 * (age - 30) - .9 + r.normal(0, .8, n)
    return {"PassengerId": numpy.arange(1, n + 1), "Pclass": ticket,
            "Name": [f"Person {i} of {i * 7 % 911}" for i in range(n)], "Sex": sex,
            "Age": with_missing(r, age, .2), "SibSp": r.poisson(.5, n),
            "Fare": (r.lognormal(2.2, .6, n) * (4 - ticket)).round(2),
            "Embarked": r.choice(["S", "C", "Q", ""], n, p=[.7, .19, .1, .01]),
            "Survived": (odds > 0).astype(int)}


def income(r):
    """2000 rows: age, work, education, hours, capital gain, sex; income above or below 50K."""
    n = 2000
    z = r.normal(size=(n, 3))
    work = pick(["Private", "Self-emp", "Federal-gov", "?"], [70, 12, 12, 6], r.normal(size=n))
    school = pick(["HS-grad", "Some-college", "Bachelors", "Masters", "Doctorate"],
                  [40, 25, 22, 10, 3], z[:, 0])
    married = r.random(n) < .5
    gain = numpy.where(r.random(n) < .08, r.lognormal(8, 1, n), 0).round()
    odds = 1.1 * z[:, 0] + .7 * z[:, 1] + 1.4 * married + 2 * (gain > 5000) - 1.8 \
        + r.normal(0, .7, n)
    return {"age": (38 + 12 * z[:, 1]).round(), "workclass": work, "education": school,
            "married": numpy.where(married, "yes", "no"), "capital-gain": gain,
            "hours-per-week": (40 + 8 * z[:, 2]).round(),
            "income": numpy.where(odds > 0, ">50K", "<=50K")}


def housing(r):
    """2000 rows: 8 numbers of a block of houses; its median value in dollars."""
    n = 2000
    income = r.lognormal(1.2, .4, n)
    latitude, longitude = r.uniform(32.5, 42, n), r.uniform(-124, -114, n)
    age, rooms = r.integers(1, 52, n), r.normal(5.4, 1, n)
    coast = numpy.exp(-((longitude + 124 - (42 - latitude) * .7) / 2) ** 2)
    value = 42e3 * income + 90e3 * coast + 500 * age + r.normal(0, 25e3, n)
    return {"MedInc": income.round(4), "HouseAge": age, "AveRooms": rooms.round(3),
            "AveBedrms": (rooms / 5 + r.normal(0, .1, n)).round(3),
            "Population": r.lognormal(7, .7, n).round(), "AveOccup": r.normal(3, .5, n).round(3),
            "Latitude": latitude.round(2), "Longitude": longitude.round(2),
            "MedHouseVal": value.round()}


def cars(r):
    """398 rows: numbers, some missing as ?, origin as number; miles per gallon."""
    n = 398
    cylinders = r.choice([4, 6, 8], n, p=[.51, .22, .27])
    displacement = cylinders * 38 + r.normal(0, 20, n)
    power = displacement * .45 + 20 + r.normal(0, 12, n)
    weight = 900 + 9 * displacement + r.normal(0, 250, n)
    year = r.integers(70, 83, n)
    mpg = 64 - .0075 * weight - .03 * power + .6 * (year - 76) + r.normal(0, 2, n) - 8
    horses = with_missing(r, power.round(), .02)
    horses[horses == ""] = "?"
    return {"mpg": mpg.round(1), "cylinders": cylinders, "displacement": displacement.round(),
            "horsepower": horses, "weight": weight.round(), "acceleration":
            (24 - power * .08 + r.normal(0, 1.5, n)).round(1), "year": year,
            "origin": r.choice([1, 2, 3], n, p=[.62, .18, .2])}


def tumours(r):
    """569 rows: 30 correlated measurements; malignant or benign."""
    n, hidden = 569, r.normal(size=(569, 6))
    x = hidden @ r.normal(size=(6, 30)) + .4 * r.normal(size=(n, 30))
    odds = 2 * hidden[:, 0] + hidden[:, 1] - .5 + r.normal(0, .5, n)
    table = {f"measure {i}": (x[:, i] * 10 ** (i % 4 - 2) + i).round(5) for i in range(30)}
    return {**table, "diagnosis": numpy.where(odds > 0, "M", "B")}


def bank(r):
    """2000 rows: mixed columns, few positive answers."""
    n = 2000
    job = pick(["blue-collar", "services", "admin.", "technician", "management", "retired"],
               [22, 10, 12, 17, 30, 9], r.normal(size=n))
    duration = r.gamma(1.5, 170, n)
    housing, loan = r.random(n) < .55, r.random(n) < .16
    odds = .006 * (duration - 350) + .8 * (job == "retired") - .7 * housing - .6 * loan - 1 \
        + r.normal(0, .8, n)
    return {"age": r.integers(19, 80, n), "job": job,
            "balance": r.normal(1300, 2500, n).round(),
            "housing": numpy.where(housing, "yes", "no"),
            "loan": numpy.where(loan, "yes", "no"), "duration": duration.round(),
            "month": r.choice(["may", "jul", "aug", "jun", "nov"], n),
            "y": numpy.where(odds > 0, "yes", "no")}


def abalone(r):
    """2000 rows: sex as letter, 7 lengths and weights; rings, as a regression."""
    n = 2000
    size = r.beta(5, 3, n)
    sex = pick(["I", "F", "M"], [32, 31, 37], size + r.normal(0, .2, n))
    weight = 2.5 * size ** 3 * r.normal(1, .07, n)
    shell = weight * r.normal(.29, .03, n)
    rings = 3 + 9 * size + 12 * shell / (.1 + weight) + r.normal(0, 1.2, n)
    return {"Sex": sex, "Length": (size * .8).round(3), "Diameter": (size * .63).round(3),
            "Height": (size * .21 * r.normal(1, .05, n)).round(3), "Whole": weight.round(4),
            "Shucked": (weight * .43).round(4), "Shell": shell.round(4), "Rings": rings.round(1)}


TABLES = [(iris, "species", True, ","), (wine, "score", False, ";"),
          (passengers, "Survived", True, ","), (income, "income", True, ","),
          (housing, "MedHouseVal", False, ","), (cars, "mpg", False, "\t"),
          (tumours, "diagnosis", True, ","), (bank, "y", True, ";"),
          (abalone, "Rings", False, ",")]

# Columns that identify rows; lanewise ignores them by itself.
IDENTIFIERS = {"PassengerId", "Name"}


def is_number(text):
    return re.fullmatch(r"-?[0-9.]+(e[-+]?[0-9]+)?", text) is not None


def encode(table, target, training):
    """The inputs, prepared as described above from the training rows."""
    columns = []
    for name, column in table.items():
        if name == target or name in IDENTIFIERS:
            continue
        texts = [str(value) for value in column]
        missing = numpy.array([text in ("", "?") for text in texts])
        if all(is_number(text) for text, gap in zip(texts, missing) if not gap):
            x = numpy.array([numpy.nan if gap else float(text)
                             for text, gap in zip(texts, missing)])
            fill = numpy.nanmedian(x[training])
            x = numpy.where(missing, fill, x)
            deviation = x[training].std() or 1.0
            columns.append((x - x[training].mean()) / deviation)
            if missing[training].any():
                columns.append(missing.astype(float))
        else:
            for text in sorted(set(numpy.array(texts)[training])):
                columns.append((numpy.array(texts) == text).astype(float))
    return numpy.stack(columns, axis=1)


def train_sklearn(table, target, is_class, training, test, seed):
    x, y = encode(table, target, training), numpy.array(table[target])
    kind = MLPClassifier if is_class else MLPRegressor
    model = kind(max_iter=300, random_state=seed)
    if is_class:
        return model.fit(x[training], y[training]).score(x[test], y[test])
    mean, deviation = y[training].mean(), y[training].std()
    model.fit(x[training], (y[training] - mean) / deviation)
    return model.score(x[test], (y[test] - mean) / deviation)


def write(path, table, rows, separator):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(table)
        columns = [[str(value) for value in column] for column in table.values()]
        for row in rows:
            writer.writerow([column[row] for column in columns])


def train_lanewise(command, table, target, training, test, separator, seed):
    write("training.csv", table, training, separator)
    write("test.csv", table, test, separator)
    command.run("train", "--csv", "training.csv", "--target", target, "--seed", str(seed),
                "--quiet", "--save", "model")
    output = command.run("evaluate", "--model", "model", "--csv", "test.csv")
    found = re.search(r"accuracy +([0-9.]+) %", output)
    return float(found.group(1)) / 100 if found else \
        float(re.search(r"R2 (-?[0-9.]+)", output).group(1))


def main():
    warnings.simplefilter("ignore")
    command, failed = Command(), 0
    print(f"{'table':12} rows            {'scikit-learn':16} lanewise")
    for make, target, is_class, separator in TABLES:
        table = make(numpy.random.default_rng(7))
        rows = len(table[target])
        ours, theirs = [], []
        for seed in range(1, SPLITS + 1):
            order = numpy.random.default_rng(seed).permutation(rows)
            training, test = order[rows // 4:], order[:rows // 4]
            theirs.append(train_sklearn(table, target, is_class, training, test, seed))
            ours.append(train_lanewise(command, table, target, training, test, separator, seed))
        lost = numpy.array(theirs) - ours
        is_worse = lost.mean() > .01 + 2 * lost.std(ddof=1) / SPLITS ** .5
        failed += is_worse
        print(f"{make.__name__:12} {rows:5} {'accuracy' if is_class else 'R2':8}"
              f"  {numpy.mean(theirs):.3f} +- {numpy.std(theirs):.3f}"
              f"  {numpy.mean(ours):.3f} +- {numpy.std(ours):.3f}"
              f"{'  WORSE' if is_worse else ''}", flush=True)
    raise SystemExit(f"{failed} tables are worse" if failed else 0)


main()
