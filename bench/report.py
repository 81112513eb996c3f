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


def shortly(figures):
    """One measurement, for who watches."""
    shown = [rate(figures['bets_per_second'])] if 'bets_per_second' in figures else []
    for kind in ('ack', 'sync'):
        if f'{kind}_ms_p99' in figures:
            shown.append(f'p99 {figures[f"{kind}_ms_p99"]:.2f} ms')
    if 'central_ns_a_bet' in figures:
        shown.append(f'{figures["central_ns_a_bet"]:.0f} ns a bet')
    return ', '.join(shown)


def table(head, rows):
    """A table that is Markdown, and can be read as it is."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells):
        return '| ' + ' | '.join(cell.ljust(width) for cell, width in zip(cells, widths)) + ' |'

    return '\n'.join([line(head), line(['-' * width for width in widths]), *map(line, rows)])


def everything(measured):
    """One line a measurement: its rates, how its answers' times were spread, and the central's processor time."""
    def of(rounds, key):
        return median([figures[key] for figures in rounds])

    def times(rounds):
        kind = next((kind for kind in ('ack', 'sync') if f'{kind}_ms_p50' in rounds[0]), None)
        return f'{of(rounds, f"{kind}_ms_p50"):.2f} / {of(rounds, f"{kind}_ms_p99"):.2f} ms' if kind else ''

    def rates(rounds):
        if 'bets_per_second' not in rounds[0]:
            return ['', '']
        each = [figures['bets_per_second'] for figures in rounds]
        return [rate(median(each)), f'{rate(min(each))} … {rate(max(each))}']

    def processor(rounds):
        if 'central_ns_a_bet' not in rounds[0]:
            return ''
        user, kernel = of(rounds, 'central_user_ns_a_bet'), of(rounds, 'central_system_ns_a_bet')
        return f'{user:.0f} + {kernel:.0f} ns'

    return table(['what', 'bets/s, median', 'least … most', 'answers p50 / p99', 'central, user + kernel a bet'],
                 [[name, *rates(rounds), times(rounds), processor(rounds)] for name, rounds in measured.items()])


def nanoseconds(value):
    return f'{value:.0f} ns' if value < 10000 else f'{value / 1000:.1f} µs'


def threads(measured, names):
    """The central's processor time a bet by thread, and what follows: the loops share their part, the ledger is one thread."""
    rows = []
    for name in names:
        if name not in measured or 'central_loops_ns_a_bet' not in measured[name][0]:
            continue
        each = {part: median([figures[f'central_{part}ns_a_bet'] for figures in measured[name]])
                for part in ('loops_', 'ledger_', 'checkpoints_', 'log_', '')}
        if all(each[part] for part in ('ledger_', '')):
            rows.append([name, *map(nanoseconds, each.values()), rate(1e9 / each['']), rate(1e9 / each['ledger_'])])
    return table(['what', 'loops', 'ledger', 'checkpoints', 'log', 'all', 'a core does, bets/s', 'the ledger is full at, bets/s'],
                 rows) if rows else ''


def first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split('\n')[0]


def machine(directory, postgres_version):
    """The machine and the versions, as lines of a list. `postgres_version`: None when it was not used."""
    with open('/proc/cpuinfo', encoding='ascii') as file:
        model = next(line.split(':', 1)[1].strip() for line in file if line.startswith('model name'))
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30)
    with open('/etc/os-release', encoding='utf-8') as file:
        system = next(line.split('=', 1)[1].strip().strip('"') for line in file if line.startswith('PRETTY_NAME'))
    filesystem = first_line('stat', '-f', '-c', '%T', directory)
    postgres = f'PostgreSQL {postgres_version}, ' if postgres_version else ''
    return [
        f'{datetime.date.today().isoformat()}: {os.cpu_count()} cores ({model}), {memory:.0f} GiB of memory, '
        f'file system {filesystem}',
        f'{system}, kernel {platform.release()}',
        f'Redis {first_line("redis-server", "--version").split("v=")[1].split()[0]}, {postgres}'
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
