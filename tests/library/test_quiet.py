"""The library starts no thread, handles no signal, dies of none, and prints nothing.

What the system sees of a whole lottery (strace), and of one whose central closes while the agency writes.
"""
import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import unittest

from stranger import AGENCY, BUILD, HEADER, STRICT, SHARED, run

from certificates import Authority
from harness import Server, Story, frame, hang_s, not_under_valgrind, read_until, received, until

CALLS = "clone,clone3,fork,vfork,execve,rt_sigaction,rt_sigprocmask,sigaltstack,write,writev,kill,tgkill,tkill"


class Quiet(Story):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = os.path.join(BUILD, "tests/library/quiet")
        os.makedirs(os.path.dirname(cls.program), exist_ok=True)
        folder = os.path.dirname(SHARED)
        run("cc", *STRICT, "-I", os.path.dirname(HEADER), AGENCY, "-o", cls.program, SHARED, f"-Wl,-rpath,{folder}")

    def play(self, *settings, prefix=(), way="step"):
        """What it prints. SIGPIPE would end it, as it ends a program that does not say otherwise."""
        done = subprocess.run([*prefix, self.program, way, "agency=1", "file=data/agency-1.csv", *settings], cwd=self.folder,
                              capture_output=True, text=True, check=False, timeout=hang_s(),
                              preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
        self.assertEqual((done.returncode, done.stderr), (0, ""), f"{done.stdout}{self.logs()}")
        return done.stdout.splitlines()

    def start(self, *settings, way):
        self.process = subprocess.Popen([self.program, way, "agency=1", "file=data/agency-1.csv", *settings], cwd=self.folder, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for what in (self.process.wait, self.process.kill, self.process.stdin.close, self.process.stdout.close,
                     self.process.stderr.close):
            self.addCleanup(what)
        return self.process


class TheSystemsView(Quiet):
    def calls(self, *settings, way="step"):
        """The system calls that it makes from main's beginning on, as strace writes them."""
        if shutil.which("strace") is None:
            self.skipTest("there is no strace")
        printed = self.play(*settings, way=way, prefix=["strace", "-f", "-qq", "-s", "100000", "-o", self.path("trace"), "-e", f"trace={CALLS}"])
        with open(self.path("trace"), encoding="utf-8") as file:
            calls = [line.split(" ", 1)[1].strip() for line in file]
        self.assertRegex(calls[0], "^execve")  # else it shows nothing
        return calls[1:], printed

    def check(self, *settings, way):
        calls, printed = self.calls(*settings, way=way)
        said = "".join(f"{line}\n" for line in printed)
        written = "".join(re.findall(r'^write\(1, "(.*)", \d+\)', "\n".join(calls), re.M)).encode().decode("unicode_escape")
        self.assertEqual(written, said)  # what agency.c prints at its end, and nothing else
        others = [call for call in calls if not re.match(r"write\((1|[3-9]|\d\d+),", call)]
        self.assertEqual(others, [])

    @not_under_valgrind("strace would see valgrind's calls")
    def test_of_every_way(self):
        self.sample((2000,), (3,))
        for way in ("step", "run", "send"):
            server = Server(self, agencies=1, store=f"{way}.db")
            self.check(f"servers=127.0.0.1:{server.ports[0]}", way=way)

    @not_under_valgrind("strace would see valgrind's calls")
    def test_with_tls(self):
        self.sample((500,), (1,))
        authority = Authority(self.folder)
        authority.issue_server()
        authority.issue_agency(1)
        server = Server(self, *authority.flags("server"), agencies=1)
        self.check(f"servers=127.0.0.1:{server.ports[0]}", f"authority={authority.certificate('ca')}",
                   f"certificate={authority.certificate('agency-1')}", f"key={authority.key('agency-1')}", way="step")


class ALoop(Quiet):
    def test_is_told_of_each_socket(self):
        """The winners are asked for on another connection, which may have the number of the one before."""
        self.sample((500,), (2,))
        server = Server(self, agencies=1)
        printed = self.play(f"servers=127.0.0.1:{server.ports[0]}", f"consult=127.0.0.1:{server.ports[1]}", "poll=1", way="epoll")
        self.assertEqual(printed[0], "none 2")

    def test_is_told_when_the_next_address_has_the_same_number(self):
        """The first address of a name answers nothing until it refuses, as its listener has no room and is then closed."""
        self.sample((500,), (2,))
        server = Server(self, agencies=1)
        full = socket.create_server(("127.0.0.2", server.ports[0]), backlog=0)
        self.addCleanup(full.close)
        filling = [socket.socket() for _ in range(3)]
        for one in filling:
            self.addCleanup(one.close)
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        process = self.start(f"servers=central.example:{server.ports[0]}", "addresses=127.0.0.2,127.0.0.1", way="epoll")
        until(lambda: self.is_connecting(server.ports[0]), "its first attempt")
        full.close()
        printed, errors = process.communicate(timeout=hang_s())
        self.assertEqual((process.returncode, errors), (0, ""), printed)
        self.assertEqual(printed.splitlines()[0], "none 2")

    def is_connecting(self, port):
        """Whether the process has a socket whose connection is not made yet (SYN_SENT)."""
        inodes, folder = set(), f"/proc/{self.process.pid}/fd"
        for descriptor in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):  # a file that was open for a moment: the loader's, say
                inodes.add(os.readlink(os.path.join(folder, descriptor)))
        with open("/proc/net/tcp", encoding="ascii") as file:
            rows = [line.split() for line in file][1:]
        return any(row[3] == "02" and row[2].endswith(f":{port:04X}") and f"socket:[{row[9]}]" in inodes for row in rows)


class Closing:
    """Passes connections on to a server. The first one gets one answer; `close` ends it, with FIN and reset, and from then on whoever
    writes to it gets a SIGPIPE, unless he has said that he wants none."""

    def __init__(self, story, port):
        self.server_port, self.first = port, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        story.addCleanup(self.listener.close)
        story.addCleanup(self.listener.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            is_first = self.first is None
            self.first = self.first or client
            threading.Thread(target=self.converse, args=[client, is_first], daemon=True).start()

    def close(self):
        self.first.shutdown(socket.SHUT_WR)
        self.first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.first.close()

    def converse(self, client, is_first):
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=hang_s()) as server:
            if is_first:
                server.sendall(frame(received.message(client)))
                client.sendall(server.recv(65536))
                return
            with client:
                up = threading.Thread(target=self.copy, args=[client, server], daemon=True)
                up.start()
                self.copy(server, client)
                up.join(hang_s())

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


class AClosingCentral(Quiet):
    def test_does_not_end_the_process(self):
        self.sample((20000,), (2,))
        server = Server(self, agencies=1)
        closing = Closing(self, server.ports[0])
        process = self.start(f"servers=127.0.0.1:{closing.port}", "window=1", "events=1", "pause_at=40", way="step")
        read_until(process, "event 40 agency 1")  # where it is paused; it goes on by writing
        closing.close()
        printed, errors = process.communicate("\n", timeout=hang_s())
        self.assertEqual((process.returncode, errors), (0, ""), printed)
        self.assertIn("\nnone 2\n", printed)
        self.assertIn("event 2 agency 1\n", printed)  # it was told that it is tried again
        self.assertEqual(sum(self.stored().values()), 20000)


if __name__ == "__main__":
    unittest.main()
