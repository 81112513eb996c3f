"""The figures as tables: for the terminal, and for docs/benchmarks.md."""

import datetime
import os
import platform
import statistics
import subprocess

BEGIN, END = '<!-- figures: written by script/bench from here -->', '<!-- figures: to here -->'


def rate(value):
    """Bets a second, in as many digits as are worth it."""
    return f'{value / 1e6:.2f} M/s' if value >= 1e5 else f'{value / 1e3:.1f} k/s'


def median(values):
    return statistics.median(values)


class Row:
    """One line of the comparison: each round's figure of ours and theirs (or None), and the median of their ratios."""

    def __init__(self, what, ours, theirs, show, unit=' ×'):
        self.cells = [what, show(median(ours)), '', '']
        if theirs is not None:
            ratio = median([a / b for a, b in zip(ours, theirs)])
            self.cells[2:] = [show(median(theirs)), f'{ratio:.2f}{unit}']


def table(head, rows):
    """A table that is Markdown, and can be read as it is."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells):
        return '| ' + ' | '.join(cell.ljust(width) for cell, width in zip(cells, widths)) + ' |'

    return '\n'.join([line(head), line(['-' * width for width in widths]), *map(line, rows)])


def first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split('\n')[0]


def machine(directory, postgres_version):
    """The machine and the versions, as lines of a list."""
    with open('/proc/cpuinfo', encoding='ascii') as file:
        model = next(line.split(':', 1)[1].strip() for line in file if line.startswith('model name'))
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30)
    with open('/etc/os-release', encoding='utf-8') as file:
        system = next(line.split('=', 1)[1].strip().strip('"') for line in file if line.startswith('PRETTY_NAME'))
    filesystem = first_line('stat', '-f', '-c', '%T', directory)
    return [
        f'{datetime.date.today().isoformat()}: {os.cpu_count()} cores ({model}), {memory:.0f} GiB of memory, '
        f'file system {filesystem}',
        f'{system}, kernel {platform.release()}',
        f'Redis {first_line("redis-server", "--version").split("v=")[1].split()[0]}, PostgreSQL {postgres_version}, '
        f'SQLite {first_line("sqlite3", "--version").split()[0]}',
    ]


def write(path, text):
    """Puts the figures where the last ones were."""
    with open(path, encoding='utf-8') as file:
        page = file.read()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n\n{text}\n\n{END}{after}')
    os.replace(path + '.new', path)
