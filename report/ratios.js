// A group of benchmarks: our rate next to the others, the peak, and a table of all rates.

function onThreads(threads) {
  return plural(threads, 'thread');
}

function rate(series) {
  return series ? digits(series.best) : '–';
}

// The sorted names of contenders that are not our instruction sets.
function othersOf(rows, isas) {
  return [...new Set(rows.flatMap((row) => Object.keys(row.contenders)))]
    .filter((name) => !isas.includes(name)).sort();
}

function ratioTo(row, isa, other) {
  const theirs = row.contenders[other];
  return theirs ? row.contenders[isa].best / theirs.best : null;
}

function ratioChart(group, part, isa, others) {
  const {summary} = part;
  return barChart(`Ratio to each other, ${onThreads(part.threads)}`,
    'Our rate over theirs, logarithmic; right of the line we are faster. Ratio to the best of ' +
    `them: geometric mean ${fixed(summary.mean, 2)}, minimum ${fixed(summary.smallest, 2)}, ` +
    `below 1 for ${summary.below_one} of ${summary.count}.`,
    part.rows.map((row) => row.name),
    others.map((other) => ({label: other,
      values: part.rows.map((row) => ratioTo(row, isa, other))})),
    {xTitle: 'times their rate', logarithmic: true, mark: 1});
}

function peakChart(part, isas) {
  const shown = isas.filter((isa) => isa !== 'scalar' &&
    part.rows.some((row) => row.contenders[isa] && row.contenders[isa].percent !== undefined));
  if (shown.length === 0)
    return null;
  const of = (row, isa) => (row.contenders[isa] ? row.contenders[isa].percent : null);
  return barChart(`Percent of the peak, ${onThreads(part.threads)}`,
    'Percent of the FMA peak of each instruction set, measured in the same run.',
    part.rows.map((row) => row.name),
    shown.map((isa) => ({label: isa, values: part.rows.map((row) => of(row, isa))})),
    {xTitle: 'percent', format: (value) => fixed(value, 0), mark: 100});
}

function samplesChart(part, isa, others) {
  const value = (row, name) =>
    (row.contenders[name] ? row.contenders[name].samples_per_second ?? null : null);
  return barChart(`Samples per second, ${onThreads(part.threads)}`, 'Best round; logarithmic.',
    part.rows.map((row) => row.name),
    [isa, ...others].map((name) => ({label: name === isa ? 'Lanewise' : name,
      values: part.rows.map((row) => value(row, name))})),
    {xTitle: 'samples per second', format: compact, logarithmic: true});
}

function bestRatios(other) {
  return other ? [fixed(other.ratio, 2), fixed(other.ratio_of_medians, 2)] : ['–', '–'];
}

function rowTable(group, part, isa, isas, others) {
  const trains = part.rows.some((row) => row.contenders[isa].samples_per_second !== undefined);
  const sets = isas.filter((name) => part.rows.some((row) => row.contenders[name]));
  const head = [`best ${group.unit}`, ...sets, 'median', '% of peak',
    ...(trains ? ['samples/s', 'µs/step'] : []), ...others.flatMap((other) => [other, 'ratio']),
    ...(part.summary ? ['ratio to best', 'median ratio'] : [])];
  const lines = part.rows.map((row) => {
    const ours = row.contenders[isa];
    return [row.name, ...sets.map((name) => rate(row.contenders[name])), digits(ours.median),
      ours.percent === undefined ? '–' : fixed(ours.percent, 0),
      ...(trains ? [count(ours.samples_per_second ?? null), digits(ours['us/step'] ?? null)] : []),
      ...others.flatMap((other) => [rate(row.contenders[other]),
        fixed(ratioTo(row, isa, other), 2)]),
      ...(part.summary ? bestRatios(row.best_baseline) : [])];
  });
  const label = `${group.name}, ${onThreads(part.threads)}`;
  return scroll(label, table('', head, lines, {label}), lines.length > 20);
}

// Batch sizes down, widths across. Rows are named "layer NN batch x width x width".
function grid(group, part, title, value, good) {
  const sizes = part.rows.map((row) =>
    row.name.slice(row.name.lastIndexOf(' ') + 1).split('x').map(Number));
  const unique = (i) => [...new Set(sizes.map((size) => size[i]))].sort((a, b) => a - b);
  const [batches, widths] = [unique(0), unique(1)];
  const cell = (batch, width) => {
    const row = part.rows[sizes.findIndex((size) => size[0] === batch && size[1] === width)];
    const number = row ? value(row) : null;
    const made = element('td', {}, number === null ? '–' : good.format(number));
    if (number !== null) {
      const share = Math.max(0, Math.min(1, good.share(number)));
      const rgb = share >= 0.5 ? '--right' : '--wrong';
      made.style.backgroundColor = `rgba(var(${rgb}), ${Math.abs(2 * share - 1) * 0.55})`;
    }
    return made;
  };
  const label = `${title}, ${onThreads(part.threads)}`;
  const lines = batches.map((batch) =>
    [String(batch), ...widths.map((width) => cell(batch, width))]);
  return [element('h3', {}, `${label}: batch × width`),
    scroll(label, table('', ['batch', ...widths.map(String)], lines, {label}))];
}

function sweepGrids(group, part, isa) {
  const compared = part.rows.some((row) => row.best_baseline);
  const peak = (row) => row.contenders[isa].percent ?? null;
  const ratioToBest = (row) => (row.best_baseline ? row.best_baseline.ratio : null);
  return [grid(group, part, 'Percent of the peak', peak,
    {format: (value) => fixed(value, 0), share: (value) => value / 100}),
  compared ? grid(group, part, 'Ratio to the best baseline', ratioToBest,
    {format: (value) => fixed(value, 2), share: (value) => value / 2}) : null];
}
