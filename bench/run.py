"""Side by side: every contender in turn, several rounds, medians of the ratios within a round.

script/bench builds everything and calls this.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile

import contenders
import report
from contenders import AGENCIES, CHUNK_SIZE, Place, Postgres
from processes import Failed, run, say, settle

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'tests'))
import given  # noqa: E402

SINGLE_AGENCIES = 1000
LONG_BETS = 50_000_000


def arguments():
    parser = argparse.ArgumentParser(prog='script/bench', description='Measure the program beside what people would '
                                     'use instead, print the figures and write them into docs/benchmarks.md.')
    parser.add_argument('--rounds', type=int, default=3, help='how often each is measured, in turn (default 3)')
    parser.add_argument('--bets', type=int, default=2_000_000, help='bets of a measurement (default 2000000)')
    parser.add_argument('--single-bets', type=int, default=200_000,
                        help='bets where each travels alone (default 200000)')
    parser.add_argument('--long-bets', type=int, default=LONG_BETS,
                        help='bets of the long runs, at least 2000000 (default 50000000, 2.6 GB of disk); '
                             '0 leaves them out')
    parser.add_argument('--long-rounds', type=int, default=3, help='how many long runs (default 3)')
    parser.add_argument('--dir', default='/var/tmp', help='folder on a real disk for all data (default /var/tmp)')
    parser.add_argument('--no-write', action='store_true', help='leave docs/benchmarks.md as it is')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < 1 or options.bets < 1 or options.single_bets < 1 or options.long_rounds < 1:
        parser.error('every number is at least 1')
    if options.long_bets != 0 and options.long_bets < 2_000_000:
        parser.error('--long-bets is 0, or at least 2000000')
    given.understood()
    return options


def make_bets(options, directory):
    """The bets that everybody gets: `quiniela sample` made them, agency after agency, lines end in LF."""
    share = options.bets // AGENCIES
    sizes = [share] * (AGENCIES - 1) + [options.bets - share * (AGENCIES - 1)]
    run(os.path.join(options.build, 'quiniela'), 'sample', '--dir', os.path.join(directory, 'sample'), '--sizes',
        ','.join(map(str, sizes)), '--winners', ','.join(str(size // 10000) for size in sizes))
    bets, few = os.path.join(directory, 'bets.csv'), os.path.join(directory, 'few.csv')
    with open(bets, 'wb') as output:
        for agency in range(1, AGENCIES + 1):
            with open(os.path.join(directory, 'sample', f'agency-{agency}.csv'), 'rb') as file:
                output.writelines(line.replace(b'\r\n', b'\n') for line in file)
    with open(bets, 'rb') as source, open(few, 'wb') as output:
        output.writelines(itertools.islice(itertools.cycle(source), options.single_bets))
    for path in (bets, few):
        os.chmod(path, 0o644)
    return Place(options.build, directory, bets, few)


def others_load():
    """How many programs were running on the machine before it was measured, in the mean over the last minute."""
    load = os.getloadavg()[0]
    if load > 0.2 * os.cpu_count():
        say(f'script/bench: the machine is busy (load {load:.1f}); the figures will show it')
    return load


class Run:
    """Measures, and gathers the figures by name, a list with one entry a round each."""

    def __init__(self, options, place, postgres):
        self.options = options
        self.place = place
        self.postgres = postgres
        self.figures = {}
        self.load = others_load()

    def measure(self, name, function, *values):
        settle()
        figures = function(*values)
        self.figures.setdefault(name, []).append(figures)
        shown = report.rate(figures['bets_per_second']) if 'bets_per_second' in figures else figures
        say(f'  {name:32} {shown}')
        return figures

    def rates(self, name):
        return [figures['bets_per_second'] for figures in self.figures[name]]

    def best(self, *names):
        """Of several ways to use one contender the one with the highest median."""
        return max((self.rates(name) for name in names), key=report.median)

    def values(self, name, key):
        return [figures[key] for figures in self.figures[name]]

    def chunks_round(self):
        """Chunks of 1000, everybody."""
        place, bets = self.place, self.options.bets
        ours = self.measure('ours, window 4', contenders.quiniela_all, place, bets, 4)
        self.measure('ours, window 4, TLS', contenders.quiniela_tls, place, bets, 4)
        self.measure('bare limit', contenders.bare_limit, place)
        for window in (4, 1):
            self.measure(f'Redis, {AGENCIES} x {window}', contenders.redis, place, place.bets, CHUNK_SIZE, AGENCIES,
                         window)
        self.measure('Redis, a chunk one value', contenders.redis, place, place.bets, CHUNK_SIZE, AGENCIES, 4, 'whole')
        self.measure('PostgreSQL \\copy', self.postgres.copy, bets)
        self.measure('PostgreSQL, a row a chunk', self.postgres.rows)
        for window in (4, 16):
            self.measure(f'ours on PostgreSQL, window {window}', self.postgres.quiniela, bets, window)
        self.measure('SQLite .import, WAL', contenders.sqlite_import, place, bets, 'WAL')
        self.measure('SQLite .import, DELETE', contenders.sqlite_import, place, bets, 'DELETE')
        self.measure('ours, window 1', contenders.quiniela_all, place, bets, 1)
        self.measure('ours, encoding when sending', contenders.quiniela_as_agencies, place, bets)
        return ours['bets_per_second']

    def round(self):
        top = self.chunks_round()
        place, single = self.place, self.options.single_bets
        self.measure('ours, 1 bet a chunk', contenders.quiniela_single, place, single, SINGLE_AGENCIES)
        self.measure('Redis, 1 bet a chunk', contenders.redis, place, place.few_bets, 1, SINGLE_AGENCIES, 1)
        self.measure('one sync', contenders.one_sync, place)
        self.measure('ours, half the top rate', contenders.quiniela_paced, place, int(top / 2))

    def long_round(self):
        self.measure('ours, long', contenders.quiniela_long, self.place, self.options.long_bets)


def compared_rates(run_):
    rates, best, rate, row = run_.rates, run_.best, report.rate, report.Row
    ours = rates('ours, window 4')
    return [
        row('bets/s, 5 agencies, window 4, chunks of 1000, against Redis', ours,
            best(f'Redis, {AGENCIES} x 4', f'Redis, {AGENCIES} x 1'), rate),
        row('… against PostgreSQL \\copy', ours, rates('PostgreSQL \\copy'), rate),
        row('… against SQLite .import', ours, best('SQLite .import, WAL', 'SQLite .import, DELETE'), rate),
        row('… as a share of the bare limit', ours, rates('bare limit'), rate, unit=''),
        row('in TLS 1.3, a certificate for each agency, against plain text', rates('ours, window 4, TLS'), ours,
            rate),
        row('window 1, against Redis with one chunk in flight a connection', rates('ours, window 1'),
            rates(f'Redis, {AGENCIES} x 1'), rate),
        row('on PostgreSQL, window 4, against \\copy into the same server', rates('ours on PostgreSQL, window 4'),
            rates('PostgreSQL \\copy'), rate),
        row('… window 16', rates('ours on PostgreSQL, window 16'), rates('PostgreSQL \\copy'), rate),
        row('1 bet a chunk, 1,000 agencies, against Redis the same way', rates('ours, 1 bet a chunk'),
            rates('Redis, 1 bet a chunk'), rate),
        row('p99 answer to a 1000-bet chunk at half the top rate, against one fdatasync of 4 KiB',
            run_.values('ours, half the top rate', 'ack_ms_p99'), run_.values('one sync', 'sync_ms_p50'),
            lambda value: f'{value:.2f} ms'),
    ]


def compared_long_runs(run_):
    millions = run_.options.long_bets // 1_000_000
    row = report.Row

    def long(key):
        return run_.values('ours, long', key)

    return [
        row(f'server memory after {millions} million bets, against after 1 million', long('memory_kib_end'),
            long('memory_kib_first_million'), lambda kib: f'{kib / 1024:.1f} MiB'),
        row(f'bets/s in the last million of {millions} million, against the first',
            long('last_million_bets_per_second'), long('first_million_bets_per_second'), report.rate, unit=''),
        row(f'the draw over {millions} million bets', long('draw_ms'), None, lambda value: f'{value:.0f} ms'),
    ]


def everything_measured(run_):
    """One line a contender: its rates, and how its answers' times were spread where they were measured."""
    rows = []

    def answers(name, kind):
        p50, p99 = (report.median(run_.values(name, f'{kind}_ms_{quantile}')) for quantile in ('p50', 'p99'))
        return f'{p50:.2f} / {p99:.2f} ms'

    for name, rounds in run_.figures.items():
        if 'bets_per_second' in rounds[0]:
            rates = run_.rates(name)
            rows.append([name, report.rate(report.median(rates)),
                         f'{report.rate(min(rates))} … {report.rate(max(rates))}',
                         answers(name, 'ack') if 'ack_ms_p50' in rounds[0] else ''])
    rows.append(['one fdatasync of 4 KiB', '', '', answers('one sync', 'sync')])
    return report.table(['what', 'bets/s, median', 'least … most', 'answers p50 / p99'], rows)


def compose(run_):
    rows = compared_rates(run_)
    if run_.options.long_bets:
        rows += compared_long_runs(run_)
    compared = report.table(['what', 'ours', 'theirs', 'ratio'], [row.cells for row in rows])
    lines = '\n'.join(f'- {line}' for line in report.machine(run_.place.directory, run_.postgres.version()))
    return (f'{lines}\n- {run_.options.rounds} rounds in turn, {run_.options.bets:,} bets '
            f'({os.path.getsize(run_.place.bets) / 1e6:.0f} MB of CSV); medians, and medians of the ratios within '
            f'a round; load of the machine before the run {run_.load:.1f}\n\n{compared}\n\nEverything that was measured:\n\n{everything_measured(run_)}')


def measure_everything(options, directory):
    place = make_bets(options, directory)
    postgres = Postgres(place)
    try:
        run_ = Run(options, place, postgres)
        for number in range(1, options.rounds + 1):
            say(f'round {number} of {options.rounds}')
            run_.round()
        for number in range(1, (options.long_rounds if options.long_bets else 0) + 1):
            say(f'long run {number} of {options.long_rounds}')
            run_.long_round()
        return compose(run_)
    finally:
        postgres.stop()


def main():
    options = arguments()
    options.build = os.path.abspath(options.build)
    if subprocess.run(['stat', '-f', '-c', '%T', options.dir], stdout=subprocess.PIPE, text=True,
                      check=True).stdout.strip() in ('tmpfs', 'ramfs'):
        say(f'script/bench: {options.dir} is in memory; --dir names a folder on a disk')
        return 2
    directory = tempfile.mkdtemp(prefix='quiniela-bench-', dir=options.dir)
    os.chmod(directory, 0o755)  # PostgreSQL runs as another user
    try:
        figures = measure_everything(options, directory)
    except Failed as reason:
        say(f'script/bench: {reason}')
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(figures)
    if not options.no_write:
        report.write('docs/benchmarks.md', figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
