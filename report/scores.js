// The final result: scores of each class, or errors of each output.

function ratio(part, whole) {
  return whole > 0 ? part / whole : null;
}

function classTable(result) {
  const lines = result.support.map((support, i) => {
    const hits = result.hits[i];
    const precision = ratio(hits, result.predicted[i]);
    const recall = ratio(hits, support);
    return [className(result, i), count(support), count(result.predicted[i]), percent(precision),
      percent(recall), percent(ratio(2 * hits, support + result.predicted[i]))];
  });
  return [element('p', {class: 'muted'},
    'Precision: correct share of the predictions of a class. Recall: correct share of its rows.'),
    scroll('Precision and recall',
      table('', ['class', 'rows', 'predicted', 'precision', 'recall', 'F1'], lines,
        {label: 'Precision and recall of each class'}), lines.length > readableClasses)];
}

function twoClasses(result) {
  if (result.classes !== 2)
    return null;
  const [negative, falsePositive, falseNegative, positive] = result.confusion;
  return [element('h3', {}, `Of ${className(result, 1)}`),
    tiles(tile(count(positive), 'true positive (TP)'),
      tile(count(falsePositive), 'false positive (FP)'),
      tile(count(negative), 'true negative (TN)'),
      tile(count(falseNegative), 'false negative (FN)'))];
}

function classScores(data) {
  const {result} = data;
  if (result.classes === 0 || !result.support)
    return null;
  return section('Classes', twoClasses(result), classTable(result));
}

// Predicted against true values, for a regression.
function valueScores(data) {
  const {values} = data;
  if (!values)
    return null;
  const lines = values.outputs.map((one, i) => [`output ${i}`, digits(one.rmse), digits(one.mae),
    fixed(one.r2, 4)]);
  const all = values.outputs.flatMap((one) => [...one.truth, ...one.predicted]);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const styles = ['circle', 'triangle', 'rectRot', 'rect'];
  const chart = figure('Predicted against true values',
    `${plural(values.outputs[0].truth.length, 'row')} of ${count(values.rows)}${
      values.outputs.length < data.network.outputs
        ? `, the first ${values.outputs.length} outputs` : ''
    }; on the line both are equal.`,
    (theme) => ({
      type: 'scatter',
      data: {
        datasets: [...values.outputs.map((one, i) => ({
          label: `output ${i}`,
          data: one.truth.map((truth, j) => ({x: truth, y: one.predicted[j]})),
          backgroundColor: theme.series[i % 4],
          pointStyle: styles[i % 4],
          pointRadius: 3,
          borderWidth: 0,
        })), {
          label: 'predicted = true', type: 'line',
          data: [{x: low, y: low}, {x: high, y: high}], borderColor: theme.muted,
          borderDash: [6, 4], borderWidth: 1.5, pointRadius: 0,
        }],
      },
      options: {
        responsive: true, maintainAspectRatio: false, animation: false,
        scales: {x: {title: {display: true, text: 'true'}},
          y: {title: {display: true, text: 'predicted'}}},
        plugins: {
          legend: {labels: legendMarks},
          tooltip: {callbacks: {label: (item) =>
            `true ${digits(item.parsed.x)}, predicted ${digits(item.parsed.y)}`}},
        },
      },
    }), {square: true});
  return section('Values', scroll('Errors of the values', table('',
    ['', 'root mean square error', 'mean absolute error', 'R²'], lines,
    {label: 'Errors of the values'})), chart);
}

function resultTiles(data) {
  const {result, time, epochs} = data;
  const on = result.on === 'validation' ? 'validation' : 'training';
  return tiles(
    result.classes > 0 ? tile(percent(result.accuracy, 2),
      `${on} accuracy: ${count(result.correct)} of ${plural(result.rows, 'row')}`) : null,
    tile(digits(result.loss), `${on} loss (${data.options.Training.loss})`),
    epochs.best && result.classes > 0
      ? tile(percent(epochs.best.accuracy, 2),
        `best accuracy, in epoch ${count(epochs.best.epoch)}`) : null,
    tile(count(time.samples_per_second), 'training samples per second'),
    tile(duration(time.training), `training, ${plural(epochs.run, 'epoch')}${
      epochs.run < epochs.requested ? ` of ${count(epochs.requested)}` : ''}`),
    tile(count(data.network.parameters), 'parameters'));
}
