"""The rows of the table: what is compared with what, by which figure."""

import measurements as named
import report

# How often: the option's name.
ROUNDS, TIME_ROUNDS, SIGNED_ROUNDS, BOARD_ROUNDS, LONG_ROUNDS = ('rounds', 'time_rounds', 'signed_rounds', 'board_rounds',
                                                                 'long_rounds')


def rate(value):
    return report.rate(value)


def milliseconds(value):
    return f'{value:.2f} ms' if value < 100 else f'{value:.0f} ms'


def part(value):
    return f'{value:.2f}'


def mebibytes(kib):
    return f'{kib / 1024:.1f} MiB'


def figure(key):
    return lambda figures: figures[key]


def last_to_first(figures):
    return figures['last_million_bets_per_second'] / figures['first_million_bets_per_second']


class Row:
    """`ours` is a measurement, `theirs` several, of which the one with the highest median counts, or none.

    `take` gets the figure out of what a measurement returned, `take_theirs` out of theirs. Who chooses the row `along`
    gets this one, too.
    """

    def __init__(self, name, what, ours, *theirs, take=figure('bets_per_second'), take_theirs=None, show=rate, unit=' ×',
                 digits=2, how_often=ROUNDS, along=None):
        self.name, self.what, self.ours, self.theirs = name, what, ours, theirs
        self.take, self.take_theirs, self.show = take, take_theirs or take, show
        self.unit, self.digits, self.how_often, self.along = unit, digits, how_often, along

    def needs(self):
        return [self.ours, *(other for other in self.theirs if other != self.ours)]

    def cells(self, measured):
        """`measured`: by name, what each round returned. A line of the table: the medians, and the median of the ratios."""
        ours = [self.take(figures) for figures in measured[self.ours]]
        if not self.theirs:
            return [self.what, self.show(report.median(ours)), '', '']
        all_theirs = [[self.take_theirs(figures) for figures in measured[other]] for other in self.theirs]
        theirs = max(all_theirs, key=report.median)
        ratio = report.median([a / b for a, b in zip(ours, theirs)])
        return [self.what, self.show(report.median(ours)), self.show(report.median(theirs)),
                f'{ratio:.{self.digits}f}{self.unit}']


def time_row(name, words, what):
    return Row(name, f"{words}, the central's processor time a bet, against the commit before", *named.time_names(what),
               take=figure('central_ns_a_bet'), show=report.nanoseconds, how_often=TIME_ROUNDS)


def signed_row(name, what, ours, theirs, along=None):
    return Row(name, what, ours, theirs, digits=3, how_often=SIGNED_ROUNDS, along=along)


def board_row(name, what, ours):
    return Row(name, f"{what}, the central's processor time a bet, against without a board", ours, named.UNWATCHED,
               take=figure('central_ns_a_bet'), show=report.nanoseconds, digits=3, how_often=BOARD_ROUNDS)


# What the program is held to, one bet a message first, as that is how online terminals send.
BAR = [
    Row('single', '1 bet a chunk, 1,000 agencies, bets/s, against Redis the same way', named.OURS_SINGLE,
        named.REDIS_SINGLE),
    Row('redis', 'chunks of 1000, 5 agencies, window 4, bets/s, against Redis', named.OURS, *named.REDIS),
    Row('redis-value', '… against Redis with a chunk as one value', named.OURS, named.REDIS_VALUE),
    Row('copy', '… against PostgreSQL \\copy', named.OURS, named.COPY),
    Row('import', '… against SQLite .import', named.OURS, *named.IMPORT),
    Row('encoding', 'agencies that encode as they send, against prepared', named.OURS_ENCODING, named.OURS),
    Row('bare', 'bets/s as a share of the bare limit', named.OURS, named.BARE, unit=''),
    time_row('time', 'chunks of 1000', named.TIME),
    time_row('time-single', '1 bet a chunk', named.TIME_SINGLE),
    Row('postgres', 'on PostgreSQL, window 16, bets/s, against \\copy into the same server', named.POSTGRES[1], named.COPY),
    Row('long', "the last million bets of a long run, as a share of the first's rate, against the bare limit's own",
        named.LONG, named.LONG_BARE, take=last_to_first, show=part, how_often=LONG_ROUNDS),
    Row('seal', "the root of a signed draw, bets/s, as a share of the bare hash of its blocks", named.SEAL, named.SEAL,
        take_theirs=figure('bare_bets_per_second'), unit='', how_often=LONG_ROUNDS),
    signed_row('receipts', 'a signed draw, all agencies with receipts, bets/s, against an unsigned one', named.RECEIPTS,
               named.UNSIGNED),
    signed_row('signed', '… without receipts', named.SIGNED, named.UNSIGNED, along='receipts'),
    board_row('board', 'the board open, an event stream and a scrape a second', named.WATCHED),
    Row('p99', 'p99 answer at 1 million bets/s in chunks of 1000, against Redis at the same rate', named.PACED,
        named.PACED_REDIS, take=figure('ack_ms_p99'), show=milliseconds),
    Row('p99-single', 'p99 answer at 30,000 bets/s, 1 a chunk, against Redis at the same rate', named.PACED_SINGLE,
        named.PACED_SINGLE_REDIS, take=figure('ack_ms_p99'), show=milliseconds),
]

BESIDES = [
    signed_row('unsigned-before', 'an unsigned draw, bets/s, against the program of QUINIELA_BEFORE', named.UNSIGNED,
               named.UNSIGNED_BEFORE, along='receipts'),
    board_row('board-browser', '… and its page in a browser', named.BROWSER),
    Row('tls', 'TLS 1.3, a certificate for each agency, bets/s, against plain text', named.OURS_TLS, named.OURS),
    time_row('time-tls', 'TLS, chunks of 1000', named.TIME_TLS),
    time_row('time-single-tls', 'TLS, 1 bet a chunk', named.TIME_SINGLE_TLS),
    Row('window-1', 'window 1, bets/s, against Redis with one chunk in flight a connection', 'ours, window 1',
        named.REDIS[1]),
    Row('postgres-4', 'on PostgreSQL, window 4, bets/s, against \\copy into the same server', named.POSTGRES[0], named.COPY),
    Row('postgres-rows', '… window 16, against one row a chunk through libpq alone', named.POSTGRES[1],
        'PostgreSQL, a row a chunk'),
    Row('sync', 'p99 answer at 1 million bets/s in chunks of 1000, against one fdatasync of 4 KiB', named.PACED, named.SYNC,
        take=figure('ack_ms_p99'), take_theirs=figure('sync_ms_p50'), show=milliseconds),
    Row('memory', 'server memory at the end of a long run, against after 1 million bets', named.LONG, named.LONG,
        take=figure('memory_kib_end'), take_theirs=figure('memory_kib_first_million'), show=mebibytes,
        how_often=LONG_ROUNDS),
    Row('draw', 'the draw after a long run', named.LONG, take=figure('draw_ms'), show=milliseconds, how_often=LONG_ROUNDS),
]

ALL = BAR + BESIDES


def chosen(names):
    """The rows with these names; all of them when there is none."""
    return [row for row in ALL if not names or row.name in names or row.along in names]


def wanted(rows, how_often):
    """The measurements that these rows need so often, each once, in the order of the rows."""
    return list(dict.fromkeys(name for row in rows if row.how_often == how_often for name in row.needs()))
