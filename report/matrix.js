// The confusion matrix: a table for few classes, a picture for many.

const readableClasses = 20;

function className(result, i) {
  return result.names ? result.names[i] : `class ${i}`;
}

// Opacity of a cell. The square root keeps small shares visible.
function opacity(share) {
  return share === 0 ? 0 : 0.12 + 0.88 * Math.sqrt(share);
}

function matrixCell(result, row, column) {
  const number = result.confusion[row * result.classes + column];
  const share = result.support[row] > 0 ? number / result.support[row] : 0;
  const rgb = row === column ? '--right' : '--wrong';
  const cell = element('td', {
    title: `${className(result, row)}, predicted as ${className(result, column)}: ` +
      `${count(number)} (${percent(share)})`,
  }, count(number), element('small', {}, percent(share)));
  cell.className = number === 0 ? 'none' : opacity(share) > 0.55 ? 'strong' : '';
  if (number > 0)
    cell.style.backgroundColor = `rgba(var(${rgb}), ${opacity(share)})`;
  return cell;
}

function matrixTable(result) {
  const classes = [...Array(result.classes).keys()];
  return element('table', {class: 'matrix', 'aria-label': 'Confusion matrix'},
    element('thead', {}, element('tr', {}, element('td', {}),
      classes.map((i) =>
        element('th', {scope: 'col'}, element('span', {}, className(result, i)))))),
    element('tbody', {}, classes.map((row) => element('tr', {},
      element('th', {scope: 'row'}, className(result, row)),
      classes.map((column) => matrixCell(result, row, column))))));
}

// One pixel per cell, blue on the diagonal and orange off it.
function paintMatrix(canvas, result) {
  const context = canvas.getContext('2d');
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  context.fillStyle = dark ? '#0f1419' : '#ffffff';
  context.fillRect(0, 0, result.classes, result.classes);
  for (let row = 0; row < result.classes; row++)
    for (let column = 0; column < result.classes; column++) {
      const number = result.confusion[row * result.classes + column];
      const rgb = row === column ? (dark ? '86, 180, 233' : '0, 114, 178') : '230, 110, 0';
      if (number > 0) {
        context.fillStyle = `rgba(${rgb}, ${opacity(number / result.support[row])})`;
        context.fillRect(column, row, 1, 1);
      }
    }
}

function matrixPicture(result) {
  const canvas = element('canvas', {class: 'pixels', role: 'img',
    width: result.classes, height: result.classes,
    'aria-label':
      `Confusion matrix of ${result.classes} classes; the numbers are in the table below`});
  const readout = element('p', {class: 'muted', 'aria-live': 'polite'},
    'True class down, predicted class across. Point at a cell to show its numbers.');
  const cellAt = (offset, size) =>
    Math.min(result.classes - 1, Math.floor(offset / size * result.classes));
  canvas.addEventListener('pointermove', (event) => {
    const row = cellAt(event.offsetY, canvas.clientHeight);
    const column = cellAt(event.offsetX, canvas.clientWidth);
    const number = result.confusion[row * result.classes + column];
    readout.textContent =
      `${className(result, row)}, predicted as ${className(result, column)}: ` +
      `${count(number)} (${percent(number / result.support[row])})`;
  });
  const repaint = () => paintMatrix(canvas, result);
  repaint();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  return [canvas, readout, details('Numbers of the matrix',
    () => scroll('Numbers of the matrix', matrixTable(result), true))];
}

function topConfusions(result) {
  const lines = result.confusions.map(([truth, predicted, number, support]) => [
    className(result, truth), className(result, predicted), count(number),
    percent(number / support)]);
  return lines.length === 0 ? null : [element('h3', {}, 'Most frequent confusions'),
    scroll('Most frequent confusions',
      table('', ['true class', 'predicted', 'rows', 'of the class'], lines,
        {texts: [1], label: 'Most frequent confusions'}), true)];
}

function matrix(data) {
  const {result} = data;
  if (result.classes === 0)
    return null;
  let picture;
  if (!result.confusion)
    picture = element('p', {},
      `A matrix of ${count(result.classes)} classes is too large to display.`);
  else if (result.classes <= readableClasses)
    picture = [element('p', {class: 'muted'},
      'True class down, predicted class across; percentages are of the true class.'),
      scroll('Confusion matrix', matrixTable(result))];
  else
    picture = matrixPicture(result);
  return section('Confusion matrix', picture,
    result.classes > 2 ? topConfusions(result) : null);
}
