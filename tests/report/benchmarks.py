"""usage: benchmarks.py BIN_DIR BENCH_DATA
Opens the benchmark pages of recorded results in a browser.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from browser import Browser, Checks


def best(programs, name):
    """The best GFLOP/s of a benchmark."""
    return max(run['GFLOP/s'] for program in programs for run in program['benchmarks']
               if run['run_type'] == 'iteration' and run['name'].removesuffix('/real_time') == name)


def series(browser, title):
    """Label and values of each series of a chart."""
    found = [chart for chart in browser.charts() if chart['title'] == title]
    return {one['label']: one['data'] for one in found[0]['series']} if found else {}


def results(browser, report, recorded):
    programs = json.loads(recorded.read_text())
    page = pathlib.Path('results.html').resolve()
    subprocess.run([report, recorded, page], check=True, stdout=subprocess.DEVNULL)

    def examine(_):
        checks = browser.checks
        ours = best(programs, 'mlp/one/NN/1x2x3/avx2/1')
        ratios = series(browser, 'Ratio to each other, 1 thread')
        checks.equal(sorted(ratios), ['fast', 'slow'], 'libraries')
        for library in ratios:
            checks.near(ratios[library][0], ours / best(programs, f'mlp/one/NN/1x2x3/{library}/1'),
                        f'ratio to {library}')
        checks.equal(ratios['fast'][1], None, 'ratio to a library without a result')
        peak = series(browser, 'Percent of the peak, 1 thread')
        checks.near(peak['avx2'][0], 100 * ours / best(programs, 'peak/fma/avx2/1'),
                    'percent of the peak')
        samples = series(browser, 'Samples per second, 1 thread')
        checks.equal(samples['Lanewise'], [4000000, 500], 'samples per second')
        checks.equal(samples['torch-fused'], [1600000, None], 'samples per second of PyTorch')
        cells = browser.table('mlp, 1 thread')[0]
        checks.equal(cells[:4], ['one NN 1x2x3', '50', '40', '50'],
                     'best, median and percent of a row')
        grids = [browser.table(f'{what}, 1 thread')
                 for what in ('Percent of the peak', 'Ratio to the best baseline')]
        checks.equal(grids, [[['1', '10', '25'], ['8', '30', '–']],
                             [['1', '0.50', '–'], ['8', '2.00', '–']]], 'grids of the sweep')
        shown = dict(browser.table('Machine'))
        checks.equal((shown['processor'], shown['torch-compile']),
                     ('Some CPU', '1.2, does not work: no compiler'), 'machine')
        tiles = browser.text('.tiles')
        checks.true('mlp to best library, 1 thread' in tiles and '1.12 ×' in tiles,
                    f'summary: {tiles}')

    browser.check_page(page, 9, examine)


def comparison(browser, report, recorded):
    """The recorded results with nine rounds, and the same with one product 20 % slower."""
    before = json.loads(recorded.read_text())
    for program in before:
        program['benchmarks'] = [dict(run) for run in program['benchmarks'] for _ in range(9)]
    after = copy.deepcopy(before)
    for program in after:
        for run in program['benchmarks']:
            if run['name'].startswith('mlp/two/TN/4x5x6/avx2/1'):
                run['GFLOP/s'] /= 1.2
    pathlib.Path('before.json').write_text(json.dumps(before))
    pathlib.Path('after <b>.json').write_text(json.dumps(after))
    page = pathlib.Path('compare.html').resolve()
    code = subprocess.run([report, 'compare', 'before.json', 'after <b>.json', page],
                          stdout=subprocess.DEVNULL).returncode

    def examine(_):
        checks = browser.checks
        checks.equal(code, 1, 'exit code')
        checks.equal(browser.table('Slower benchmarks'),
                     [['mlp two TN 4x5x6, avx2, 1 thread', 'GFLOP/s', '20', '16.67',
                       '−16.7\u00a0%', '−16.7\u00a0%', '9.8\u00a0%']], 'slower')
        checks.equal(browser.table('Faster benchmarks'), [], 'faster')
        checks.near(series(browser, 'Changes beyond noise')['change'][0], -100 / 6,
                    'bar of the slowdown')
        checks.true(len(browser.table('Unchanged benchmarks')) > 5, 'unchanged')
        checks.true('after <b>.json' in browser.text('#head'), 'file name')

    browser.check_page(page, 1, examine)


def main():
    report = str(pathlib.Path(sys.argv[1], 'bench_report').resolve())
    recorded = pathlib.Path(sys.argv[2], 'results.json').resolve()
    checks = Checks()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        with Browser(checks) as browser:
            results(browser, report, recorded)
            comparison(browser, report, recorded)
        os.chdir('/')
    return checks.finish()


if __name__ == '__main__':
    sys.exit(main())
