"""A page in headless Chromium, and what every page of ours has to keep to."""

import json

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common import utils

PHONE, DESKTOP = 360, 1280

# For each series of a diagram, the share of its points where the canvas has the series' colour. Lines of
# two points are there for orientation, and lie below the others.
DRAWN = """
const chart = Chart.getChart(arguments[0]);
const context = arguments[0].getContext('2d');
const ratio = chart.currentDevicePixelRatio;
return chart.data.datasets.map((dataset, i) => {
  if (dataset.type === 'line')
    return 1;
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = dataset.pointBackgroundColor || dataset.backgroundColor || dataset.borderColor;
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data;
  // Of a bar the middle; what has no value has no place.
  const points = chart.getDatasetMeta(i).data
    .filter((point, j) => dataset.data[j] !== null && dataset.data[j].y !== null)
    .map(({x, y, base}) => (base === undefined ? {x, y} : {x: (x + base) / 2, y}));
  const hits = points.filter(({x, y}) => {
    const got = context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
    return got[3] > 200 && [0, 1, 2].every((channel) => Math.abs(got[channel] - wanted[channel]) < 40);
  });
  return points.length ? hits.length / points.length : 1;
});
"""

# Contrast of a colour on the page's ground, by the formula of WCAG 2.
CONTRAST = """
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = luminance(getComputedStyle(document.body).backgroundColor);
const contrasts = [...document.querySelectorAll('body, .muted, figcaption, th, td.text, b')].map((one) => {
  const text = luminance(getComputedStyle(one).color);
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
});
return [ground, Math.min(...contrasts)];
"""


class Checks:
    """Counts checks; a failure is printed and remembered."""

    def __init__(self):
        self.done = self.failed = 0

    def true(self, condition, text):
        self.done += 1
        if not condition:
            self.failed += 1
            print('FAILED:', text)

    def equal(self, got, wanted, text):
        self.true(got == wanted, f'{text}: {got!r:.300}, expected {wanted!r:.300}')

    def near(self, got, wanted, text, relative=1e-5):
        self.true(got is not None and abs(got - wanted) <= relative * abs(wanted) + 1e-12,
                  f'{text}: {got!r}, expected about {wanted!r}')

    def finish(self):
        print(f'{self.done} checks, {self.failed} failed')
        return 0 if self.done > 0 and self.failed == 0 else 1


class Driver(Service):
    """chromedriver by its address: a bare system has no name for it."""
    host = '127.0.0.1'

    @property
    def service_url(self):
        return f'http://{self.host}:{self.port}'

    def is_connectable(self):
        return utils.is_connectable(self.port, self.host)


class Browser:
    def __init__(self, checks):
        self.checks = checks
        options = Options()
        # By a pipe: chromedriver would look the browser up as localhost, which a bare system does not know.
        for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                         '--hide-scrollbars', '--remote-debugging-pipe'):
            options.add_argument(argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        self.driver = webdriver.Chrome(options=options, service=Driver('chromedriver'))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def elements(self, selector):
        return self.driver.find_elements('css selector', selector)

    def text(self, selector):
        return self.js('return document.querySelector(arguments[0]).textContent', selector)

    def table(self, label):
        """The cells of the body of the table of that label, as texts."""
        return self.js("""return [...document.querySelectorAll('table')]
            .filter((table) => table.ariaLabel === arguments[0])
            .flatMap((table) => [...table.tBodies[0].rows])
            .map((row) => [...row.cells].map((cell) => cell.firstChild ? cell.firstChild.textContent : ''))""",
                       label)

    def open_details(self):
        self.js("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        # Their contents are made by an event that comes after the script.
        self.driver.execute_async_script('setTimeout(arguments[0], 50)')

    def charts(self):
        """Title, series and values of every diagram."""
        return self.js("""return charts.map(({canvas}) => ({
            title: canvas.closest('figure').querySelector('h3').textContent,
            series: Chart.getChart(canvas).data.datasets.map((one) => ({label: one.label, data: one.data})),
        }))""")

    def look(self, path, charts_wanted, examine=None):
        """Opens the page at both widths in both schemes, and sees to what holds for all of them."""
        for width in (PHONE, DESKTOP):
            for scheme in ('light', 'dark'):
                self.one_look(path, width, scheme, charts_wanted)
        if examine:
            examine(self)

    def one_look(self, path, width, scheme, charts_wanted):
        where = f'{path.name}, {width} pixels wide, {scheme}'
        driver, checks = self.driver, self.checks
        driver.get_log('browser')
        driver.get_log('performance')
        driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
        driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': 800, 'deviceScaleFactor': 1, 'mobile': width == PHONE})
        driver.get(path.as_uri())
        self.open_details()

        checks.equal([entry['message'] for entry in driver.get_log('browser')], [], f'{where}: console')
        checks.equal(self.requests(path), [], f'{where}: requests')
        checks.true(self.js('return document.documentElement.scrollWidth') <= width,
                    f'{where}: the page is wider than the screen')
        checks.equal(self.js("return document.querySelectorAll('canvas:not([role=img]):not([aria-label])').length"),
                     0, f'{where}: pictures without a description')
        checks.equal(self.js("return [...document.querySelectorAll('table')].filter((one) => !one.ariaLabel).length"),
                     0, f'{where}: tables without a name')
        ground, contrast = self.js(CONTRAST)
        checks.equal(ground < 0.2, scheme == 'dark', f'{where}: dark ground')
        checks.true(contrast >= 4.5, f'{where}: contrast of {contrast:.2f}')
        canvases = self.elements('figure canvas')
        checks.equal(len(canvases), charts_wanted, f'{where}: diagrams')
        for canvas in canvases:
            shares = self.js(DRAWN, canvas)
            # Not all: points may lie on one another.
            title = canvas.get_attribute('aria-label')
            checks.true(bool(shares) and min(shares) >= 0.3, f'{where}: points drawn in {title!r}: {shares}')

    def requests(self, path):
        """What was asked for besides the page itself and what it holds."""
        asked = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                asked.append(message['params']['request']['url'])
        self.checks.true(path.as_uri() in asked, f'{path.name}: the log of requests lacks the page: {asked}')
        return [url for url in asked if url != path.as_uri() and not url.startswith('data:')]
