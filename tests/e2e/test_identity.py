"""A store is a file, not a name: by whichever name it is opened, only one server has it.

Its log is checked, and anything but a lasting file is refused. A server whose files have lost their names acknowledges
nothing.
"""
import os
import shutil
import subprocess
import unittest

from harness import STORES, Process, Server, Story, Wire

CHUNK, CHUNKS = 2, 40  # so few that all of them stay in the log: nothing is moved into the database yet
READERS = ("check", "export", "status")


def chunk(first, count=CHUNK):
    return {"type_message": 1, "agency": "1", "first": first,
            "payload": [f"Ana,Paz,{number},2000-01-01,1" for number in range(first, first + count)]}


@unittest.skipUnless(STORES.in_files, "it is about files")
class Identity(Story):
    def start(self, store, *flags, **how):
        return Process(self, ["server", "--agencies", 1, "--store", store, "--server-port", 0, "--consult-server-port", 0,
                              *flags], **how)

    def refused(self, store, *says, status=1, flags=()):
        server = self.start(store, *flags)
        self.assertEqual(server.wait(), status, server.log())
        for text in says:
            self.assertIn(text, server.log() + "".join(server.errors))

    def read(self, command, store):
        return self.run_program(command, "--store", store)

    def stop(self, server):
        server.signal(15)
        self.assertEqual(server.wait(), 0, server.log())

    def serve_and_kill(self, store):
        """A server has acknowledged CHUNKS chunks, one commit each, and is gone without a word."""
        server = Server(self, agencies=1, store=store)
        wire = Wire(self, server.ports[0])
        for number in range(CHUNKS):
            self.assertEqual(wire.ask(chunk(number * CHUNK))["next"], (number + 1) * CHUNK)
        server.kill()

    def flip_a_bit(self, name):
        with open(self.path(name), "r+b") as file:
            middle = os.fstat(file.fileno()).st_size // 2
            file.seek(middle)
            byte, = file.read(1)
            file.seek(middle)
            file.write(bytes([byte ^ 4]))


class Names(Identity):
    def link(self, target, *names):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        os.symlink(target, self.path(*names))
        return os.path.join(*names)

    def every_name(self):
        """Ways to the file night.db, which need not be there."""
        yield self.link("../night.db", "links", "n.db")
        yield self.link("links/n.db", "link-to-link.db")
        yield os.path.join(self.link(".", "here"), "night.db")
        yield self.link(self.path("night.db"), "absolute.db")
        yield "./links/../night.db"
        yield self.path("night.db")

    def test_one_server_has_it_by_whatever_name(self):
        Server(self, agencies=1, store="night.db")
        for name in self.every_name():
            self.refused(name, "another server works on this store")

    def test_the_lock_is_on_the_file_and_not_only_beside_it(self):
        Server(self, agencies=1, store="night.db")
        os.unlink(self.path("night.db-lock"))
        self.refused("night.db", "another server works on this store")

    def test_a_file_that_is_mounted_elsewhere(self):
        Server(self, agencies=1, store="night.db")
        os.mkdir(self.path("other"))
        with open(self.path("other", "mounted.db"), "w", encoding="ascii"):
            pass
        mount = ["mount", "--bind", self.path("night.db"), self.path("other", "mounted.db")]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.path("other", "mounted.db")], check=True)
        self.refused("other/mounted.db", "another server works on this store")

    def test_a_name_that_leads_to_nothing_yet(self):
        """The store is made where the name leads, with all its files."""
        os.mkdir(self.path("data"))
        name = self.link("../data/night.db", "links", "n.db")
        self.serve_and_kill(name)
        self.assertEqual(os.listdir(self.path("links")), ["n.db"])
        self.assertEqual(set(os.listdir(self.path("data"))),
                         {"night.db", "night.db-wal", "night.db-shm", "night.db-lock", "night.db.control"})
        status, text, _ = self.read("status", "data/night.db")
        self.assertEqual(status, 0)
        self.assertIn(f"bets            {CHUNK * CHUNKS}\n", text)

    def test_a_name_that_leads_nowhere(self):
        for name in (self.link("circle.db", "circle.db"), self.link("no/such/folder/n.db", "broken.db"), "night.db/",
                     "."):
            self.refused(name, name)
            self.assertEqual(self.read("status", name)[0], 1)

    def test_a_file_without_a_name(self):
        """/proc/self/fd leads to the file itself, and its name may be another's by now."""
        with open(self.path("gone.db"), "wb") as file:
            os.unlink(self.path("gone.db"))
            self.refused(f"/proc/{os.getpid()}/fd/{file.fileno()}", "has no name there", flags=("--sandbox", "off"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_several_names(self):
        self.serve_and_kill("night.db")
        os.link(self.path("night.db"), self.path("same.db"))
        for name in ("night.db", "same.db"):
            self.refused(name, name, "2 names")
            for command in READERS:
                status, text, errors = self.read(command, name)
                self.assertEqual((status, text), (1, "\n"))
                self.assertIn("2 names", errors)

    def test_files_beside_it_that_are_links(self):
        self.serve_and_kill("night.db")
        os.mkdir(self.path("other"))
        for ending in ("-wal", "-shm", "-lock"):
            name = "night.db" + ending
            os.rename(self.path(name), self.path("other", name))
            os.symlink(os.path.join("other", name), self.path(name))
            self.refused("night.db", name, "is a link")
            self.assertEqual(self.read("check", "night.db")[0], 1)
            os.replace(self.path("other", name), self.path(name))

    def test_a_link_that_is_turned_while_the_server_runs(self):
        """What it has opened stays its store."""
        name = self.link("night.db", "current.db")
        server = Server(self, agencies=1, store=name)
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0))["next"], CHUNK)
        os.unlink(self.path(name))
        self.link("other.db", "current.db")
        self.assertEqual(wire.ask(chunk(CHUNK))["next"], 2 * CHUNK)
        self.stop(server)
        self.assertFalse(os.path.exists(self.path("other.db")))
        self.assertIn(f"bets            {2 * CHUNK}\n", self.read("status", "night.db")[1])

    def test_an_audit_log_by_a_link_into_another_folder(self):
        for folder in ("data", "logs"):
            os.mkdir(self.path(folder))
        for target in ("logs/audit.log", "logs/second.log"):
            if target == "logs/second.log":
                os.close(os.open(self.path(target), os.O_CREAT | os.O_WRONLY, 0o600))  # or it is there already
            name = self.link("../" + target, "links", os.path.basename(target))
            server = Server(self, "--audit-log", name, agencies=1, store="data/night.db")
            self.refused("data/another.db", "another server writes this file", status=2, flags=("--audit-log", target))
            self.stop(server)
            status, text, errors = self.run_program("verify", "--audit", target)
            self.assertEqual(status, 0, text + errors)

    def test_an_audit_log_of_two_names(self):
        self.stop(Server(self, "--audit-log", "audit.log", agencies=1))
        os.link(self.path("audit.log"), self.path("same.log"))
        self.refused("quiniela.db", "2 names", status=2, flags=("--audit-log", "same.log"))


class Damage(Identity):
    def test_a_damaged_log_is_refused_by_every_name_and_to_everyone(self):
        self.serve_and_kill("night.db")
        self.flip_a_bit("night.db-wal")
        os.mkdir(self.path("links"))
        os.symlink("../night.db", self.path("links", "n.db"))
        for name in ("night.db", "links/n.db"):
            self.refused(name, "its log is damaged", "would be lost")
            for command in READERS:
                status, text, errors = self.read(command, name)
                self.assertEqual((status, text), (1, "\n"))
                self.assertIn(f"{name}: its log is damaged", errors)

    def test_who_reads_meanwhile_takes_no_half_written_commit_for_damage(self):
        server = Server(self, agencies=1, store="night.db")
        wire = Wire(self, server.ports[0])
        readers = [Process(self, ["status", "--store", "night.db"]) for _ in range(8)]
        stored = 0
        while any(reader.process.poll() is None for reader in readers):
            stored = wire.ask(chunk(stored, 500))["next"]
        for reader in readers:
            self.assertEqual((reader.wait(), reader.errors), (0, []))


class NoFile(Identity):
    def test_what_would_not_be_kept_is_refused(self):
        for store in (":memory:", "", "file:night.db", "file::memory:?cache=shared", "sqlite://night.db",
                      "mysql://host/night"):
            self.refused(store, "--store", status=2)
            for command in READERS:
                self.assertEqual(self.read(command, store)[0], 2, store)
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_is_no_file(self):
        os.mkfifo(self.path("pipe"))
        for store in ("/dev/null", "pipe", self.folder):
            self.refused(store, store, "not a file", flags=("--sandbox", "off"))
        self.assertEqual(os.listdir(self.folder), ["pipe"])


class Gone(Identity):
    def acknowledges_nothing(self, spoil, mend, says):
        server = Server(self, agencies=1, store="night.db")
        wire = Wire(self, server.ports[0])
        stored = wire.ask(chunk(0))["next"]
        spoil()
        for _ in range(3):
            reply = wire.ask(chunk(stored))
            self.assertEqual((reply.code, reply.error["retryable"]), ("store_failed", True))
        server.wait_for(f"action: store .*result: fail.*{says}: was deleted, moved or replaced")
        mend()
        reply = wire.ask(chunk(stored))
        self.stop(server)
        return reply

    def replace(self, name):
        """By a copy, as whoever puts one back does it."""
        shutil.copy(self.path(name), self.path(name + ".copy"))
        os.rename(self.path(name + ".copy"), self.path(name))

    def test_deleted(self):
        for name in ("night.db", "night.db-wal"):
            with self.subTest(name):
                reply = self.acknowledges_nothing(lambda name=name: os.unlink(self.path(name)), lambda: None, name)
                self.assertEqual(reply.code, "store_failed")
                for left in os.listdir(self.folder):
                    os.unlink(self.path(left))

    @unittest.skipIf(os.geteuid() != 0, "only root may look into a confined server")
    def test_what_was_deleted_can_be_copied_while_the_server_runs(self):
        server = Server(self, agencies=1, store="night.db")
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0))["next"], CHUNK)
        for left in os.listdir(self.folder):
            os.unlink(self.path(left))
        self.assertEqual(wire.ask(chunk(CHUNK)).code, "store_failed")
        os.mkdir(self.path("rescued"))
        descriptors = f"/proc/{server.process.pid}/fd"
        for descriptor in os.listdir(descriptors):
            name = os.readlink(os.path.join(descriptors, descriptor))
            if name.startswith(self.folder) and name.endswith(("night.db (deleted)", "night.db-wal (deleted)")):
                shutil.copy(os.path.join(descriptors, descriptor),
                            self.path("rescued", os.path.basename(name.removesuffix(" (deleted)"))))
        status, text, _ = self.read("status", "rescued/night.db")
        self.assertEqual(status, 0)
        self.assertIn(f"bets            {CHUNK}\n", text)

    def test_replaced(self):
        for name in ("night.db", "night.db-wal"):
            with self.subTest(name):
                reply = self.acknowledges_nothing(lambda name=name: self.replace(name), lambda: None, name)
                self.assertEqual(reply.code, "store_failed")
                for left in os.listdir(self.folder):
                    os.unlink(self.path(left))

    def test_moved_and_back(self):
        """Nothing is lost then, and it goes on by itself."""
        def move(*names):
            os.rename(self.path(names[0]), self.path(names[1]))
        for name in ("night.db", "night.db-wal"):
            with self.subTest(name):
                reply = self.acknowledges_nothing(lambda name=name: move(name, "aside"),
                                                  lambda name=name: move("aside", name), name)
                self.assertEqual(reply["next"], 2 * CHUNK, reply)
                status, text, _ = self.read("check", "night.db")
                self.assertEqual(status, 0, text)
                for left in os.listdir(self.folder):
                    os.unlink(self.path(left))

    def test_an_order_that_failed_is_not_done(self):
        """Neither where the files are now, nor when they are back."""
        names = [f"night.db{ending}" for ending in ("", "-wal", "-shm", "-lock")]
        os.mkdir(self.path("aside"))
        for order, *flags in (("close",), ("finish", "--agency", 1), ("reset", "--agency", 1)):
            with self.subTest(order):
                server = Server(self, "--number", "manual", agencies=1, store="night.db")
                self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0))["next"], CHUNK)
                for name in names:
                    os.rename(self.path(name), self.path("aside", name))
                status, _, errors = self.run_program(order, *flags, "--yes", "--store", "night.db")
                self.assertEqual(status, 1, errors)
                self.assertIn("was deleted, moved or replaced", errors)
                for name in names:
                    os.rename(self.path("aside", name), self.path(name))
                self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0))["next"], CHUNK)
                self.stop(server)
                text = self.read("status", "night.db")[1]
                self.assertRegex(text, rf"(?s)open.*bets            {CHUNK}\n")
                for left in names[:1]:
                    os.unlink(self.path(left))

    def test_its_folder_moved(self):
        os.mkdir(self.path("data"))
        server = Server(self, agencies=1, store="data/night.db")
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0))["next"], CHUNK)
        os.rename(self.path("data"), self.path("aside"))
        self.assertEqual(wire.ask(chunk(CHUNK)).code, "store_failed")
        os.rename(self.path("aside"), self.path("data"))
        self.assertEqual(wire.ask(chunk(CHUNK))["next"], 2 * CHUNK)

    def test_the_index_of_its_log_deleted(self):
        """Another program would make a new one, and the two would not know of each other."""
        server = Server(self, agencies=1, store="night.db")
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0))["next"], CHUNK)
        os.unlink(self.path("night.db-shm"))
        self.assertEqual(wire.ask(chunk(CHUNK)).code, "store_failed")
        self.assertEqual(wire.ask(chunk(CHUNK))["next"], 2 * CHUNK)  # opened again, with one of its own
        self.stop(server)
        self.assertEqual(self.read("check", "night.db")[0], 0)


if __name__ == "__main__":
    unittest.main()
