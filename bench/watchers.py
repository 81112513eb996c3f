"""Those who look at a central's board while it is measured: a reader of its events, a scrape of its metrics a second, and
perhaps a browser with its page."""

import http.client
import os
import shutil
import signal
import subprocess
import tempfile
import threading

from processes import Failed

SCRAPE_S = 1
LIMIT_S = 60  # for an answer
CHROMIUM = ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run',
            '--remote-debugging-port=0']


class Watchers:
    """From before a central listens on the port until it has ended, as a context. Failed unless both were answered."""

    def __init__(self, port, browser=False):
        self._port, self._browser, self._ended = port, browser, threading.Event()
        self.scrapes, self.events = 0, 0
        self._threads = [threading.Thread(target=self._again, args=[look], daemon=True) for look in (self._scrape, self._stream)]
        self._chromium, self._profile = None, None

    def _again(self, look):
        """The central may not be there yet, and ends before we do."""
        while not self._ended.is_set():
            connection = http.client.HTTPConnection('127.0.0.1', self._port, timeout=LIMIT_S)
            try:
                look(connection)
            except (OSError, http.client.HTTPException):
                self._ended.wait(0.02)
            finally:
                connection.close()

    def _answer(self, connection, path):
        connection.request('GET', path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise http.client.HTTPException(f'{path}: {answer.status}')
        return answer

    def _scrape(self, connection):
        while not self._ended.is_set():
            self._answer(connection, '/metrics').read()
            self.scrapes += 1
            self._ended.wait(SCRAPE_S)

    def _stream(self, connection):
        answer = self._answer(connection, '/api/v1/events')
        self._begin_browser()
        while not self._ended.is_set() and (line := answer.readline()):
            self.events += line.startswith(b'event:')

    def _begin_browser(self):
        if self._browser and self._chromium is None:
            self._profile = tempfile.mkdtemp(prefix='quiniela-bench-chromium-')
            self._chromium = subprocess.Popen([*CHROMIUM, f'--user-data-dir={self._profile}', f'http://127.0.0.1:{self._port}/'],
                                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                              start_new_session=True)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        if self._chromium:
            os.killpg(self._chromium.pid, signal.SIGKILL)
            self._chromium.wait()
        if self._profile:
            shutil.rmtree(self._profile, ignore_errors=True)
        if kind is None and not (self.scrapes and self.events):
            raise Failed(f'the board was looked at in vain: {self.scrapes} scrapes, {self.events} events')
