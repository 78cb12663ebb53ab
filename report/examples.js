// The misclassified rows, in descending order of confidence.

function scoreText(examples, score) {
  return examples.probabilities ? percent(score, 0) : digits(score);
}

function picture(examples, pixels, i) {
  const {side} = examples.pictures;
  const canvas = element('canvas', {width: side, height: side, role: 'img',
    'aria-label': `picture of row ${examples.rows[i]}`, title: `row ${examples.rows[i]}`});
  const context = canvas.getContext('2d');
  const image = context.createImageData(side, side);
  for (let j = 0; j < side * side; j++) {
    const grey = pixels[i * side * side + j];
    image.data.set([grey, grey, grey, 255], 4 * j);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function pictures(examples, result) {
  const pixels = bytesOf(examples.pictures.pixels);
  return element('ol', {class: 'pictures'}, examples.rows.map((row, i) => element('li', {},
    picture(examples, pixels, i),
    element('b', {}, `${className(result, examples.predicted[i])} ${
      scoreText(examples, examples.predicted_score[i])}`),
    element('br'), `is ${className(result, examples.truth[i])} ${
      scoreText(examples, examples.truth_score[i])}`)));
}

function exampleTable(examples, result) {
  const what = examples.probabilities ? 'probability' : 'output';
  const lines = examples.rows.map((row, i) => [String(row), className(result, examples.truth[i]),
    scoreText(examples, examples.truth_score[i]), className(result, examples.predicted[i]),
    scoreText(examples, examples.predicted_score[i]), ...examples.inputs[i].map(digits)]);
  const head = ['row', 'true class', `its ${what}`, 'predicted', `its ${what}`, ...examples.names];
  return scroll('Misclassified rows',
    table('', head, lines, {texts: [1, 3], label: 'Misclassified rows'}), true);
}

function examples(data) {
  const {result} = data;
  if (result.classes === 0)
    return null;
  const wrong = result.rows - result.correct;
  const boundary = data.points ? decisionBoundary(data.points, result) : null;
  if (wrong === 0)
    return section('Misclassified rows',
      element('p', {}, `None of ${plural(result.rows, 'row')}.`), boundary);
  const shown = data.examples.rows.length;
  const note = element('p', {},
    `${plural(wrong, 'row')} of ${count(result.rows)}, ${percent(wrong / result.rows, 2)}` +
    `${shown < wrong ? `; the ${count(shown)} of highest confidence` : ''}. Rows count from 0` +
    `${data.data.split ? ' in the validation part' : ''}.`);
  const legend = data.examples.pictures ? element('p', {class: 'muted'},
    `Above the predicted class, below the true class, each with its ${
      data.examples.probabilities ? 'probability' : 'output'}.`) : null;
  const cut = data.examples.names && data.examples.names.length < data.network.inputs
    ? element('p', {class: 'muted'},
      `The first ${data.examples.names.length} of ${count(data.network.inputs)} inputs.`)
    : null;
  return section('Misclassified rows', note, boundary, data.examples.pictures
    ? [legend, pictures(data.examples, result)] : [exampleTable(data.examples, result), cut]);
}
