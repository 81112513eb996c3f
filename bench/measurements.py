"""What can be measured, by name: each a function of no arguments, which returns figures."""

import contenders
from contenders import AGENCIES, CHUNK_SIZE, SINGLE_AGENCIES

PACED_RATE, PACED_SINGLE_RATE = 1_000_000, 30_000  # bets a second where answers' times are looked at

# The names that several rows use.
OURS, OURS_TLS, OURS_ENCODING, OURS_SINGLE = ('ours, window 4', 'ours, window 4, TLS', 'ours, encoding when sending',
                                              'ours, 1 bet a chunk')
REDIS = (f'Redis, {AGENCIES} x 4', f'Redis, {AGENCIES} x 1')
REDIS_VALUE, REDIS_SINGLE = 'Redis, a chunk one value', 'Redis, 1 bet a chunk'
BARE, SYNC, COPY = 'bare limit', 'one sync', 'PostgreSQL \\copy'
IMPORT = ('SQLite .import, WAL', 'SQLite .import, DELETE')
POSTGRES = ('ours on PostgreSQL, window 4', 'ours on PostgreSQL, window 16')
PACED, PACED_REDIS = 'ours, 1 million/s', 'Redis, 1 million/s'
PACED_SINGLE, PACED_SINGLE_REDIS = 'ours, 1 bet a chunk, 30,000/s', 'Redis, 1 bet a chunk, 30,000/s'
LONG, LONG_BARE = 'ours, long', 'bare limit, long'
SEAL = 'the root of a signed draw'
UNSIGNED, UNSIGNED_BEFORE = 'ours, unsigned draw', 'the program before, unsigned draw'
SIGNED, RECEIPTS = 'ours, signed draw', 'ours, signed draw with receipts'
UNWATCHED, WATCHED, BROWSER = 'ours, no board', 'ours, its board looked at', 'ours, its board in a browser'


def time_names(what):
    """Of the two centrals whose processor time is compared: this one, and the one at another commit."""
    return f'our central, {what}', f'the central before, {what}'


TIME, TIME_SINGLE = 'chunks of 1000', '1 bet a chunk'
TIME_TLS, TIME_SINGLE_TLS = TIME + ', TLS', TIME_SINGLE + ', TLS'
CENTRALS = [time_names(what)[0] for what in (TIME, TIME_TLS, TIME_SINGLE, TIME_SINGLE_TLS)]  # whose threads are looked at


def chunks(place, postgres, options):
    """Chunks of 1000, as fast as each takes them. `postgres` is a function that starts it when it is first wanted."""
    bets = options.bets
    found = {
        OURS: lambda: contenders.quiniela_all(place, bets, 4),
        OURS_TLS: lambda: contenders.quiniela_tls(place, bets, 4),
        BARE: lambda: contenders.bare_limit(place, bets),
        REDIS_VALUE: lambda: contenders.redis(place, place.bets, CHUNK_SIZE, AGENCIES, 4, 'whole'),
        COPY: lambda: postgres().copy(bets),
        'PostgreSQL, a row a chunk': lambda: postgres().rows(),
        'ours, window 1': lambda: contenders.quiniela_all(place, bets, 1),
        OURS_ENCODING: lambda: contenders.quiniela_as_agencies(place, bets),
        LONG: lambda: contenders.quiniela_long(place, options.long_bets),
        LONG_BARE: lambda: contenders.bare_limit(place, options.long_bets),
        SYNC: lambda: contenders.one_sync(place),
        SEAL: lambda: contenders.seal_root(place, options.long_bets),
    }
    for name, window in zip(REDIS, (4, 1)):
        found[name] = lambda window=window: contenders.redis(place, place.bets, CHUNK_SIZE, AGENCIES, window)
    for name, window in zip(POSTGRES, (4, 16)):
        found[name] = lambda window=window: postgres().quiniela(bets, window)
    for name, mode in zip(IMPORT, ('WAL', 'DELETE')):
        found[name] = lambda mode=mode: contenders.sqlite_import(place, bets, mode)
    return found


def others(place, options):
    """Where each bet travels alone, and what has a given rate."""
    single = options.single_bets
    return {
        OURS_SINGLE: lambda: contenders.quiniela_single(place, single),
        REDIS_SINGLE: lambda: contenders.redis(place, place.few_bets, 1, SINGLE_AGENCIES, 1),
        PACED: lambda: contenders.quiniela(place, options.bets, '--prepared', '--rate', PACED_RATE),
        PACED_REDIS: lambda: contenders.redis(place, place.bets, CHUNK_SIZE, AGENCIES, 4, rate=PACED_RATE),
        PACED_SINGLE: lambda: contenders.quiniela_single(place, single, '--rate', PACED_SINGLE_RATE),
        PACED_SINGLE_REDIS: lambda: contenders.redis(place, place.few_bets, 1, SINGLE_AGENCIES, 1,
                                                     rate=PACED_SINGLE_RATE),
    }


def processor_times(place, before, options):
    """`before` is a function that gives the program at the other commit, and builds it when it is first wanted."""
    found = {}
    for what, measure, bets, tls in (
            (TIME, contenders.central_time, options.time_bets, False),
            (TIME_TLS, contenders.central_time, options.time_bets, True),
            (TIME_SINGLE, contenders.central_time_single, options.single_bets, False),
            (TIME_SINGLE_TLS, contenders.central_time_single, options.single_bets, True)):
        ours, theirs = time_names(what)
        found[ours] = lambda measure=measure, bets=bets, tls=tls: measure(place, bets, place.quiniela, tls)
        found[theirs] = lambda measure=measure, bets=bets, tls=tls: measure(place, bets, before(), tls)
    return found


def signed_draws(place, options):
    """The same bets into draws that are signed and into those that are not."""
    bets = options.signed_bets
    return {
        UNSIGNED: lambda: contenders.quiniela_unsigned(place, bets),
        SIGNED: lambda: contenders.quiniela_signed(place, bets),
        RECEIPTS: lambda: contenders.quiniela_signed(place, bets, '--receipts'),
        UNSIGNED_BEFORE: lambda: contenders.quiniela_unsigned(place, bets, options.program_before),
    }


def boards(place, options):
    """The same bets into a central whose board is looked at, and into one that has none."""
    bets = options.board_bets
    return {
        UNWATCHED: lambda: contenders.quiniela(place, bets, '--prepared'),
        WATCHED: lambda: contenders.quiniela_watched(place, bets),
        BROWSER: lambda: contenders.quiniela_watched(place, bets, browser=True),
    }


def everything(place, postgres, before, options):
    return {**chunks(place, postgres, options), **others(place, options), **processor_times(place, before, options),
            **signed_draws(place, options), **boards(place, options)}
