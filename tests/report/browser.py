"""A page in headless Chromium, and the checks that every page must pass."""

import json

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common import utils

PHONE, DESKTOP = 360, 1280

# For each series of a chart, the share of its points where the canvas has the colour of the series.
# Reference lines of two points are skipped: other series may cover them.
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
  // The middle of a bar. A point without a value is not drawn.
  const points = chart.getDatasetMeta(i).data
    .filter((point, j) => dataset.data[j] !== null && dataset.data[j].y !== null)
    .map(({x, y, base}) => (base === undefined ? {x, y} : {x: (x + base) / 2, y}));
  const hits = points.filter(({x, y}) => {
    const got = context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
    return got[3] > 200 &&
      [0, 1, 2].every((channel) => Math.abs(got[channel] - wanted[channel]) < 40);
  });
  return points.length ? hits.length / points.length : 1;
});
"""

# The lowest contrast of text on the background of the page, by the formula of WCAG 2.
CONTRAST = """
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const background = luminance(getComputedStyle(document.body).backgroundColor);
const texts = document.querySelectorAll('body, .muted, figcaption, th, td.text, b');
const contrasts = [...texts].map((one) => {
  const text = luminance(getComputedStyle(one).color);
  return (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
});
return [background, Math.min(...contrasts)];
"""


class Checks:
    """Counts checks and prints failures."""

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
    """chromedriver by address: a bare system cannot resolve localhost."""
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
        # A pipe: chromedriver would connect to localhost, which a bare system cannot resolve.
        for argument in ('--headless=new', '--no-sandbox', '--disable-gpu',
                         '--disable-dev-shm-usage', '--hide-scrollbars',
                         '--remote-debugging-pipe'):
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
        """The cells of the body of the table with a label, as text."""
        return self.js("""return [...document.querySelectorAll('table')]
            .filter((table) => table.ariaLabel === arguments[0])
            .flatMap((table) => [...table.tBodies[0].rows])
            .map((row) => [...row.cells].map((cell) =>
              cell.firstChild ? cell.firstChild.textContent : ''))""", label)

    def open_details(self):
        self.js("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        # An event after this script creates their contents.
        self.driver.execute_async_script('setTimeout(arguments[0], 50)')

    def charts(self):
        """Title, series and values of every chart."""
        return self.js("""return charts.map(({canvas}) => ({
            title: canvas.closest('figure').querySelector('h3').textContent,
            series: Chart.getChart(canvas).data.datasets.map((one) =>
              ({label: one.label, data: one.data})),
        }))""")

    def check_page(self, path, charts_wanted, examine=None):
        """Checks the page at both widths and in both colour schemes."""
        for width in (PHONE, DESKTOP):
            for scheme in ('light', 'dark'):
                self.check_view(path, width, scheme, charts_wanted)
        if examine:
            examine(self)

    def check_view(self, path, width, scheme, charts_wanted):
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

        messages = [entry['message'] for entry in driver.get_log('browser')]
        checks.equal(messages, [], f'{where}: console')
        checks.equal(self.requests(path), [], f'{where}: requests')
        checks.true(self.js('return document.documentElement.scrollWidth') <= width,
                    f'{where}: the page is wider than the screen')
        pictures = self.elements('canvas:not([role=img]):not([aria-label])')
        checks.equal(len(pictures), 0, f'{where}: pictures without a description')
        tables = self.elements('table:not([aria-label])')
        checks.equal(len(tables), 0, f'{where}: tables without a label')
        background, contrast = self.js(CONTRAST)
        checks.equal(background < 0.2, scheme == 'dark', f'{where}: dark background')
        checks.true(contrast >= 4.5, f'{where}: contrast of {contrast:.2f}')
        canvases = self.elements('figure canvas')
        checks.equal(len(canvases), charts_wanted, f'{where}: charts')
        for canvas in canvases:
            shares = self.js(DRAWN, canvas)
            # Less than 1, because points may overlap.
            title = canvas.get_attribute('aria-label')
            checks.true(bool(shares) and min(shares) >= 0.3,
                        f'{where}: points drawn in {title!r}: {shares}')

    def requests(self, path):
        """The URLs that were requested, except the page and data URLs."""
        requested = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                requested.append(message['params']['request']['url'])
        self.checks.true(path.as_uri() in requested,
                         f'{path.name}: the request log lacks the page: {requested}')
        return [url for url in requested if url != path.as_uri() and not url.startswith('data:')]
