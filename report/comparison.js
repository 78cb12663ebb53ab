// Two results of the benchmarks side by side.

const data = JSON.parse(document.getElementById('data').textContent);

const verdicts = {
  slower: 'Slower', faster: 'Faster', same: 'Unchanged', unknown: 'Too few rounds to say',
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
  return scroll(label, table('', ['benchmark', 'unit', 'before', 'after', 'change', 'of best rounds', 'noise'],
    changes.map((one) => [benchmarkName(one), one.unit, digits(one.before), digits(one.after),
      element('td', {class: verdict}, change(one.of_medians)), change(one.of_best), percent(one.noise)]), {label}),
  changes.length > 20);
}

// The largest changes of both signs; what is within noise is only counted.
function changeChart() {
  const beyond = [...ofVerdict('slower'), ...ofVerdict('faster')]
    .sort((a, b) => Math.abs(Math.log(b.of_medians)) - Math.abs(Math.log(a.of_medians))).slice(0, 40)
    .sort((a, b) => a.of_medians - b.of_medians);
  return beyond.length === 0 ? null
    : barChart('Changes beyond noise', 'Percent of the rate before, as shares of the FMA peak of each run.',
      beyond.map(benchmarkName), [{label: 'change', values: beyond.map((one) => 100 * (one.of_medians - 1))}],
      {xTitle: 'percent', format: (value) => fixed(value, 0), mark: 0});
}

function names(title, list) {
  return list.length === 0 ? null
    : section(title, element('ul', {}, list.map((name) => element('li', {}, name))));
}

function origin(file, context) {
  return `${file}: ${context.date}, ${context.cpu_model}, Lanewise ${context.lanewise}, ${context.compiler}`;
}

document.title = `${data.after} – Lanewise benchmarks compared`;
document.getElementById('head').append(
  element('h1', {}, 'Benchmarks compared'),
  element('p', {class: 'faint'}, 'before ', origin(data.before, data.before_context), element('br'),
    'after ', origin(data.after, data.after_context)));
document.getElementById('page').append(...[
  section('Result',
    tiles(Object.entries(verdicts).map(([verdict, title]) => tile(count(ofVerdict(verdict).length), title))),
    data.differences.length > 0 ? element('p', {}, element('b', {}, 'Not the same: '), data.differences.join('; '), '.') : null,
    element('p', {class: 'faint'}, 'Rates are medians of the rounds; changes are those of their shares of the FMA ' +
      'peak of the same run. Slower or faster is what has changed by more than noise, and in the best round by more ' +
      'than 3\u00a0%. Noise is three times the errors of the medians and the size of the other libraries’ changes ' +
      'between the two runs, at least 3\u00a0%. It takes five rounds on both sides.'),
    changeChart()),
  ...['slower', 'faster'].filter((verdict) => ofVerdict(verdict).length > 0)
    .map((verdict) => section(verdicts[verdict], changeTable(verdict))),
  ...['same', 'unknown'].filter((verdict) => ofVerdict(verdict).length > 0)
    .map((verdict) => section(verdicts[verdict], details(plural(ofVerdict(verdict).length, 'benchmark'),
      () => changeTable(verdict)))),
  names('Only before', data.only_before),
  names('Only after', data.only_after),
].filter((part) => part !== null));
drawCharts();
