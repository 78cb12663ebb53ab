// The comparison of two benchmark results.

const data = JSON.parse(document.getElementById('data').textContent);

const verdicts = {
  slower: 'Slower', faster: 'Faster', same: 'Unchanged', unknown: 'Too few rounds',
};

function ofVerdict(verdict) {
  return data.changes.filter((change) => change.verdict === verdict);
}

function change(ratio) {
  return ratio === null ? '–' : `${ratio >= 1 ? '+' : '−'}${percent(Math.abs(ratio - 1))}`;
}

function benchmarkName(one) {
  return `${one.group} ${one.row}, ${one.isa}, ${plural(one.threads, 'thread')}`;
}

function changeTable(verdict) {
  const changes = ofVerdict(verdict);
  const label = `${verdicts[verdict]} benchmarks`;
  const head = ['benchmark', 'unit', 'before', 'after', 'change', 'of best rounds', 'noise'];
  const lines = changes.map((one) => [benchmarkName(one), one.unit, digits(one.before),
    digits(one.after), element('td', {class: verdict}, change(one.of_medians)),
    change(one.of_best), percent(one.noise)]);
  return scroll(label, table('', head, lines, {label}), changes.length > 20);
}

// The 40 largest changes beyond noise.
function changeChart() {
  const size = (one) => Math.abs(Math.log(one.of_medians));
  const largest = [...ofVerdict('slower'), ...ofVerdict('faster')]
    .sort((a, b) => size(b) - size(a)).slice(0, 40)
    .sort((a, b) => a.of_medians - b.of_medians);
  return largest.length === 0 ? null
    : barChart('Changes beyond noise',
      'Change in percent of the rate, relative to the FMA peak of the same run.',
      largest.map(benchmarkName),
      [{label: 'change', values: largest.map((one) => 100 * (one.of_medians - 1))}],
      {xTitle: 'percent', format: (value) => fixed(value, 0), mark: 0});
}

function names(title, list) {
  return list.length === 0 ? null
    : section(title, element('ul', {}, list.map((name) => element('li', {}, name))));
}

function origin(file, context) {
  return `${file}: ${context.date}, ${context.cpu_model}, Lanewise ${context.lanewise}, ${
    context.compiler}`;
}

document.title = `${data.after} – Lanewise benchmarks compared`;
document.getElementById('head').append(
  element('h1', {}, 'Benchmarks compared'),
  element('p', {class: 'muted'}, 'before ', origin(data.before, data.before_context), element('br'),
    'after ', origin(data.after, data.after_context)));
document.getElementById('page').append(...[
  section('Result',
    tiles(Object.entries(verdicts).map(([verdict, title]) =>
      tile(count(ofVerdict(verdict).length), title))),
    data.differences.length > 0
      ? element('p', {}, element('b', {}, 'Different: '), data.differences.join('; '), '.') : null,
    element('p', {class: 'muted'},
      'Rates are medians of the rounds; changes are relative to the FMA peak of the same run. A ' +
      'benchmark is slower or faster if its median has changed by more than noise, and its best ' +
      'round by more than 3\u00a0%. Noise is three times the standard errors of the medians and ' +
      'the changes of other libraries between the two runs, at least 3\u00a0%. At least five ' +
      'rounds on both sides are required.'),
    changeChart()),
  ...['slower', 'faster'].filter((verdict) => ofVerdict(verdict).length > 0)
    .map((verdict) => section(verdicts[verdict], changeTable(verdict))),
  ...['same', 'unknown'].filter((verdict) => ofVerdict(verdict).length > 0)
    .map((verdict) => section(verdicts[verdict],
      details(plural(ofVerdict(verdict).length, 'benchmark'), () => changeTable(verdict)))),
  names('Only before', data.only_before),
  names('Only after', data.only_after),
].filter((part) => part !== null));
drawCharts();
