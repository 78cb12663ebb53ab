// The decision boundary for two inputs: rows as points over the predictions of the network.

// Classes differ in point shape and colour. All shapes are filled: others show only the border
// colour.
const pointShapes = ['circle', 'triangle', 'rect', 'rectRot', 'rectRounded'];
const legendClasses = 10;
const areaColours = [
  [0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0]];

// The grid of predictions: the colour of the class, paler for a smaller margin.
function areaPicture(points) {
  const {size} = points;
  const classes = bytesOf(points.grid_classes);
  const margins = bytesOf(points.grid_margins);
  const canvas = element('canvas', {width: size, height: size});
  const context = canvas.getContext('2d');
  const image = context.createImageData(size, size);
  classes.forEach((klass, i) => {
    const alpha = 30 + Math.round(80 * margins[i] / 255);
    image.data.set([...areaColours[klass % areaColours.length], alpha], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

// Draws the grid behind the points; its first row is the top.
function areaBehind(points) {
  const picture = areaPicture(points);
  return {
    id: 'area',
    beforeDatasetsDraw(chart) {
      const {left, top, width, height} = chart.chartArea;
      chart.ctx.drawImage(picture, left, top, width, height);
    },
  };
}

function wrongPoints(points) {
  return points.truth.filter((truth, i) => truth !== points.predicted[i]).length;
}

function pointSets(points, result, theme) {
  const sets = [];
  const radius = points.truth.length > 300 ? 2.5 : 4;
  const ring = wrongPoints(points) > 200 ? 1 : 2.5; // smaller rings if many would overlap
  const shape = (klass) => pointShapes[klass % pointShapes.length];
  for (let klass = 0; klass < result.classes; klass++) {
    const rows = points.truth.map((truth, i) => i).filter((i) => points.truth[i] === klass);
    if (rows.length === 0)
      continue;
    const at = (i) => ({x: points.x[i], y: points.y[i], predicted: points.predicted[i]});
    const right = rows.filter((i) => points.predicted[i] === klass);
    const wrong = rows.filter((i) => points.predicted[i] !== klass);
    // Brighter than the area behind them.
    const [r, g, b] = areaColours[klass % areaColours.length]
      .map((value) => Math.round(theme.dark ? value + 0.45 * (255 - value) : value));
    const common = {pointStyle: shape(klass), backgroundColor: `rgb(${r}, ${g}, ${b})`};
    sets.push({...common, label: className(result, klass), klass, data: right.map(at),
      pointRadius: radius, borderColor: theme.background, borderWidth: 0.75});
    if (wrong.length > 0)
      sets.push({...common, label: `${className(result, klass)}, misclassified`, klass,
        data: wrong.map(at), pointRadius: radius + ring, borderColor: theme.text, borderWidth: 2});
  }
  return sets.sort((a, b) => a.pointRadius - b.pointRadius);
}

function decisionBoundary(points, result) {
  const shown = points.truth.length;
  return figure('Decision boundary',
    `${plural(shown, 'row')}${shown < result.rows ? ` of ${count(result.rows)}` : ''} over the ` +
    'predictions of the network, paler for lower confidence; the ' +
    `${count(wrongPoints(points))} misclassified rows are larger and ringed.`,
    (theme) => ({
      type: 'scatter',
      plugins: points.grid_classes ? [areaBehind(points)] : [],
      data: {datasets: pointSets(points, result, theme)},
      options: {
        responsive: true, maintainAspectRatio: false, animation: false,
        scales: {
          x: {min: points.x_range[0], max: points.x_range[1],
            title: {display: true, text: points.names[0]}, ticks: {includeBounds: false}},
          y: {min: points.y_range[0], max: points.y_range[1],
            title: {display: true, text: points.names[1]}, ticks: {includeBounds: false}},
        },
        plugins: {
          legend: {display: result.classes <= legendClasses, labels: legendMarks},
          tooltip: {callbacks: {label: (item) =>
            `${className(result, item.dataset.klass)} at ${digits(item.parsed.x)}, ${
              digits(item.parsed.y)}: predicted ${className(result, item.raw.predicted)}`}},
        },
      },
    }), {square: true});
}
