// The training report.

const data = JSON.parse(document.getElementById('data').textContent);

document.title = `${data.data.source} – Lanewise training report`;
document.getElementById('head').append(
  element('h1', {}, 'Training report'),
  element('p', {class: 'muted'}, `${data.data.source}: ${data.network.inputs}–${
    data.network.layers.map((layer) => layer.out).join('–')}, ${
    plural(data.epochs.run, 'epoch')}${data.epochs.stopped ? ', stopped early' : ''}; ${
    data.time.started}`));
document.getElementById('page').append(...[
  section('Result', resultTiles(data)),
  curves(data),
  matrix(data),
  classScores(data),
  valueScores(data),
  examples(data),
  setup(data),
].filter((part) => part !== null));
drawCharts();
