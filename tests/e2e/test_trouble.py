"""Trouble with the disk or machine is reported, and work resumes once it is over.

A disk that is full, fails or may not be written, a store that another server has, a clock that is set. When the cause
is gone it goes on.

TROUBLE_ROUNDS says how often the disk becomes full and fails (3 unless told).
"""
import fcntl
import os
import sqlite3
import struct
import subprocess
import time
import unittest

from board_client import Board
from harness import Agency, Process, Server, Story, Wire, hang_s, hold_ports, is_sanitized, until

CLOCK_LIBRARY = os.environ.get("QUINIELA_CLOCK_LIBRARY")
ROUNDS = int(os.environ.get("TROUBLE_ROUNDS", 3))
DISK_BYTES = 3 << 20
CHUNK = 100
EXT4_IOC_SHUTDOWN, SHUTDOWN_NO_LOG_FLUSH = 0x8004587D, b"\x02\x00\x00\x00"
NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")


def bet(number):
    return f"Ana María,Paz,{number},2000-01-01,{7574 if number % 50 == 7 else 1}"


def chunk(first, count=CHUNK, last=False):
    return {"type_message": 2 if last else 1, "agency": "1", "first": first,
            "payload": [bet(number) for number in range(first, first + count)]}


class Trouble(Story):
    def mount(self, *arguments):
        """A file system of the story's own, on `disk`."""
        self.disk = os.path.join(self.folder, "disk")
        os.makedirs(self.disk, exist_ok=True)
        done = subprocess.run(["mount", *arguments, self.disk], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"nothing can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], capture_output=True, check=False)

    def unmount(self, image):
        """Waits until the kernel has let go of the image: mounted again before that, it would still be the old one."""
        subprocess.run(["umount", self.disk], check=True)
        for _ in range(1000):
            if not subprocess.run(["losetup", "-j", image], capture_output=True, text=True, check=True).stdout:
                return
            time.sleep(0.01)
        self.fail("the image is still in use")

    def wrong_start(self, *flags, prefix=(), says=()):
        server = Process(self, ["server", "--agencies", 1, "--server-port", 0, "--consult-server-port", 0, *flags],
                         prefix=prefix)
        self.assertEqual(server.wait(), 1, server.log())
        line, = (line for line in server.log().splitlines() if "action: start_server | result: fail" in line)
        for text in says:
            self.assertIn(text, line)

    def status(self, store, **how):
        code, text, errors = self.run_program("status", "--store", store, **how)
        self.assertEqual(code, 0, errors)
        return text

    def assert_stored(self, store, count):
        self.assertEqual(self.stored(store), {f"1,{bet(number)}": 1 for number in range(count)})
        code, text, errors = self.run_program("check", "--store", store)
        self.assertEqual((code, errors), (0, ""), text)


class Disk(Trouble):
    def send_until_refused(self, wire, stored):
        """Sends chunks until one is refused. Returns how many bets are acknowledged."""
        while True:
            reply = wire.ask(chunk(stored))
            if reply.kind.startswith("error"):
                self.assertEqual((reply.code, reply.error["retryable"]), ("store_failed", True))
                return stored
            stored += CHUNK
            self.assertEqual(reply["next"], stored)

    def send_until_taken(self, wire, stored):
        """Sends the next chunk until it is acknowledged, as an agency does. Returns how many bets are then stored."""
        def answered():
            reply = wire.ask(chunk(stored))
            return None if reply.kind == "error store_failed" else reply
        reply = until(answered, "the store to work again")
        self.assertEqual(reply.kind, "processed", reply)
        return stored + CHUNK

    def send_until_it_stays_refused(self, wire, stored, ballast):
        """Fills the disk, again and again: after a failure the store gives back what its log took."""
        refused = 0
        while refused < 3:
            with self.assertRaises(OSError), open(ballast, "ab", buffering=0) as file:
                for _ in range(DISK_BYTES // 4096 + 1):
                    file.write(b"x" * 4096)
            reply = wire.ask(chunk(stored))
            if reply.kind == "processed":
                stored, refused = stored + CHUNK, 0
                self.assertEqual(reply["next"], stored)
            else:
                self.assertEqual((reply.code, reply.error["retryable"]), ("store_failed", True))
                refused += 1
        return stored

    def test_a_full_disk(self):
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        store, ballast = os.path.join(self.disk, "night.db"), os.path.join(self.disk, "ballast")
        server = Server(self, agencies=1, store=store)
        wire, consultation = (Wire(self, port) for port in server.ports)
        stored = self.send_until_taken(wire, 0)
        for _ in range(ROUNDS):
            stored = self.send_until_it_stays_refused(wire, stored, ballast)
            self.assertEqual(consultation.ask({"type_message": 3, "agency": 1, "wait": False}).kind, "not_ready")
            self.assertEqual(wire.ask({"type_message": 3, "agency": 1, "wait": False}).kind, "not_ready")
            self.assertRegex(server.wait_for("action: store .*result: fail.*")[0], r"night\.db: .*disk")
            os.unlink(ballast)
            self.assertIn(f"bets            {stored}\n", self.status(store))
            stored = self.send_until_taken(wire, stored)
        self.assertEqual(wire.ask(chunk(stored, 0, last=True))["next"], stored)
        self.assertEqual(consultation.ask({"type_message": 3, "agency": 1})["payload"],
                         ",".join(str(number) for number in range(7, stored, 50)))
        self.assert_stored(store, stored)

    def ping(self, server):
        return self.run_program("ping", "--server-port", server.ports[0], "--server-ip", "127.0.0.1")

    def test_a_full_disk_is_said_until_there_is_room(self):
        """Also where there is room for a little; nobody is told that all is well while every chunk is refused."""
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        store, ballast = os.path.join(self.disk, "night.db"), os.path.join(self.disk, "ballast")
        server = Server(self, agencies=1, store=store)
        wire = Wire(self, server.ports[0])
        stored = self.send_until_taken(wire, 0)
        self.assertEqual(self.ping(server)[0], 0)
        stored = self.send_until_it_stays_refused(wire, stored, ballast)
        before = server.count("action: store .*result: success")
        for _ in range(3):
            status, _, errors = self.ping(server)
            self.assertEqual(status, 1)
            self.assertIn("store_failed", errors)
            self.assertEqual(wire.ask(chunk(stored)).code, "store_failed")
        self.assertEqual(server.count("action: store .*result: success"), before)
        os.unlink(ballast)
        server.wait_for("action: store .*result: success", count=before + 1)  # nobody has sent anything
        self.assertEqual(self.ping(server)[0], 0)
        self.assertEqual(wire.ask(chunk(stored))["next"], stored + CHUNK)

    def test_a_full_disk_is_not_ready_as_long_as_chunks_are_refused(self):
        """With a page more each time there comes a moment when a trial finds room, and the next chunk does not."""
        self.mount("-t", "tmpfs", "-o", f"size={2 * DISK_BYTES}", "tmpfs")
        server = Server(self, "--http-port", 0, servers=1, agencies=1, store=os.path.join(self.disk, "night.db"))
        board, wire, count = Board(self, server), Wire(self, server.ports[0]), 10 * CHUNK
        self.assertEqual(wire.ask(chunk(0, count))["next"], count)
        board.wait_until_ready()
        with open(os.path.join(self.disk, "ballast"), "ab", buffering=0) as ballast:
            with self.assertRaises(OSError):
                while True:
                    ballast.write(b"x" * 4096)
            refused = 0
            while wire.ask(chunk(count, count)).kind == "error store_failed":
                if wire.ask(chunk(count, count)).kind == "processed":  # behind it, what became of the first is known
                    break
                self.assertRegex(board.get("/readyz", 503), "store: nothing can be stored: .*full")
                self.assertIn("\nquiniela_store_failing 1\n", board.get("/metrics"))
                refused += 1
                ballast.truncate(os.fstat(ballast.fileno()).st_size - 4096)
        self.assertGreater(refused, 3)
        self.assertEqual(wire.ask(chunk(2 * count, 0))["next"], 2 * count)
        self.assertEqual(board.get("/readyz"), "ok\n")
        self.assertIn("\nquiniela_ledger_store_failures_total 1\n", board.get("/metrics"))

    def test_status_of_a_store_on_a_full_disk(self):
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        store = os.path.join(self.disk, "night.db")
        server = Server(self, agencies=1, store=store)
        stored = self.send_until_refused(Wire(self, server.ports[0]), 0)
        self.assertIn(f"bets            {stored}\n", self.status(store))

    def test_a_disk_that_fails(self):
        """Everything not synced is lost with it, and so is what the system had in memory."""
        image = os.path.join(self.folder, "image")
        with open(image, "wb") as file:
            file.truncate(32 << 20)
        if subprocess.run(["mkfs.ext4", "-q", image], capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no mkfs.ext4")
        stored = 0
        for _ in range(ROUNDS):
            self.mount("-o", "loop", image)
            store = os.path.join(self.disk, "night.db")
            server = Server(self, agencies=1, store=store)
            wire = Wire(self, server.ports[0])
            for _ in range(5):
                reply = wire.ask(chunk(stored))
                stored += CHUNK
                self.assertEqual(reply["next"], stored)
            disk = os.open(self.disk, os.O_RDONLY)
            fcntl.ioctl(disk, EXT4_IOC_SHUTDOWN, SHUTDOWN_NO_LOG_FLUSH)
            os.close(disk)
            for _ in range(3):
                self.assertEqual(wire.ask(chunk(stored)).code, "store_failed")
                self.assertEqual(wire.ask({"type_message": 3, "agency": 1, "wait": False}).kind, "not_ready")
            self.assertRegex(server.wait_for("action: store .*result: fail.*")[0], r"night\.db: .*is its disk full")
            server.kill()
            self.unmount(image)
        self.mount("-o", "loop", image)
        # A chunk whose commit failed may be stored all the same, and is then sent again.
        code, text, errors = self.run_program("check", "--store", store)
        self.assertEqual((code, errors), (0, ""), text)
        self.assert_stored(store, stored)

    def test_a_disk_that_may_not_be_written(self):
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        store = os.path.join(self.disk, "night.db")
        server = Server(self, agencies=1, store=store)
        stored = self.send_until_taken(Wire(self, server.ports[0]), 0)
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        subprocess.run(["mount", "-o", "remount,ro", self.disk], check=True)
        self.wrong_start("--store", store, says=("night.db", "Read-only file system"))
        self.assertIn(f"bets            {stored}\n", self.status(store))
        self.assert_stored(store, stored)
        subprocess.run(["mount", "-o", "remount,rw", self.disk], check=True)
        server = Server(self, agencies=1, store=store)
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(stored))["next"], stored + CHUNK)

    def test_a_file_that_may_not_be_written(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        server = Server(self, agencies=1, store="night.db")
        stored = self.send_until_taken(Wire(self, server.ports[0]), 0)
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        os.chmod(self.folder, 0o755)
        os.chmod(os.path.join(self.folder, "night.db"), 0o644)  # its owner lets others read it
        self.wrong_start("--store", "night.db", prefix=NOBODY, says=("night.db", "Permission denied"))
        reader = Process(self, ["status", "--store", "night.db"], prefix=NOBODY)
        self.assertEqual(reader.wait(), 0, "".join(reader.errors))
        self.assertIn(f"bets            {stored}\n", reader.log())
        os.chmod(self.folder, 0o777)  # beside the store it may write, but not the store
        os.unlink(os.path.join(self.folder, "night.db-lock"))
        self.wrong_start("--store", "night.db", prefix=NOBODY, says=("night.db", "its folder", "Permission denied"))

    def test_a_store_that_another_server_has(self):
        server = Server(self, agencies=1, store="night.db")
        for draw in ("1", "another"):
            self.wrong_start("--store", "night.db", "--draw", draw,
                             says=("night.db", "another server works on this store; end it"))
        self.send_until_taken(Wire(self, server.ports[0]), 0)  # which is not disturbed
        server.kill()
        Server(self, agencies=1, store="night.db")


YEAR_S = 365 * 24 * 3600


class Clock(Trouble):
    def setUp(self):
        super().setUp()
        if not CLOCK_LIBRARY or is_sanitized():
            self.skipTest("ctest names the library that sets a clock; it does not go with a sanitizer")
        self.clock = os.path.join(self.folder, "clock")
        self.set_clock(0)
        self.faked = {"LD_PRELOAD": CLOCK_LIBRARY, "QUINIELA_CLOCK": self.clock}

    def set_clock(self, years):
        file = os.open(self.clock, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(file, struct.pack("=q", years * YEAR_S), 0)
        os.close(file)

    def years(self, process):
        return [int(line[:4]) for line in process.log().splitlines()]

    def test_no_early_draw_and_retries_go_on(self):
        self.sample((300, 200), (2, 1))
        ports = hold_ports()
        early = Agency(self, 2, ports, environment=self.faked)  # there is no server yet: it keeps retrying
        early.wait_for("action: connect .*result: fail")
        self.set_clock(10)
        early.wait_for("action: connect .*result: fail", count=early.count("action: connect .*result: fail") + 2)
        self.set_clock(-10)
        early.wait_for("action: connect .*result: fail", count=early.count("action: connect .*result: fail") + 2)
        years = self.years(early)
        self.assertGreaterEqual(max(years) - min(years), 19)  # the clock was set indeed
        server = Server(self, agencies=2, ports=ports, environment=self.faked)
        server.wait_for("client_finished .*agencia: 2")
        held = Wire(self, ports[1])
        held.send({"type_message": 3, "agency": 2})
        for years in (10, -10, 0):
            self.set_clock(years)
            reply = Wire(self, ports[0]).ask({"type_message": 3, "agency": 2, "wait": False})
            self.assertEqual(reply.kind, "not_ready")
        self.assertEqual(server.count("action: sorteo"), 0)
        self.set_clock(-10)
        self.assertEqual(Agency(self, 1, ports, environment=self.faked).winners(), 2)
        self.assertEqual(early.winners(), 1)
        self.assertEqual(held.receive().kind, "winners")
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def numbers(self, replace=None):
        """The numbers of the one stored chunk, before they are replaced by others."""
        database = sqlite3.connect(os.path.join(self.folder, "quiniela.db"), timeout=hang_s())
        before, = database.execute("SELECT numbers FROM chunks").fetchone()
        if replace is not None:
            database.execute("UPDATE chunks SET numbers = ?", (replace,))
            database.commit()
        database.close()
        return before

    def test_a_draw_is_tried_again_whatever_the_clock_says(self):
        server = Server(self, agencies=1)
        many = 2 * CHUNK  # so many that they are no small chunk, which would lie in the inbox
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0, many))["next"], many)
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        right = self.numbers(b"\x01\x00" * many)
        server = Server(self, agencies=1, environment=self.faked)
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(many, 0, last=True))["next"], many)
        wire.send({"type_message": 3, "agency": 1})
        failure = server.wait_for("action: sorteo .*result: fail.*")[0]
        for text in ("quiniela.db", "agency 1 from bet 0", "not as it was stored", "quiniela check", "from a copy"):
            self.assertIn(text, failure)
        for years in (-10, 10, -10):
            self.set_clock(years)
            server.wait_for("action: sorteo .*result: fail", count=server.count("action: sorteo .*result: fail") + 2)
        self.numbers(right)
        self.assertEqual(wire.receive()["payload"], "7,57,107,157")
        server.wait_for("action: sorteo .*result: success")


if __name__ == "__main__":
    unittest.main()
