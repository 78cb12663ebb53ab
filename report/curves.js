// Learning curves.

function curveSummary(values, format, better) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0)
    return 'no finite value';
  const best = better === 'high' ? Math.max(...known) : Math.min(...known);
  return `from ${format(known[0])} to ${format(known[known.length - 1])}, ` +
    `${better === 'high' ? 'highest' : 'lowest'} ${format(best)}`;
}

// Whether a logarithmic scale is appropriate.
function spansMagnitudes(values) {
  const known = values.filter((value) => value !== null);
  return known.every((value) => value > 0) && Math.max(...known) > 50 * Math.min(...known);
}

function lossCurve(epochs) {
  const series = [{label: 'training', values: epochs.train_loss}];
  let text = `training ${curveSummary(epochs.train_loss, digits, 'low')}`;
  if (epochs.validation_loss.some((value) => value !== null)) {
    series.push({label: 'validation', values: epochs.validation_loss});
    text += `; validation ${curveSummary(epochs.validation_loss, digits, 'low')}`;
  }
  const logarithmic = spansMagnitudes(series.flatMap((one) => one.values));
  return lineChart('Loss', `${text}${logarithmic ? '; logarithmic' : ''}.`, epochs.epoch, series,
    {xTitle: 'epoch', logarithmic});
}

function accuracyCurve(epochs) {
  const values = epochs.validation_accuracy;
  if (values.every((value) => value === null))
    return null;
  const format = (value) => percent(value, 2);
  return lineChart('Validation accuracy', `${curveSummary(values, format, 'high')}.`, epochs.epoch,
    [{label: 'accuracy', values, colour: 2}],
    {xTitle: 'epoch', format: (value) => percent(value, 1)});
}

function rateCurve(epochs) {
  return lineChart('Learning rate', `at the last step of each epoch: ${
    curveSummary(epochs.learning_rate, digits, 'low')}.`, epochs.epoch,
    [{label: 'learning rate', values: epochs.learning_rate, colour: 3}],
    {xTitle: 'epoch', fromZero: true});
}

function throughputCurve(epochs) {
  return lineChart('Throughput', `samples per second, without validation: ${
    curveSummary(epochs.samples_per_second, count, 'high')}.`, epochs.epoch,
    [{label: 'samples per second', values: epochs.samples_per_second, colour: 0}],
    {xTitle: 'epoch', format: count, fromZero: true});
}

function epochTable(epochs) {
  const lines = epochs.epoch.map((epoch, i) => [String(epoch), digits(epochs.train_loss[i]),
    digits(epochs.validation_loss[i]), percent(epochs.validation_accuracy[i], 2),
    digits(epochs.learning_rate[i]), duration(epochs.seconds[i]),
    count(epochs.samples_per_second[i])]);
  return scroll('Numbers of the curves', table('', ['epoch', 'training loss', 'validation loss',
    'accuracy', 'learning rate', 'time', 'samples/s'], lines, {label: 'Epochs'}), true);
}

function curves(data) {
  const {epochs} = data;
  const shown = epochs.epoch.length;
  const thinned = shown < epochs.run
    ? element('p', {class: 'muted'}, `${count(shown)} of ${count(epochs.run)} epochs are shown, ` +
        'evenly spaced, including the first and the last.') : null;
  return section('Learning curves', thinned,
    element('div', {class: 'charts'}, lossCurve(epochs), accuracyCurve(epochs), rateCurve(epochs),
      throughputCurve(epochs)),
    details('Numbers of the curves', () => epochTable(epochs)));
}
