"""What an operator pastes, or takes from the server's file of settings, reaches the draw that is meant."""
import os
import re
import shlex
import subprocess
import unittest

from harness import PROGRAM, STORES, Server, hang_s
from test_orders import bet
from test_status import Status


class Pasting(Status):
    def paste(self, command):
        words = shlex.split(command)
        self.assertEqual(words[0], "quiniela", command)
        environment = {name: value for name, value in os.environ.items() if name not in ("STORE", "DRAW", "CONTROL")}
        done = subprocess.run([PROGRAM, *words[1:]], cwd="/", env={**environment, "RUNTIME_DIRECTORY": self.folder},
                              capture_output=True, text=True, timeout=hang_s(), check=False)
        return done.returncode, done.stdout + done.stderr

    def commands(self, *flags):
        return re.findall("`(.*?)`", self.state(*flags)["next"]["text"])

    def night(self, draw, store="night.db", **how):
        server = Server(self, "--draw", draw, "--number", "manual", agencies=2, store=store, servers=1, **how)
        self.assert_taken(self.send(server, 1, [bet(1)], last=True), 1)
        return server


class Pasted(Pasting):
    """The commands of status' last line, in another folder, and without its settings."""

    def test_they_have_the_flags(self):
        self.night("a night's draw")
        finish, close = self.commands("--store", "night.db", "--draw", "a night's draw")
        status, said = self.paste(close)
        self.assertEqual((status, "cut off, with the bets that they have sent: 2" in said), (2, True), said)
        status, said = self.paste(finish + " --yes")
        self.assertEqual(status, 0, said)
        draw, = self.commands("--store", "night.db", "--draw", "a night's draw")
        status, said = self.paste(draw.replace("NNNN", "7574") + " --yes")
        self.assertEqual(status, 0, said)

    def test_they_have_what_was_in_the_environment(self):
        self.night("friday", "quiniela.db")
        settings = {"RUNTIME_DIRECTORY": self.folder, "STORE": self.store("quiniela.db"), "DRAW": "friday"}
        status, said, errors = self.run_program("status", environment=settings)
        self.assertEqual((status, errors), (0, ""))
        finish, _ = re.findall("`(.*?)`", said)
        status, said = self.paste(finish)
        self.assertEqual((status, "agency 2 ends with the 0 bets" in said), (2, True), said)

    def test_there_are_none_where_nothing_was_given(self):
        if STORES.is_shared:
            self.skipTest("SKIPPED: the store is always given")
        self.night("1", "quiniela.db")
        self.assertEqual(self.commands(), ["quiniela finish --agency 2", "quiniela close"])


class File(Pasting):
    def write(self, **more):
        store = self.store("night.db")
        settings = {"STORE": store if STORES.is_shared else f"{self.folder}/{store}", "DRAW": "friday", "SERVER_PORT": 0, "CONSULT_SERVER_PORT": 0,
                    "AGENCIES": 2, "NUMBER": "manual", "LOGGING_LEVEL": "INFO", **more}
        with open(f"{self.folder}/config.ini", "w", encoding="utf-8") as file:
            file.writelines(["[DEFAULT]\n", *(f"{key} = {value}\n" for key, value in settings.items())])

    def order(self, *arguments, status=0):
        """With nothing but the file."""
        environment = {"RUNTIME_DIRECTORY": self.folder, "STORE": ""}
        found, printed, errors = self.run_program(*arguments, "--config", "config.ini", environment=environment)
        self.assertEqual(found, status, printed + errors)
        return printed.strip("\n") + errors

    def test_a_night(self):
        self.write()
        self.night("friday")
        self.assertRegex(self.order("status"), "^Draw friday: open\n")
        finish, _ = self.commands()
        self.assertEqual(finish, f"quiniela finish --config {self.folder}/config.ini --agency 2")
        self.assertIn("agency 2 ends with the 0 bets", self.paste(finish)[1])
        self.assertIn("changed", self.order("change", "--close-at", "2998-01-01T21:00Z"))
        self.order("reset", "--agency", "1", "--yes")
        self.order("finish", "--agency", "1", "--yes")
        self.order("close", "--yes")
        self.order("draw", "--number", "7574", "--yes")
        self.assertRegex(self.order("winners"), "^Draw friday: drawn, winning number 7574\n")
        self.assertIn("friday", self.order("draws"))
        self.order("export")
        self.assertEqual(self.order("reload"), "reloaded")
        self.assertIn("the server has ended", self.order("drain"))

    def test_what_reads_the_store_itself(self):
        self.write()
        server = self.night("friday")
        self.assertIn("draw friday: good", self.order("check"))
        if not STORES.is_shared:
            self.order("backup", "--to", "copy.db")
        for order in "close", "draw":
            self.order(order, "--yes", *(["--number", "7574"] if order == "draw" else []))
        if not STORES.is_shared:
            self.assertIn("night.db: another server works on this store", self.order("restore", "copy.db", status=1))
        self.order("drain")
        self.assertEqual(server.wait(), 0)
        self.assertIn("night.db" if not STORES.is_shared else "postgresql://", self.order("upgrade"))
        self.assertIn("which one? Say --draw NAME", self.order("erase", status=2))
        self.assertIn("draw friday: would be erased: 1 bets", self.order("erase", "--draw", "friday", status=2))

    def test_a_flag_counts_more(self):
        self.write()
        self.night("other")
        self.assertRegex(self.order("status", "--draw", "other"), "^Draw other: open\n")
        self.assertEqual(self.commands("--draw", "other")[1], f"quiniela close --config {self.folder}/config.ini --draw other")

    def test_a_path_in_it_that_is_relative(self):
        """It is the server's: in this folder it may lead to another server, whose draw this order is not for."""
        if STORES.is_shared:
            self.skipTest("SKIPPED: the store is no file")
        self.night("friday", "quiniela.db")
        for store, said in (("quiniela.db", r"config\.ini:2: STORE: quiniela\.db: "), ("", r"config\.ini: STORE: quiniela\.db \(it is not set\): ")):
            self.write(STORE=store)
            for order in (["close", "--yes"], ["finish", "--agency", "2"], ["status"], ["winners"], ["draws"], ["export"], ["drain"]):
                self.assertRegex(self.order(*order, status=2), said + "only the server knows .* write an absolute one there")
        self.write(CONTROL="quiniela.db.control")
        self.assertRegex(self.order("close", status=2), r"config\.ini:\d+: CONTROL: quiniela\.db\.control: only the server knows")
        self.write(STORE="quiniela.db")
        self.assertRegex(self.order("status", "--store", "quiniela.db"), "^Draw friday: open\n")

    def test_one_that_is_no_file(self):
        """A command at night does not wait for it."""
        os.mkfifo(f"{self.folder}/config.ini")
        self.assertIn("config.ini: is not a regular file", self.order("close", status=2))
        os.remove(f"{self.folder}/config.ini")
        os.symlink("/dev/zero", f"{self.folder}/config.ini")
        self.assertIn("config.ini: is not a regular file", self.order("close", status=2))

    def test_one_that_has_a_mistake(self):
        self.write(DRWA="friday")
        self.assertRegex(self.order("close", status=2), r"config\.ini:9: DRWA: there is no such key; did you mean DRAW\?")


if __name__ == "__main__":
    unittest.main()
