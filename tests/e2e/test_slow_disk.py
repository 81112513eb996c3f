"""With a slow disk the central's memory stays flat, its senders wait, and nothing is refused.

The disk is made slow by strace, which holds up every sync of the real program.
"""
import os
import shutil
import subprocess
import threading
import unittest

from harness import Server, Story, Wire, frame, is_sanitized, not_under_valgrind

SYNC_DELAY_US = 100000
BETS = [f"Ana,Paz,{number:08},1999-03-17,7574" for number in range(1000)]
CONNECTIONS = 12
PUSH_S = 60  # for all that one connection sends, to a disk as slow as that


def can_trace():
    return shutil.which("strace") is not None and \
        subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


class Pusher:
    """One agency that sends all of its chunks without waiting, and reads the answers meanwhile."""

    def __init__(self, story, agency, port, chunks):
        self.wire = Wire(story, port)
        self.answers = []
        body = frame({"type_message": 1, "agency": str(agency), "payload": BETS})
        self.threads = [threading.Thread(target=lambda: [self.wire.socket.sendall(body) for _ in range(chunks)],
                                         daemon=True),
                        threading.Thread(target=lambda: [self.answers.append(self.wire.receive())
                                                         for _ in range(chunks)], daemon=True)]
        for thread in self.threads:
            thread.start()

    def wait(self):
        for thread in self.threads:
            thread.join(PUSH_S)
            assert not thread.is_alive(), f"waited {PUSH_S} s for an answer to everything"


class SlowDisk(Story):
    @staticmethod
    def peak_kib(pid):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])

    def push(self, chunks):
        """The most memory a central ever has while so many chunks a connection come in. All of them are stored."""
        server = Server(self, "--loops", 1, agencies=CONNECTIONS, store=f"{chunks}.db",
                        prefix=("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync",
                                "-e", f"inject=fdatasync:delay_enter={SYNC_DELAY_US}"))
        with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children", encoding="ascii") as file:
            pid = int(file.read().split()[0])
        pushers = [Pusher(self, agency, server.ports[0], chunks) for agency in range(1, CONNECTIONS + 1)]
        for pusher in pushers:
            pusher.wait()
        peak = self.peak_kib(pid)
        os.kill(pid, 15)
        self.assertEqual(server.wait(), 0)
        self.assertNotIn("result: fail", server.log())
        for pusher in pushers:
            self.assertEqual([answer.kind for answer in pusher.answers], ["processed"] * chunks)
            self.assertEqual([answer["next"] for answer in pusher.answers], [len(BETS) * (n + 1) for n in range(chunks)])
        return peak

    @not_under_valgrind("it measures memory")
    @unittest.skipUnless(can_trace(), "strace may not trace here")
    @unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
    def test_memory_stays_flat_and_nothing_is_refused(self):
        peaks = {chunks: self.push(chunks) for chunks in (40, 160)}
        # Of the second run's 60 MB most had to wait outside.
        self.assertLess(peaks[160], peaks[40] * 1.25, peaks)


if __name__ == "__main__":
    unittest.main()
