// The benchmark page.

const data = JSON.parse(document.getElementById('data').textContent);

function summaryTiles() {
  return tiles(data.groups.flatMap((group) => group.threads.filter((part) => part.summary)
    .map((part) => tile(`${fixed(part.summary.mean, 2)} ×`,
      `${group.name} to ${part.summary.baseline}, ${onThreads(part.threads)}`))));
}

function peakTable() {
  const lines = data.peak.map((row) => [onThreads(row.threads),
    ...data.isas.map((isa) => digits(row.rates[isa]))]);
  return table('', ['', ...data.isas], lines, {label: 'Peak'});
}

function machine() {
  const {context} = data;
  return section('Machine', element('div', {class: 'columns'},
    element('div', {}, pairs('Machine', [
      ['processor', context.cpu_model],
      ['processors', context.num_cpus],
      ['caches', context.caches],
      ['measured', context.date],
      ['Lanewise', context.lanewise],
      ['compiler', context.compiler],
      ['instruction set chosen', data.isa],
      ...Object.entries(data.peers),
    ])),
    element('div', {}, element('h3', {}, 'FMA peak, GFLOP/s'), scroll('Peak', peakTable()))));
}

function groupPart(group, part) {
  const others = othersOf(part.rows, data.isas);
  if (group.name === 'sweep')
    return [sweepGrids(group, part, data.isa), details(`All rates, ${onThreads(part.threads)}`,
      () => rowTable(group, part, data.isa, data.isas, others))];
  const trains = part.rows.some(
    (row) => row.contenders[data.isa].samples_per_second !== undefined);
  return [element('div', {class: 'charts'},
    part.summary ? ratioChart(group, part, data.isa, others) : null,
    trains ? samplesChart(part, data.isa, others) : null,
    peakChart(part, data.isas)),
  details(`The numbers of ${group.name}, ${onThreads(part.threads)}`,
    () => rowTable(group, part, data.isa, data.isas, others))];
}

function failures() {
  return data.errors.length === 0 ? null
    : section('Errors', element('ul', {}, data.errors.map((error) => element('li', {}, error))));
}

const date = data.context.date.slice(0, 10);
document.title = `${data.context.cpu_model}, ${date} – Lanewise benchmarks`;
document.getElementById('head').append(
  element('h1', {}, 'Benchmarks'),
  element('p', {class: 'muted'},
    `${data.context.cpu_model}; ${date}; Lanewise ${data.context.lanewise} with ${data.isa}`));
document.getElementById('page').append(...[
  failures(),
  section('Summary', element('p', {class: 'muted'},
    'Geometric means of our rate over the best baseline rate: a library for matrix products, the ' +
    'product alone for layers, a copy for vectors, PyTorch for training. Rates are the best of ' +
    'several rounds in random order.'), summaryTiles()),
  machine(),
  ...data.groups.map((group) => section(group.name,
    group.threads.map((part) => groupPart(group, part)))),
].filter((part) => part !== null));
drawCharts();
