"""Agencies of one process know nothing of each other, on a thread each or on one together.

Each has an allocator and events of its own. ThreadSanitizer looks at the threads in its build.
"""
import os
import subprocess
import unittest

from stranger import BUILD

from harness import Server, Story, hang_s

PROGRAM = os.path.join(BUILD, "tests/library/crowd")


class Crowd(Story):
    def play(self, way):
        sizes, winners = (3000, 2000, 1500, 700, 40, 1000), (2, 3, 1, 0, 1, 0)
        self.sample(sizes, winners)
        server = Server(self, agencies=len(sizes))
        done = subprocess.run([PROGRAM, way, f"127.0.0.1:{server.ports[0]}", str(len(sizes))], cwd=self.folder, capture_output=True,
                              text=True, check=False, timeout=hang_s())
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.splitlines(), [f"{number} none {count}" for number, count in enumerate(winners, 1)])
        self.assertEqual(self.stored(), self.sent(agencies=range(1, len(sizes) + 1)))

    def test_a_thread_each(self):
        self.play("threads")

    def test_one_loop(self):
        self.play("loop")


if __name__ == "__main__":
    unittest.main()
