"""`quiniela bench` checks every answer, leaves nothing behind, and says when something is wrong.

Over real processes: it drives a central of its own and one that runs.
"""

import contextlib
import csv
import io
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import unittest

QUINIELA = os.environ['QUINIELA']
HANG_S = float(os.environ.get('QUINIELA_HANG_S', '30'))
KEYS = ['bets', 'seconds', 'bets_per_second', 'ack_ms_p50', 'ack_ms_p99', 'ack_ms_p999', 'ack_ms_max']


class Central:
    """A central that was started for a test, in the test's folder."""

    def __init__(self, folder, agencies, *flags):
        self.process = subprocess.Popen(
            [QUINIELA, 'server', '--server-ip', '127.0.0.1', '--server-port', '0', '--consult-server-port', '0',
             '--agencies', str(agencies), '--store', os.path.join(folder, 'central.db'), *flags],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r'action: listen .*\| port: (\d+) \| consult_port: (\d+)', line)
            if found:
                self.addresses = ['--server-address', f'127.0.0.1:{found[1]}', '--server-consult-address',
                                  f'127.0.0.1:{found[2]}']
                break
        # Its log is read on, or it would wait for somebody to do so.
        self.reader = threading.Thread(target=self.process.stdout.read)
        self.reader.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return status


class ClassicCentral(threading.Thread):
    """Answers the messages of one connection with the given replies, whatever they are."""

    def __init__(self, replies):
        super().__init__(daemon=True)  # a test that fails must end, and not wait for a client that never comes
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.address = f'127.0.0.1:{self.listener.getsockname()[1]}'
        self.replies = replies
        self.messages = []
        self.start()

    def run(self):
        connection, _ = self.listener.accept()
        stream = connection.makefile('rwb')
        for reply in self.replies:
            header = stream.read(4)
            if len(header) < 4:
                break
            self.messages.append(json.loads(stream.read(struct.unpack('>I', header)[0])))
            text = json.dumps(reply).encode()
            stream.write(struct.pack('>I', len(text)) + text)
            stream.flush()
        stream.read()
        stream.close()
        connection.close()
        self.listener.close()


class Bench(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = directory.name

    def bench(self, *options, expected=0, environment=None):
        done = subprocess.run([QUINIELA, 'bench', *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, cwd=self.folder, check=False, env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, expected, done.stderr)
        self.errors = done.stderr
        return done.stdout

    def central(self, agencies, *flags):
        central = Central(self.folder, agencies, *flags)
        self.addCleanup(lambda: self.assertEqual(central.stop(), 0))
        return central

    def test_a_central_of_its_own(self):
        figures = json.loads(self.bench('--self', '--bets', 20003, '--agencies', 3, '--chunk-size', 100, '--json'))
        self.assertEqual(list(figures)[:7], KEYS)
        self.assertEqual(figures['bets'], 20003)
        self.assertEqual(figures['chunks'], 201)
        self.assertGreater(figures['bets_per_second'], 0)
        self.assertLessEqual(figures['ack_ms_p50'], figures['ack_ms_max'])
        self.assertEqual(os.listdir(self.folder), [], 'it leaves nothing behind')

    def test_what_needs_it_says_so(self):
        own = re.search(r'^A central of its own:\n(.*?)\n\n', self.bench('--help'), re.DOTALL | re.MULTILINE)[1]
        options = re.findall('^ +(--[a-z-]+.*)', own, re.MULTILINE)
        self.assertGreaterEqual(len(options), 6)
        for option in options:
            self.assertIn(' With --self: ', option)

    def test_processor_time_of_its_own_central(self):
        """Of another central it is not known, and then not made up."""
        figures = json.loads(self.bench('--self', '--bets', 200000, '--json'))
        self.assertGreater(figures['central_ns_a_bet'], 0)
        self.assertAlmostEqual(figures['central_user_ns_a_bet'] + figures['central_system_ns_a_bet'],
                               figures['central_ns_a_bet'], delta=0.02)
        threads = {name: figures[f'central_{name}_ns_a_bet'] for name in ('loops', 'ledger', 'checkpoints', 'log', 'others')}
        self.assertAlmostEqual(sum(threads.values()) / figures['central_ns_a_bet'], 1, delta=0.2, msg=threads)
        self.assertEqual([], [name for name in ('loops', 'ledger', 'log') if not threads[name]], 'threads that did nothing')
        self.assertNotIn('central_ns_a_bet', self.bench(*self.central(1).addresses, '--agencies', 1, '--bets', 100, '--json'))

    def test_a_central_of_another_build(self):
        """It is started as a server, with the settings that this one would have got."""
        program = os.path.join(self.folder, 'other')
        with open(program, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\necho "$@" >{self.folder}/arguments\nexec {QUINIELA} "$@"\n')
        os.chmod(program, 0o755)
        for loops in ([], ['--loops', '2']):
            figures = json.loads(self.bench('--self', '--program', program, '--bets', 1000, '--agencies', 3, '--json',
                                            '--log-level', 'WARNING', *loops))
            self.assertEqual(figures['bets'], 1000)
            with open(os.path.join(self.folder, 'arguments'), encoding='utf-8') as file:
                self.assertRegex(file.read(), ' '.join([
                    r'^server --server-ip 127.0.0.1 --server-port \d+ --consult-server-port \d+ --server-listen-backlog 4096',
                    '--winning-number 7574 --draw bench --agencies 3 --logging-level WARNING', *loops]) + '\n$')

    def test_a_central_that_logs_little(self):
        """Where its ports are cannot be read off a log that has no such line."""
        figures = json.loads(self.bench('--self', '--bets', 2000, '--log-level', 'ERROR', '--draw', '--keep', '--json'))
        self.assertEqual(figures['bets'], 2000)
        [kept] = os.listdir(self.folder)
        self.assertEqual(os.path.getsize(os.path.join(self.folder, kept, 'server.log')), 0)

    def test_what_is_prepared_is_stored_as_what_is_encoded(self):
        exports = []
        for option in ([], ['--prepared'], ['--classic', '--window', 1], ['--threads', 3], ['--rate', 200000]):
            with tempfile.TemporaryDirectory() as parent:
                self.bench('--self', '--bets', 5050, '--chunk-size', 200, '--draw', '--keep', '--dir', parent, *option)
                self.assertIn('kept: ' + parent, self.errors)
                [kept] = os.listdir(parent)
                store = os.path.join(parent, kept, 'quiniela.db')
                exports.append(subprocess.run([QUINIELA, 'export', '--store', store, '--draw', 'bench'],
                                              stdout=subprocess.PIPE, check=True).stdout)
        self.assertEqual(exports[0].count(b'\n'), 5050)
        for other in exports[1:]:
            self.assertEqual(sorted(other.split(b'\n')), sorted(exports[0].split(b'\n')))

    def test_a_payload_is_sent_again_and_again(self):
        payload = os.path.join(self.folder, 'bets.csv')
        with open(payload, 'wb') as file:
            file.write('Ana,Pérez,1,2000-01-01,1\r\nJuan,"?,22,1999-12-31,7574\r\n'.encode())
        self.bench('--self', '--bets', 1000, '--agencies', 1, '--chunk-size', 300, '--payload', payload, '--prepared',
                   '--keep', '--draw')
        [kept] = [name for name in os.listdir(self.folder) if name.startswith('quiniela-bench-')]
        exported = subprocess.run([QUINIELA, 'export', '--store', os.path.join(self.folder, kept, 'quiniela.db'),
                                   '--draw', 'bench'], stdout=subprocess.PIPE, text=True, check=True).stdout
        rows = list(csv.reader(io.StringIO(exported)))
        self.assertEqual(len(rows), 1000)
        self.assertEqual({tuple(row) for row in rows}, {('1', 'Ana', 'Pérez', '1', '2000-01-01', '1'),
                                                        ('1', 'Juan', '"?', '22', '1999-12-31', '7574')})

    def test_a_central_that_runs(self):
        central = self.central(4)
        payload = os.path.join(self.folder, 'winner.csv')
        with open(payload, 'wb') as file:
            file.write(b'Ana,Gil,22,2000-01-01,7574\n')
        figures = json.loads(self.bench(*central.addresses, '--agencies', 4, '--bets', 4, '--hold', 50, '--payload',
                                        payload, '--json'))
        self.assertEqual(figures['held'], 50)
        self.assertGreaterEqual(figures['answered_ms'], figures['draw_ms'])
        self.assertEqual(figures['winners_bytes'], 50 * len('22'), 'each of them is told its one winner')
        # A second run finds the bets of the first.
        self.bench(*central.addresses, '--agencies', 4, '--bets', 4000, '--chunk-size', 10, expected=1)
        self.assertEqual(self.bench(*central.addresses, '--agencies', 5, '--bets', 10, expected=1), '')

    def test_csv_has_the_names_and_the_values(self):
        names, values = csv.reader(io.StringIO(self.bench('--self', '--bets', 100, '--csv')))
        self.assertEqual(names[:7], KEYS)
        self.assertEqual(len(names), len(values))
        self.assertEqual(values[0], '100')

    def test_agencies_without_bets_finish_too(self):
        figures = json.loads(self.bench('--self', '--bets', 2, '--agencies', 5, '--draw', '--json'))
        self.assertEqual([figures['bets'], figures['chunks']], [2, 5])

    def test_an_answer_that_is_wrong_is_told(self):
        wrong = [({'type_message': 1, 'payload': None, 'next': 3}, 'has 3 bets of this agency'),
                 ({'type_message': 1, 'payload': None}, '--classic'),
                 ({'type_message': 2, 'payload': ''}, 'not an answer to a chunk'),
                 ({'type_message': 4, 'payload': {'code': 'bad_bet', 'message': 'no such day', 'retryable': False}},
                  'no such day')]
        for reply, reason in wrong:
            with self.subTest(reply=reply):
                central = ClassicCentral([reply])
                self.bench('--server-address', central.address, '--agencies', 1, '--bets', 2, expected=1)
                central.join()
                self.assertIn(reason, self.errors)

    def test_a_classic_central_is_driven(self):
        central = ClassicCentral([{'type_message': 1, 'payload': None}] * 3)
        self.bench('--server-address', central.address, '--agencies', 1, '--bets', 25, '--chunk-size', 10, '--classic')
        central.join()
        self.assertEqual([len(message['payload']) for message in central.messages], [10, 10, 5])
        self.assertTrue(all('first' not in message for message in central.messages))

    def test_what_cannot_be_is_told(self):
        self.bench('--server-address', 'nowhere', expected=2)
        self.bench('--payload', '/nonexistent/bets.csv', '--self', expected=1)
        self.assertIn('/nonexistent/bets.csv', self.errors)
        self.bench('--self', '--dir', '/nonexistent', expected=1)
        self.bench('--window', '65', expected=2)

    def test_a_signal_ends_the_run_and_its_central(self):
        process = subprocess.Popen([QUINIELA, 'bench', '--self', '--bets', '100000000000', '--keep'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder)
        log = None
        while log is None or 'apuestas_almacenadas' not in log:
            self.assertIsNone(process.poll())
            paths = [os.path.join(self.folder, name, 'server.log') for name in os.listdir(self.folder)]
            if paths and os.path.exists(paths[0]):
                with open(paths[0], encoding='utf-8') as file:
                    log = file.read(1 << 16)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertIn('interrupted', errors)
        with open(paths[0], encoding='utf-8') as file:
            self.assertIn('action: end_server | result: success', file.read())

    def test_settings_are_checked_before_bets_are_read(self):
        """Which here would take for ever: nobody writes them."""
        os.mkfifo(os.path.join(self.folder, 'bets'))
        for options, reason in ((['--server-address', '0'], '"0" is not HOST:PORT'), (['--server-consult-address', 'here'], '"here" is not'),
                                (['--tls', 'nowhere'], 'certificate nowhere/'), (['--self', '--dir', 'nowhere'], 'nowhere: ')):
            with self.subTest(options=options):
                done = subprocess.run([QUINIELA, 'bench', '--payload', 'bets', *options], cwd=self.folder, text=True,
                                      stderr=subprocess.PIPE, timeout=HANG_S, check=False)
                self.assertIn(done.returncode, (1, 2), done.stderr)
                self.assertIn(f'quiniela bench: {reason}', done.stderr)

    def test_a_signal_ends_it_while_bets_are_read(self):
        pipe = os.path.join(self.folder, 'bets')
        os.mkfifo(pipe)
        process = subprocess.Popen([QUINIELA, 'bench', '--payload', pipe, '--server-address', '127.0.0.1:1'],
                                   stderr=subprocess.PIPE, text=True)
        with open(pipe, 'wb', buffering=0) as bets:
            lines = 4000 * b'Ana,Diaz,1,2000-01-01,7\n'
            bets.write(lines)  # more than fits the pipe and the reader's room: it reads them
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(BrokenPipeError):
                for _ in range(1000):
                    bets.write(lines)
                self.fail('after SIGTERM it has read another hundred megabytes')
        _, errors = process.communicate(timeout=HANG_S)
        self.assertEqual((process.returncode, errors), (1, 'quiniela bench: interrupted\n'))

    def test_polling_agencies_are_simulated(self):
        figures = json.loads(self.bench('--poll', 1000, '--poll-cap-ms', 2000, '--poll-draw-ms', 20000, '--json'))
        self.assertLessEqual(figures['told_after_ms_max'], 2000)
        self.assertEqual(figures['agencies'], 1000)
        self.assertRegex(self.bench('--poll', 1000), r'the draw\n')

    def test_when_polling_agencies_ask_is_a_table(self):
        """Its steps double up to the draw, and are eight up to the cap."""
        table = self.bench('--poll', 1000, '--poll-cap-ms', 2000, '--poll-draw-ms', 5000)
        spans = re.findall(r'^ *(\d+\.\d) - +(\d+\.\d) s +(\d+) +(\d+)/s', table, re.M)
        before, after = table.split('5.0 s  the draw')
        self.assertEqual([span[:2] for span in spans[:4]], [('0.0', '1.0'), ('1.0', '2.0'), ('2.0', '4.0'), ('4.0', '5.0')])
        self.assertEqual((before.count('/s'), after.count('/s')), (4, 8))
        self.assertEqual((spans[4][0], spans[-1][1]), ('5.0', '7.0'))
        for start, end, questions, rate in spans[:4]:
            self.assertAlmostEqual(float(rate), int(questions) / (float(end) - float(start)), delta=1)

    def test_held_consultations_have_a_line_when_they_are_several(self):
        for held, lines in ((1, 0), (2, 1)):
            table = self.bench('--self', '--bets', 100, '--agencies', 2, '--hold', held)
            self.assertEqual(table.count('held consultations, all answered'), lines, table)
            self.assertEqual(table.count('winners known'), 1, table)

    def test_over_tls(self):
        subprocess.run([QUINIELA, 'keys', '--dir', 'keys', '--agencies', '3'], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)
        figures = json.loads(self.bench('--self', '--tls', 'keys', '--bets', 5000, '--agencies', 3, '--chunk-size', 100,
                                        '--json'))
        self.assertEqual((figures['bets'], figures['chunks']), (5000, 51))
        self.bench(*self.central(3).addresses, '--tls', 'keys', '--bets', 100, '--agencies', 3, expected=1)
        self.assertIn('TLS', self.errors)

    def test_receipts_of_a_signed_draw(self):
        keys = os.path.join(self.folder, 'keys')
        name = 'lottery.example/central'
        subprocess.run([QUINIELA, 'keys', '--dir', keys, '--sign-name', name], check=True, stdout=subprocess.DEVNULL)
        key = os.path.join(keys, 'sign.key')
        addresses = self.central(3, '--sign-key', key, '--sign-name', name).addresses
        figures = json.loads(self.bench(*addresses, '--agencies', 3, '--bets', 5000, '--chunk-size', 100, '--receipts', '--draw', '--json'))
        self.assertEqual((figures['bets'], figures['chunks']), (5000, 51))
        signed = {'SIGN_KEY': key, 'SIGN_NAME': name}
        for option in (['--keep'], ['--prepared'], ['--classic', '--window', 1]):
            self.bench('--self', '--agencies', 3, '--bets', 5000, '--chunk-size', 100, '--receipts', *option, environment=signed)
        [kept] = [name for name in os.listdir(self.folder) if name.startswith('quiniela-bench-')]
        self.assertTrue(os.path.exists(os.path.join(self.folder, kept, 'quiniela.db.seals', 'draw-bench', 'rules-0.note')))
        self.bench('--self', '--bets', 10, environment=signed)

    def test_a_draw_that_gives_no_receipts(self):
        self.bench('--self', '--agencies', 1, '--bets', 10, '--receipts', expected=1)
        self.assertIn('agency 1, chunk 1: the answer has no receipt: is this draw not signed? Omit --receipts', self.errors)

    def test_more_connections_than_files_may_be_open(self):
        """The limit is raised, as far as it may be."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        done = subprocess.run([QUINIELA, 'bench', '--self', '--agencies', '100', '--bets', '1000', '--json'], cwd=self.folder,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, most)), check=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(json.loads(done.stdout)['bets'], 1000)


if __name__ == '__main__':
    unittest.main()
