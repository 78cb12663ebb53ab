// Charts by Chart.js in the colours of the page, redrawn when these change.

const charts = [];

// Legends show the point symbols of the chart at about their size.
const legendMarks = {usePointStyle: true, boxWidth: 8, boxHeight: 8};

function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(`--${name}`).trim();
  return {dark: matchMedia('(prefers-color-scheme: dark)').matches &&
      !document.documentElement.classList.contains('printing'),
    text: get('text'), muted: get('muted'), border: get('border'), background: get('background'),
    series: [get('blue'), get('orange'), get('green'), get('purple'), get('text')]};
}

function draw(chart) {
  if (chart.shown)
    chart.shown.destroy();
  const theme = colours();
  Chart.defaults.color = theme.muted;
  Chart.defaults.borderColor = theme.border;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  chart.shown = new Chart(chart.canvas, chart.configure(theme));
}

// A chart with a title. description is also its text alternative; configure(theme) returns the
// Chart.js configuration. The chart has the full width, and is square or has a height in rem.
function figure(title, description, configure, {square = false, height = 17} = {}) {
  const canvas = element('canvas', {role: 'img', 'aria-label': `${title}: ${description}`});
  const box = element('div', {class: square ? 'canvas square' : 'canvas',
    style: square ? undefined : `height: ${height}rem`}, canvas);
  charts.push({canvas, configure, shown: null});
  return element('figure', {}, element('h3', {}, title), box,
    element('figcaption', {}, description));
}

// A line chart. series: {label, values}. Series differ in dashes and point symbols, not only in
// colour.
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
        clip: 6, // points at the ends extend beyond the chart area
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

// Horizontal bars: a group for each name with a bar for each of the series {label, values}. mark:
// the value of a reference line, and the base of the bars on a logarithmic scale.
function barChart(title, description, names, series,
  {xTitle, format = digits, logarithmic = false, mark}) {
  const line = {
    id: 'mark',
    afterDatasetsDraw({ctx, chartArea, scales}) {
      if (mark === undefined)
        return;
      const x = scales.x.getPixelForValue(mark);
      ctx.save();
      ctx.strokeStyle = colours().text;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
  return figure(title, description, (theme) => ({
    type: 'bar',
    plugins: [line],
    data: {
      labels: names,
      datasets: series.map((one, i) => ({
        label: one.label, data: one.values, base: logarithmic ? mark : undefined,
        backgroundColor: theme.series[i % theme.series.length],
      })),
    },
    options: {
      indexAxis: 'y', responsive: true, maintainAspectRatio: false, animation: false,
      scales: {
        x: {type: logarithmic ? 'logarithmic' : 'linear', beginAtZero: !logarithmic,
          suggestedMin: logarithmic && mark ? mark / 2 : undefined,
          suggestedMax: logarithmic && mark ? 2 * mark : undefined,
          title: {display: true, text: xTitle},
          ticks: {callback: (value) => format(value), maxTicksLimit: 6, maxRotation: 0}},
        y: {ticks: {autoSkip: false, font: {size: 11},
          // Labels that exceed a third of the width are split into two lines.
          callback(value) {
            const maxLength = Math.max(18, Math.floor(this.chart.width / 16));
            const blank = names[value].lastIndexOf(' ');
            const lines = names[value].length > maxLength && blank > 0
              ? [names[value].slice(0, blank), names[value].slice(blank + 1)] : [names[value]];
            return lines.map((text) => (text.length > maxLength
              ? `${text.slice(0, maxLength - 1)}…` : text));
          }}},
      },
      plugins: {
        legend: {display: series.length > 1, labels: legendMarks},
        tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${format(item.parsed.x)}`}},
      },
    },
  }), {height: 4 + names.length * (0.7 + 0.75 * series.length)});
}

// Draws all charts of the page; redraws them for another colour scheme and for printing.
function drawCharts() {
  const redraw = () => charts.forEach(draw);
  redraw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  for (const [event, printing] of [['beforeprint', true], ['afterprint', false]])
    addEventListener(event, () => {
      document.documentElement.classList.toggle('printing', printing);
      redraw();
    });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
