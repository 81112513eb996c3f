"""A story with agencies in Python: in threads, by asyncio, or as the command in a process of its own."""
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SOURCES = os.path.join(ROOT, "clients", "python", "src")
sys.path[:0] = [SOURCES, os.path.join(ROOT, "tests", "e2e")]
import quiniela  # noqa: E402
from harness import Wire, hang_s  # noqa: E402
from quiniela import Options  # noqa: E402
from signed_draw import SignedStory  # noqa: E402


class PythonStory(SignedStory):
    def setUp(self):
        super().setUp()
        self.events = []
        self.heard = threading.Condition()

    def on_event(self, event):
        with self.heard:
            self.events.append(event)
            self.heard.notify_all()

    def options(self, agency, ports, **more):
        more.setdefault("chunk_size", 50)
        return Options(agency, [f"127.0.0.1:{ports[0]}"], [f"127.0.0.1:{ports[1]}"], on_event=self.on_event, **more)

    def wait_for(self, kind, count=1):
        with self.heard:
            self.assertTrue(self.heard.wait_for(lambda: [event.kind for event in self.events].count(kind) >= count, hang_s()),
                            f"no {kind}: {self.events}; {self.logs()}")

    def begin(self, *agencies):
        """Runs each in a thread; gives a function that waits for what they came to."""
        outcomes = [None] * len(agencies)

        def run(place, agency):
            try:
                outcomes[place] = agency.run()
            except quiniela.QuinielaError as error:
                outcomes[place] = error
        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(agencies)]
        for agency, thread in zip(agencies, threads):
            self.addCleanup(agency.stop)
            thread.start()

        def end():
            for thread in threads:
                thread.join(hang_s())
                self.assertFalse(thread.is_alive(), f"an agency has not ended: {self.events}; {self.logs()}")
            return outcomes
        return end

    def agency(self, number, ports, **more):
        return quiniela.Agency(self.options(number, ports, **more), self.path("data", f"agency-{number}.csv"))

    def told(self, server, number):
        text = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": number})["payload"]
        return text.split(",") if text else []

    def command(self, *arguments, python=(sys.executable, "-S"), **environment):
        process = subprocess.Popen([*python, "-m", "quiniela", *map(str, arguments)], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1", **environment})
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def kill_once_it_has_stored(self, process):
        self.assertTrue(any(line.startswith("stored") for line in iter(process.stderr.readline, "")))
        process.kill()
        process.wait(hang_s())

    def ask(self, *arguments, status=0, **how):
        """What the command prints, and what it says besides."""
        process = self.command(*arguments, **how)
        printed, errors = process.communicate(timeout=hang_s())
        self.assertEqual(process.returncode, status, f"{printed}{errors}{self.logs()}")
        return printed, errors

    @staticmethod
    def sending(number, ports, *more, word="send", data="data"):
        """The arguments of the command for that agency."""
        return (word, f"{data}/agency-{number}.csv", "--agency", number, "--server", f"127.0.0.1:{ports[0]}",
                "--consult", f"127.0.0.1:{ports[1]}", *more)
