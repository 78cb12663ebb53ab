// Formats numbers, with non-breaking blanks before units. null means absent or not finite.

function fixed(value, places) {
  return value === null ? '–' : value.toFixed(places);
}

function percent(share, places = 1) {
  return share === null || Number.isNaN(share) ? '–' : `${(100 * share).toFixed(places)}\u00a0%`;
}

function count(value) {
  return value === null ? '–' : Math.round(value).toLocaleString('en-US');
}

// 12.3K, 4.56M
function compact(value) {
  return value === null ? '–'
    : value.toLocaleString('en-US', {notation: 'compact', maximumSignificantDigits: 3});
}

// Four significant digits.
function digits(value) {
  if (value === null)
    return '–';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3).replace(/\.?0*e/, 'e')
                                                    : String(Number(value.toPrecision(4)));
}

function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function duration(seconds) {
  if (seconds < 1)
    return `${digits(1000 * seconds)}\u00a0ms`;
  if (seconds < 120)
    return `${seconds.toFixed(1)}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${Math.round(seconds % 60)} s`
                       : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
