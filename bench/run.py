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

import builds
import measurements
import report
import rows
from contenders import AGENCIES, Place, Postgres
from processes import Failed, ended_by, run, say, settle

sys.path.insert(0, os.path.join(builds.ROOT, 'tests'))
import given  # noqa: E402

BEFORE = 'ac82db3366'  # the last commit that stored small chunks as it stored large ones, and encoded bet by bet
CALLED = {rows.ROUNDS: 'round', rows.TIME_ROUNDS: 'processor time, round', rows.SIGNED_ROUNDS: 'signed draws, round',
          rows.BOARD_ROUNDS: 'board, round', rows.LONG_ROUNDS: 'long run'}


def program_before(parser):
    """The program of QUINIELA_BEFORE; None where that is not set."""
    path = os.environ.get('QUINIELA_BEFORE')
    if path is None:
        return None
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        parser.error(f'QUINIELA_BEFORE: {path!r} is no program; it is the path of an older quiniela')
    return os.path.abspath(path)


def arguments():
    parser = argparse.ArgumentParser(prog='script/bench', description='Measure the program beside what people would '
                                     'use instead, print the figures and write them into docs/benchmarks.md.')
    parser.add_argument('--only', action='append', default=[], metavar='ROW', choices=[row.name for row in rows.ALL],
                        help='measure what this row needs, and write nothing; can be given several times; the rows: '
                             + ', '.join(row.name for row in rows.ALL))
    count = {'type': given.whole(1)}
    parser.add_argument('--rounds', **count, default=3, help='how often each is measured, in turn (default 3)')
    parser.add_argument('--bets', **count, default=2_000_000, help='bets of a measurement (default 2000000)')
    parser.add_argument('--single-bets', **count, default=200_000, help='bets where each travels alone (default 200000)')
    parser.add_argument('--before', type=builds.commit, metavar='COMMIT',
                        help=f'whose processor time ours is held against (default {BEFORE}); it is built once')
    parser.add_argument('--time-rounds', **count, default=15, help='how often that is measured (default 15)')
    parser.add_argument('--time-bets', **count, default=4_000_000,
                        help='bets of such a measurement with chunks of 1000 (default 4000000)')
    parser.add_argument('--signed-rounds', **count, default=15,
                        help='how often signed draws are measured beside unsigned ones (default 15)')
    parser.add_argument('--signed-bets', **count, default=1_000_000, help='bets of such a measurement (default 1000000)')
    parser.add_argument('--board-rounds', **count, default=15,
                        help='how often a central with its board open is measured beside one without (default 15)')
    parser.add_argument('--board-bets', **count, default=4_000_000, help='bets of such a measurement (default 4000000)')
    parser.add_argument('--long-bets', type=given.whole(), default=50_000_000,
                        help='bets of the long runs, at least 2000000 (default 50000000, 2.6 GB of disk); '
                             '0 leaves them out')
    parser.add_argument('--long-rounds', **count, default=3, help='how many long runs (default 3)')
    parser.add_argument('--dir', type=given.folder, default='/var/tmp', help='folder on a real disk for all data (default /var/tmp)')
    parser.add_argument('--no-write', action='store_true', help='leave docs/benchmarks.md as it is')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if 0 < options.long_bets < 2_000_000:
        parser.error('--long-bets is 0, or at least 2000000')
    options.program_before = program_before(parser)
    if options.program_before is None and 'unsigned-before' in options.only:
        parser.error('--only unsigned-before: QUINIELA_BEFORE is not set; it is the path of an older quiniela')
    given.understood()
    return options


def can_be_measured(row, options):
    return (options.long_bets or row.how_often != rows.LONG_ROUNDS) and (
        options.program_before or measurements.UNSIGNED_BEFORE not in row.needs()) and (
        shutil.which('chromium') or measurements.BROWSER not in row.needs())


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
    """Measures what some rows need, and gathers the figures by name, a list with one entry a round each."""

    def __init__(self, options, place):
        self.options, self.place = options, place
        self.rows = [row for row in rows.chosen(options.only) if can_be_measured(row, options)]
        self.measured = {}
        self.load = others_load()
        self.database = None
        self.program_before = None
        self.known = measurements.everything(place, self.postgres, self.before, options)

    def postgres(self):
        """The cluster, started when it is first wanted."""
        self.database = self.database or Postgres(self.place)
        return self.database

    def before(self):
        """The program at the commit before, built when it is first wanted."""
        if self.program_before is None:
            try:
                self.program_before = builds.at_commit(self.options.before or builds.commit(BEFORE))
            except (argparse.ArgumentTypeError, subprocess.CalledProcessError) as reason:
                raise Failed(f'the commit before: {reason}') from reason
        return self.program_before

    def measure(self, name):
        settle()
        figures = self.known[name]()
        self.measured.setdefault(name, []).append(figures)
        say(f'  {name:40} {report.shortly(figures)}')

    def all_rounds(self):
        """Who comes first changes from round to round: what the machine does to the next must not count for one."""
        if rows.wanted(self.rows, rows.TIME_ROUNDS):
            self.before()  # built before anything is measured
        for how_often in CALLED:
            names = rows.wanted(self.rows, how_often)
            count = getattr(self.options, how_often) if names else 0
            for number in range(1, count + 1):
                say(f'{CALLED[how_often]} {number} of {count}')
                for name in names if number % 2 else reversed(names):
                    self.measure(name)


def what_ran(run_):
    """What there were rounds of, in words."""
    options = run_.options
    words = {rows.ROUNDS: f'{options.rounds} rounds in turn, {options.bets:,} bets ({os.path.getsize(run_.place.bets) / 1e6:.0f} MB of CSV), '
                          f'{options.single_bets:,} where each travels alone',
             rows.TIME_ROUNDS: f'{options.time_rounds} rounds where processor time is held against the commit before '
                               f'({(options.before or BEFORE)[:7]}), {options.time_bets:,} bets in chunks of 1000',
             rows.SIGNED_ROUNDS: f'{options.signed_rounds} rounds of signed and unsigned draws, {options.signed_bets:,} bets each',
             rows.BOARD_ROUNDS: f'{options.board_rounds} rounds with and without a board, {options.board_bets:,} bets each',
             rows.LONG_ROUNDS: f'{options.long_rounds} long runs of {options.long_bets:,} bets'}
    return [text for how_often, text in words.items() if rows.wanted(run_.rows, how_often)]


def compose(run_):
    """The page's part with the figures: the machine, the table, and everything that was measured."""
    def compared(some):
        return report.table(['what', 'ours', 'theirs', 'ratio'],
                            [row.cells(run_.measured) for row in some if row in run_.rows])

    options = run_.options
    by_thread = report.threads(run_.measured, measurements.CENTRALS)
    by_thread = f'\n\nThe processor time of our central a bet, by thread:\n\n{by_thread}' if by_thread else ''
    version = run_.database.version() if run_.database else None
    lines = '\n'.join(f'- {line}' for line in report.machine(run_.place.directory, version))
    besides = f'\n\nBesides:\n\n{compared(rows.BESIDES)}' if set(rows.BESIDES) & set(run_.rows) else ''
    return (f'{lines}\n- {"; ".join(what_ran(run_))}\n'
            f'- medians, and medians of the ratios within a round; load of the machine before the run {run_.load:.1f}\n\n'
            f'{compared(rows.BAR)}{besides}{by_thread}\n\nEverything that was measured:\n\n{report.everything(run_.measured)}')


def measure_everything(options, directory):
    run_ = Run(options, make_bets(options, directory))
    try:
        run_.all_rounds()
        return compose(run_)
    finally:
        if run_.database:
            run_.database.stop()


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
    if not options.no_write and not options.only:
        report.write('docs/benchmarks.md', figures)
    return 0


if __name__ == '__main__':
    sys.exit(ended_by('script/bench', main))
