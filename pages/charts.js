// Diagrams by Chart.js, in the colours of the page, drawn again when those change.

const charts = [];

// Marks of the legends are the points of the diagram, in about their size.
const legendMarks = {usePointStyle: true, boxWidth: 8, boxHeight: 8};

function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(`--${name}`).trim();
  return {dark: matchMedia('(prefers-color-scheme: dark)').matches &&
      !document.documentElement.classList.contains('printing'),
    text: get('text'), faint: get('faint'), line: get('line'), ground: get('ground'),
    series: [get('blue'), get('orange'), get('green'), get('purple'), get('text')]};
}

function draw(chart) {
  if (chart.shown)
    chart.shown.destroy();
  const theme = colours();
  Chart.defaults.color = theme.faint;
  Chart.defaults.borderColor = theme.line;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  chart.shown = new Chart(chart.canvas, chart.configure(theme));
}

// A diagram under a title. description says what is to be seen to those who do not see it; configure
// makes Chart.js's configuration for a theme.
function figure(title, description, configure, {square = false} = {}) {
  const canvas = element('canvas', {role: 'img', 'aria-label': `${title}: ${description}`});
  const box = element('div', {class: square ? 'canvas square' : 'canvas'}, canvas);
  charts.push({canvas, configure, shown: null});
  return element('figure', {}, element('h3', {}, title), box,
    element('figcaption', {}, description));
}

// Lines over epochs or the like. series: {label, values}; those of a kind are told apart by dashes and
// points too, not by colour alone.
function lineChart(title, description, x, series, {xTitle, format = digits, logarithmic = false,
  fromZero = false}) {
  const few = x.length <= 40;
  const dashes = [[], [7, 4], [2, 3]];
  const points = ['circle', 'rectRot', 'triangle'];
  return figure(title, description, (theme) => ({
    type: 'line',
    data: {
      datasets: series.map((one, i) => ({
        label: one.label,
        data: x.map((at, j) => ({x: at, y: one.values[j]})),
        borderColor: theme.series[one.colour ?? i],
        backgroundColor: theme.series[one.colour ?? i],
        borderDash: dashes[i],
        pointStyle: points[i],
        pointRadius: few ? 3 : 0,
        pointHitRadius: 8,
        borderWidth: 2,
        clip: 6, // half of the points at the ends would be cut off
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: {mode: 'index', intersect: false},
      scales: {
        x: {type: 'linear', min: x[0], max: x[x.length - 1] > x[0] ? x[x.length - 1] : x[0] + 1,
          title: {display: true, text: xTitle}, ticks: {precision: 0, maxRotation: 0}},
        y: {type: logarithmic ? 'logarithmic' : 'linear', grace: logarithmic || fromZero ? 0 : '5%',
          beginAtZero: fromZero, ticks: {callback: (value) => format(value), maxTicksLimit: 7}},
      },
      plugins: {
        legend: {display: series.length > 1, labels: legendMarks},
        tooltip: {callbacks: {
          title: (items) => `${xTitle} ${items[0].parsed.x}`,
          label: (item) => `${item.dataset.label}: ${format(item.parsed.y)}`,
        }},
      },
    },
  }));
}

// Draws all diagrams once the page holds them, and again for another scheme of colours or paper.
function drawCharts() {
  const again = () => charts.forEach(draw);
  again();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  for (const [event, printing] of [['beforeprint', true], ['afterprint', false]])
    addEventListener(event, () => {
      document.documentElement.classList.toggle('printing', printing);
      again();
    });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
