"""What is measured: this program, the bare disk, and what people would use instead.

Each function makes one measurement on the same bytes and returns its figures, `bets_per_second` among them. Each
contender answers only for what is synced, and is set as fast as its own documentation says that it can be.
"""

import os
import pwd
import re
import signal
import socket

from processes import Failed, Server, fresh_directory, free_port, run, run_json
from watchers import Watchers

CHUNK_SIZE = 1000
AGENCIES = 5
SINGLE_AGENCIES = 1000  # where each bet travels alone
CHUNKS_A_SYNC = 8
SIGN_NAME = 'lottery.example/central'
POSTGRES = '/usr/lib/postgresql/15/bin/'


class Place:
    """Where the programs, the bets and the contenders' data are."""

    def __init__(self, build, directory, bets, few_bets):
        self.quiniela = os.path.join(build, 'quiniela')
        self.programs = os.path.join(build, 'bench')
        self.directory = directory
        self.bets = bets          # a CSV file, the one that everybody gets
        self.few_bets = few_bets  # its beginning, for one bet a message

    def program(self, name):
        return os.path.join(self.programs, name)

    def fresh(self, name):
        return fresh_directory(os.path.join(self.directory, name))


# This program


def quiniela(place, bets, *options, payload=None, agencies=AGENCIES, chunk_size=CHUNK_SIZE, environment=None):
    """A central of the bench's own, its log going to a file; both it and the bench run here."""
    return run_json(place.quiniela, 'bench', '--self', '--json', '--dir', place.fresh('quiniela'), '--payload',
                    payload or place.bets, '--bets', bets, '--agencies', agencies, '--chunk-size', chunk_size, *options,
                    env={**os.environ, **(environment or {})})


def quiniela_all(place, bets, window):
    return quiniela(place, bets, '--prepared', '--window', window)


def keys(place, agencies):
    """For `--tls`: a folder of certificates, the central's and each agency's own."""
    folder = os.path.join(place.directory, f'keys-{agencies}')
    run(place.quiniela, 'keys', '--dir', folder, '--agencies', agencies)  # keeps those that are there
    return folder


def quiniela_tls(place, bets, window):
    """The same in TLS 1.3, the central and each agency with a certificate of its own."""
    return quiniela(place, bets, '--prepared', '--window', window, '--tls', keys(place, AGENCIES))


def quiniela_unsigned(place, bets, program=None):
    """What a signed draw is held against; the sender is ours, whichever the program."""
    return quiniela(place, bets, '--prepared', *(['--program', program] if program else []))


def quiniela_signed(place, bets, *options):
    folder = os.path.join(place.directory, 'sign')
    if not os.path.exists(folder):
        run(place.quiniela, 'keys', '--dir', folder, '--sign-name', SIGN_NAME)
    return quiniela(place, bets, '--prepared', *options,
                    environment={'SIGN_KEY': os.path.join(folder, 'sign.key'), 'SIGN_NAME': SIGN_NAME})


def quiniela_watched(place, bets, browser=False):
    """With its board open, and looked at all the time."""
    port = free_port()
    with Watchers(port, browser) as watchers:
        figures = quiniela(place, bets, '--prepared', environment={'HTTP_PORT': str(port)})
    return {**figures, 'scrapes': watchers.scrapes, 'events': watchers.events}


def quiniela_as_agencies(place, bets):
    """Encoding each chunk when it is sent, as agencies do, but for all of them in one thread."""
    return quiniela(place, bets)


def quiniela_single(place, bets, *options):
    return quiniela(place, bets, '--prepared', '--window', 1, *options, payload=place.few_bets,
                    agencies=SINGLE_AGENCIES, chunk_size=1)


def quiniela_long(place, bets):
    return quiniela(place, bets, '--prepared', '--draw')


def central_time(place, bets, program, tls):
    """What a central of that program costs: the sender is ours, whichever the program."""
    return quiniela(place, bets, '--prepared', '--program', program,
                    *(['--tls', keys(place, AGENCIES)] if tls else []))


def central_time_single(place, bets, program, tls):
    return quiniela_single(place, bets, '--program', program,
                           *(['--tls', keys(place, SINGLE_AGENCIES)] if tls else []))


# The bare disk


def bare_limit(place, bets):
    output = os.path.join(place.fresh('bare'), 'bets')
    try:
        return run_json(place.program('bare_limit'), place.bets, CHUNK_SIZE, CHUNKS_A_SYNC, output, bets)
    finally:
        os.remove(output)  # the others need the room


def one_sync(place):
    """The time of one fdatasync of 4 KiB."""
    return run_json(place.program('bare_limit'), '--sync', 2000, os.path.join(place.fresh('bare'), 'page'))


# The bare hash


def seal_root(place, bets):
    """The root of a signed draw, and the bare hash of as many blocks."""
    return run_json(place.program('seal_root'), bets)


# Redis

REDIS_SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--auto-aof-rewrite-percentage', '0',
                  '--maxclients', '4000', '--tcp-backlog', '4096']


def redis(place, bets, chunk_size, connections, window, kind='elements', rate=0):
    directory = place.fresh('redis')
    port = free_port()

    def probe():
        with socket.create_connection(('127.0.0.1', port), 1) as connection:
            connection.sendall(b'PING\r\n')
            if connection.recv(100) != b'+PONG\r\n':
                raise Failed('no PONG')

    with Server(['redis-server', '--port', port, '--bind', '127.0.0.1', '--dir', directory, *REDIS_SETTINGS], probe,
                os.path.join(directory, 'log')):
        return run_json(place.program('redis_client'), port, bets, chunk_size, connections, window, kind, rate)


# PostgreSQL


def postgres_settings():
    """As its manual says for bulk loading (14.4, Populating a Database) and for shared_buffers (20.4): a quarter of
    the memory, here 4 GB at most, as the bets are far smaller than that."""
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    shared = min(memory // 4, 4 << 30) >> 20
    return {'shared_buffers': f'{shared}MB', 'wal_level': 'minimal', 'max_wal_senders': '0', 'archive_mode': 'off',
            'max_wal_size': '8GB', 'min_wal_size': '2GB', 'checkpoint_timeout': '30min', 'fsync': 'on',
            'synchronous_commit': 'on', 'full_page_writes': 'on'}


POSTGRES_TABLES = """
CREATE TABLE bets (nombre text, apellido text, documento text, nacimiento date, numero smallint);
CREATE TABLE chunks (agency int, first bigint, count int, numbers bytea, rows text, PRIMARY KEY (agency, first));
ALTER TABLE chunks ALTER COLUMN numbers SET STORAGE EXTERNAL;
ALTER TABLE chunks ALTER COLUMN rows SET STORAGE EXTERNAL;
"""


class Postgres:
    """One cluster for all rounds, so that its log files are there already; the tables are emptied before each."""

    def __init__(self, place):
        self._place = place
        self._directory = place.fresh('postgres')
        self._port = free_port()
        self._user = None
        if os.getuid() == 0:  # as which it refuses to run
            self._user = 'postgres'
            owner = pwd.getpwnam('postgres')
            os.chown(self._directory, owner.pw_uid, owner.pw_gid)
        data = os.path.join(self._directory, 'data')
        run(POSTGRES + 'initdb', '-D', data, '-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--locale', 'C',
            user=self._user, cwd=self._directory)
        settings = []
        for name, value in postgres_settings().items():
            settings += ['-c', f'{name}={value}']
        self._server = Server([POSTGRES + 'postgres', '-D', data, '-p', self._port, '-k', self._directory, '-c',
                               'listen_addresses=127.0.0.1', *settings],
                              lambda: self._psql('-c', 'SELECT 1'), os.path.join(self._directory, 'log'),
                              # a fast shutdown: it waits for nobody
                              end_signal=signal.SIGINT, user=self._user)
        self._psql('-c', POSTGRES_TABLES)

    def _connection(self):
        return f'host=127.0.0.1 port={self._port} user=bench dbname=postgres'

    def _psql(self, *arguments, **options):
        return run(POSTGRES + 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', self._connection(), *arguments,
                   **options)

    def _empty(self):
        self._psql('-c', 'TRUNCATE bets, chunks')
        self._psql('-c', 'CHECKPOINT')

    def copy(self, bets):
        """\\copy in the transaction that empties the table: then, with wal_level=minimal, the rows go to the table
        alone, which is synced at the commit, and not to the log too."""
        self._empty()
        output = self._psql(input='BEGIN;\nTRUNCATE bets;\n\\timing on\n'
                                  f"\\copy bets FROM '{self._place.bets}' WITH (FORMAT csv)\nCOMMIT;\n\\timing off\n"
                                  '\\t on\nSELECT count(*) FROM bets;\n')
        times = [float(time) for time in re.findall(r'^Time: ([0-9.]+) ms', output, re.MULTILINE)]
        stored = int(re.findall(r'^ *(\d+)$', output, re.MULTILINE)[-1])
        if len(times) != 2 or stored != bets:
            raise Failed(f'psql: {output[-300:]}')
        return {'bets_per_second': bets / sum(times) * 1000}

    def rows(self):
        """One row a chunk, eight chunks a commit, through libpq's pipeline."""
        self._empty()
        return run_json(self._place.program('pg_client'), self._connection(), self._place.bets, CHUNK_SIZE,
                        CHUNKS_A_SYNC)

    def quiniela(self, bets, window):
        """A central on this database, with tables of its own in a schema of its own."""
        self._psql('-c', 'DROP SCHEMA IF EXISTS quiniela CASCADE', '-c', 'CREATE SCHEMA quiniela', '-c', 'CHECKPOINT')
        return quiniela(self._place, bets, '--prepared', '--window', window, '--store',
                        f"{self._connection()} options='-c search_path=quiniela'")

    def version(self):
        return self._psql('-A', '-t', '-c', 'SHOW server_version').strip()

    def stop(self):
        self._server.stop()


# SQLite


def sqlite_import(place, bets, journal_mode):
    """`.import` is one transaction; the clock stops when it is committed, before the closing checkpoint."""
    database = os.path.join(place.fresh('sqlite'), 'bets.db')
    script = (f'PRAGMA journal_mode={journal_mode};\nPRAGMA synchronous=FULL;\n'
              'CREATE TABLE bets (nombre TEXT, apellido TEXT, documento TEXT, nacimiento TEXT, numero INTEGER);\n'
              f'.system date +began=%s.%N\n.import --csv {place.bets} bets\n.system date +ended=%s.%N\n'
              "SELECT 'stored=' || count(*) FROM bets;\n")
    output = run('sqlite3', '-bail', database, input=script)
    found = dict(re.findall(r'^(began|ended|stored)=([0-9.]+)$', output, re.MULTILINE))
    if int(found.get('stored', 0)) != bets:
        raise Failed(f'sqlite3: {output[-300:]}')
    return {'bets_per_second': bets / (float(found['ended']) - float(found['began']))}
