// Elements of the page. Text becomes text nodes, never markup.

// element('td', {class: 'text'}, 'a < b'): children are elements, strings, numbers or lists of
// these.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    if (value !== undefined && value !== false)
      made.setAttribute(key, value === true ? '' : value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// A section with a heading that labels it.
function section(title, ...children) {
  const heading = element('h2', {id: title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}, title);
  return element('section', {'aria-labelledby': heading.id}, heading, children);
}

function tile(value, label) {
  return element('div', {class: 'tile'}, element('b', {}, value), element('span', {}, label));
}

function tiles(...made) {
  return element('div', {class: 'tiles'}, made);
}

// A table with a head and lines. The first cell of a line is its header unless named is false.
// Cells are strings or 'td' elements. texts: the columns that are not numeric.
function table(caption, head, lines, {named = true, texts = [], label = caption} = {}) {
  const kind = (column) => (texts.includes(column) || (named && column === 0) ? 'text' : undefined);
  const cell = (value, column) => {
    if (value instanceof Element)
      return value;
    return named && column === 0 ? element('th', {scope: 'row'}, value)
                                 : element('td', {class: kind(column)}, value);
  };
  return element('table', {'aria-label': label},
    caption ? element('caption', {}, caption) : null,
    element('thead', {}, element('tr', {},
      head.map((text, column) => element('th', {scope: 'col', class: kind(column)}, text)))),
    element('tbody', {}, lines.map((line) => element('tr', {}, line.map(cell)))));
}

// A table of names and values. Entries without a value are omitted.
function pairs(label, entries) {
  return element('table', {class: 'pairs', 'aria-label': label}, element('tbody', {},
    entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => element('tr', {}, element('th', {scope: 'row'}, name),
        element('td', {}, value)))));
}

// A box that scrolls content that is too wide and, if tall, too high. It takes keyboard focus, so
// that it can be scrolled without a mouse.
function scroll(label, content, tall) {
  return element('div', {class: tall ? 'scroll tall' : 'scroll', role: 'region', tabindex: 0,
    'aria-label': label}, content);
}

// A disclosure whose content is created when it is first opened.
function details(summary, make) {
  const made = element('details', {}, element('summary', {}, summary));
  made.addEventListener('toggle', () => made.append(make()), {once: true});
  return made;
}
