"""Starting, watching and ending the programs that are measured."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time


class Ended(BaseException):
    """The run is to end: args[0] is the signal. Whatever was started ends on the way out."""


def end_on_signals():
    """From now on the first signal raises Ended, and those after it are too late."""
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def end(number, _):
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)
    for each in signals:
        signal.signal(each, end)


def ended_by(name, main):
    """Runs a script's main function, and returns its exit status: when a signal ends it, after one line that says so."""
    end_on_signals()
    try:
        return main()
    except Ended as ended:
        say(f'{name}: ended by {signal.Signals(ended.args[0]).name}')
        return 128 + ended.args[0]


def run_to_the_end(arguments, input=None, **options):
    """As subprocess.run, with a text for its input or without: but whatever ends us ends the program with all that it has
    started, and waits for it."""
    given = subprocess.DEVNULL if input is None else subprocess.PIPE
    with subprocess.Popen(arguments, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          start_new_session=True, **options) as process:
        try:
            output, errors = process.communicate(input)
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


class Failed(Exception):
    """A program that is measured did not do what it should."""


def run(*arguments, **options):
    """Runs a program to its end and returns what it printed; Failed, with its messages, when it fails."""
    try:
        done = run_to_the_end([str(argument) for argument in arguments], **options)
    except OSError as reason:
        raise Failed(f'{arguments[0]}: {reason}') from reason
    if done.returncode != 0:
        raise Failed(f'{arguments[0]}: status {done.returncode}: {done.stderr.strip()[-500:]}')
    return done.stdout


def run_json(*arguments, **options):
    """As run, for a program that prints one JSON object."""
    return json.loads(run(*arguments, **options))


def free_port():
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def fresh_directory(path):
    """Makes `path` an empty directory."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def settle():
    """Has everything that is on its way to the disk arrive, so that it does not slow the next measurement."""
    os.sync()


class Server:
    """A server started by hand: ready when its port answers, ended by its pid.

    `probe` is a function of no arguments that raises OSError while the server is not ready. `end_signal` is what asks
    it to end.
    """

    def __init__(self, arguments, probe, log, end_signal=signal.SIGTERM, user=None):
        self._end_signal = end_signal
        with open(log, 'ab') as output:
            self._process = subprocess.Popen([str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
                                             stdout=output, stderr=output, user=user, group=user,
                                             extra_groups=[] if user else None)
        deadline = time.monotonic() + 60
        while True:
            try:
                probe()
                return
            except Ended:
                self.stop()
                raise
            except (OSError, Failed) as reason:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise Failed(f'{arguments[0]} did not start; see {log}') from reason
                time.sleep(0.02)

    def stop(self):
        """Ends it, at the worst by force."""
        if self._process.poll() is None:
            self._process.send_signal(self._end_signal)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def say(text):
    """Tells how far the run is."""
    print(text, file=sys.stderr, flush=True)
