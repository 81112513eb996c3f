"""What becomes of the log: as JSON, in a file, and when that file is rotated or its disk is full."""
import glob
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import unittest

from harness import Agency, Process, Server, Story, Wire, until

LOGROTATE = shutil.which("logrotate", path=os.environ.get("PATH", "") + ":/usr/sbin")
DISK_BYTES = 64 << 10
LISTENS = r"action\W+listen.*\bport\W+(\d+)\W+consult_port\W+(\d+)"  # in both formats

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def unique(pairs):
    """An object, none of whose keys comes twice."""
    assert len({key for key, _ in pairs}) == len(pairs), f"expected each key once, came {pairs}"
    return dict(pairs)


def objects(text):
    """What each line says; each has to be an object of its own."""
    found = [json.loads(line, object_pairs_hook=unique) for line in text.splitlines()]
    for line in found:
        assert re.fullmatch(TIME, line["time"]), f"expected a UTC time with milliseconds, came {line}"
        assert all(isinstance(value, str) for value in line.values()), f"expected strings, came {line}"
    return found


class Json(Story):
    def fields(self, *lines):
        """Each line of a text log: level, action, result, and the rest by key."""
        return [{"level": match[1], **dict(field.split(": ", 1) for field in match[2].split(" | "))}
                for match in (re.match(r"\S+ \S+ (\w+) +(.*)", line) for line in lines)]

    def test_a_lottery_says_the_same_in_both_formats(self):
        self.sample([30, 20], [2, 1])
        said = {}
        for form in "text", "json":
            server = Process(self, ["server", "--log-format", form, "--agencies", 2, "--store", f"{form}.db", "--server-port", 0,
                                    "--consult-server-port", 0])
            listens = server.wait_for(LISTENS)
            ports = int(listens[1]), int(listens[2])
            clients = [Agency(self, number, ports, environment={"CLI_LOG_FORMAT": form}) for number in (1, 2)]
            self.assertEqual([client.wait() for client in clients], [0, 0])
            server.signal(15)
            self.assertEqual(server.wait(), 0)
            for name, program in ("server", server), ("client", clients[0]):
                lines = objects(program.log()) if form == "json" else self.fields(*program.log().splitlines())
                said[form, name] = {(line["action"], line["result"], line["level"], *sorted(set(line) - {"time"})) for line in lines}
        for name in "server", "client":
            self.assertEqual(said["text", name], said["json", name])



class Filed(Story):
    """A server whose log is in a file."""

    def serve(self, *flags, path="log/server.log", **how):
        os.makedirs(os.path.join(self.folder, "log"), exist_ok=True)
        self.path = os.path.join(self.folder, path)
        self.server = Process(self, ["server", "--log-file", path, "--agencies", 2, "--store", "quiniela.db", "--server-port", 0,
                                     "--consult-server-port", 0, *flags], **how)
        listens = self.wait_for(LISTENS)
        self.ports = int(listens[1]), int(listens[2])

    def text(self, path=None):
        try:
            with open(path or self.path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def wait_for(self, pattern, path=None):
        def found():
            if self.server.process.poll() is not None:
                raise AssertionError(f"the server ended before {pattern!r} came; {self.server.whole_log()}{self.text(path)}")
            return re.search(pattern, self.text(path))
        return until(found, f"{pattern!r} in {path or self.path}, which has:\n{self.text(path)}")

    def send(self, agency, number, first=0):
        wire = Wire(self, self.ports[0])
        answer = wire.ask({"type_message": 1, "agency": str(agency), "payload": [f"Ana,Gil,{number},1990-01-01,1"], "first": first})
        self.assertEqual(answer.kind, "processed")

    def stop(self):
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)


class File(Filed):
    def test_all_lines_go_into_the_file(self):
        self.serve()
        self.send(1, 10000001)
        self.stop()
        self.assertEqual(self.server.log(), "\n", "expected nothing on standard output")
        self.assertRegex(self.text(), r"\A\S+ \S+ INFO     action: config [^\0]*action: apuesta_almacenada[^\0]*action: end_server .*\n\Z")
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)

    def test_a_client_has_one_too(self):
        self.sample([3], [0])
        server = Server(self, agencies=1)
        client = Agency(self, 1, server.ports, "--log-file", "client.log")
        self.assertEqual(client.wait(), 0)
        self.assertEqual(client.log(), "\n", "expected nothing on standard output")
        self.assertRegex(self.text(os.path.join(self.folder, "client.log")), r"action: config [^\0]*action: end_client_loop \| result: success\n\Z")

    def test_a_file_that_cannot_be_opened_at_the_start(self):
        self.sample([3], [0])
        os.makedirs(os.path.join(self.folder, "a-folder"))
        os.mkfifo(os.path.join(self.folder, "a-pipe"))
        with open(os.path.join(self.folder, "audit.log"), "w", encoding="ascii") as file:
            file.write('{"n":1,"at":')
        with open(os.path.join(self.folder, "client.yaml"), "w", encoding="ascii") as file:
            file.write("id: 1\n")
        server = ["server", "--store", "quiniela.db"]
        client = ["client", "--id", 1]
        tls = ["--tls-cert", "agency-1.crt", "--tls-key", "agency-1.key", "--tls-ca", "ca.crt"]
        for flags, expected in [
                ([*server, "--log-file", "nowhere/log"], r"--log-file: nowhere/log: .*No such file or directory\n"),
                ([*server, "--log-file", "a-folder"], r"--log-file: .*/a-folder: Is a directory\n"),
                ([*server, "--log-file", "a-pipe"], r"--log-file: .*/a-pipe: is not a regular file\n"),
                ([*server, "--log-file", "audit.log"], r"--log-file: audit.log: is an audit log.*\n"),
                ([*server, "--log-file", "x", "--audit-log", "x"], r".*they are one file.*\n"),
                ([*server, "--log-file", "quiniela.db"], r".*they are one file.*\n"),
                ([*client, "--log-file", "nowhere/log"], r"--log-file: nowhere/log: .*No such file or directory\n"),
                ([*client, "--log-file", "data/agency-1.csv"], r"--log-file: data/agency-1.csv is a file that the agency uses otherwise\n"),
                ([*client, "--config", "client.yaml", "--log-file", "./client.yaml"], r"--log-file: ./client.yaml is a file that the .*\n"),
                ([*client, *tls, "--log-file", "agency-1.key"], r"--log-file: agency-1.key is a file that the agency uses otherwise\n")]:
            with self.subTest(flags=flags):
                status, log, errors = self.run_program(*flags)
                self.assertIn(status, (1, 2))
                self.assertRegex(errors, r"\Aquiniela (server|client): " + expected + r"\Z")
                self.assertEqual(log, "\n")

    def test_a_read_only_disk(self):
        self.mount("-t", "tmpfs", "-o", "ro", "tmpfs")
        status, _, errors = self.run_program("server", "--store", "quiniela.db", "--log-file", "disk/server.log")
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"--log-file: .*disk/server.log: Read-only file system\n")

    def test_a_full_disk(self):
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        self.serve("--log-format", "json", path="disk/server.log")
        ballast = os.path.join(self.disk, "ballast")
        with self.assertRaises(OSError), open(ballast, "wb", buffering=0) as file:
            for _ in range(DISK_BYTES // 512 + 1):
                file.write(b"x" * 512)
        for number in range(60):
            self.send(1, 10000000 + number, first=number)
        until(self.is_filled, "the log's thread to have found the disk full")
        os.unlink(ballast)
        self.send(1, 10000060, first=60)
        lost = int(self.wait_for(r'"error":"No space left on device","lines_lost":"(\d+)"')[1])
        self.wait_for('"10000060"')
        self.stop()
        self.assert_whole_or_torn_once()
        numbers = {int(number) for number in re.findall(r'"dni":"(\d+)"', self.text())}
        self.assertTrue(lost > 0 and len(numbers) < 61, f"expected some of 61 to be missing, came {len(numbers)}; lost: {lost}")

    def is_filled(self):
        """The file up to the end of its last page; and nothing is left that its thread, which sleeps, was to write."""
        for folder in glob.glob(f"/proc/{self.server.process.pid}/task/*"):
            with open(folder + "/stat", encoding="utf-8") as file:
                name, state = re.search(r"\((.*)\) (\w)", file.read()).groups()
            if name == "log":
                return state == "S" and os.path.getsize(self.path) % resource.getpagesize() == 0
        raise AssertionError("the server has no thread that writes its log")

    def assert_whole_or_torn_once(self):
        torn = []
        for line in self.text().splitlines():
            try:
                json.loads(line)
            except ValueError:
                torn.append(line)
        self.assertLessEqual(len(torn), 1, f"expected at most one line that the full disk cut off, came {torn}")

    def mount(self, *arguments):
        """A file system of the story's own, on `disk`."""
        self.disk = os.path.join(self.folder, "disk")
        os.makedirs(self.disk)
        done = subprocess.run(["mount", *arguments, self.disk], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"nothing can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], capture_output=True, check=False)


class Rotated(Filed):
    def reload(self, path=None):
        """Has the server open its file again, and waits until it says so, in the file of that name."""
        self.server.signal(signal.SIGHUP)
        return self.wait_for("action: log .*(?=\n)", path)[0]

    def test_a_file_that_is_moved_away(self):
        self.serve()
        old = self.path + ".1"
        os.rename(self.path, old)
        self.send(1, 10000001)
        self.wait_for("dni: 10000001", old)  # it is written on until the server is told
        self.assertRegex(self.reload(), r"result: success \| file: \S+/log/server.log \| message: opened again")
        kept = self.text(old)
        self.send(1, 10000002, first=1)
        self.wait_for("dni: 10000002")
        self.stop()
        self.assertEqual(self.text(old), kept)

    def test_a_start_that_fails_is_told_to_who_made_it(self):
        os.mkdir(os.path.join(self.folder, "a-folder"))
        status, printed, errors = self.run_program("server", "--log-file", "log", "--audit-log", "a-folder", "--server-port", 0,
                                                   "--consult-server-port", 0)
        self.assertEqual((status, printed.strip()), (1, ""))
        self.assertRegex(errors, r"^quiniela server: --audit-log: .*a-folder: Is a directory\n$")

    def test_a_name_that_cannot_be_opened(self):
        self.serve()
        old = self.path + ".1"
        os.rename(self.path, old)
        os.mkdir(self.path)
        self.assertRegex(self.reload(old), r"result: fail .*Is a directory; the file that was open stays in use")
        self.send(1, 10000001)
        self.wait_for("dni: 10000001", old)
        os.rmdir(self.path)
        self.reload()
        self.stop()

    def test_reload_answers_what_could_not_be_opened(self):
        self.serve("--audit-log", "log/audit.log")
        audit = os.path.join(self.folder, "log/audit.log")
        logs = {"the log stays in the file that was open": self.path, "the audit log could not be opened again": audit}
        for path in logs.values():
            os.rename(path, path + ".1")
            os.mkdir(path)
        for says, path in logs.items():
            status, printed, errors = self.run_program("reload")
            self.assertEqual((status, printed), (1, "\n"), "expected reload to fail while a log could not be opened")
            self.assertRegex(errors, rf"\Aquiniela reload: .*{says}: {os.path.realpath(path)}: Is a directory.*\n\Z")
            os.rmdir(path)
        self.assertIn("message: opened again", self.text(), "expected the log to be opened again though the audit log was not")
        self.assertEqual(self.run_program("reload"), (0, "reloaded\n", ""))
        self.stop()
        self.assertEqual(self.run_program("verify", audit + ".1", audit)[0], 0)
        with open(audit + ".1", encoding="utf-8") as file:
            orders = [record["result"] for record in map(json.loads, file) if record["event"] == "order"]
        self.assertEqual(orders, ["system", "system"], "expected the refused orders in the file that was moved away")

    def test_as_another_user(self):
        if os.getuid() != 0:
            self.skipTest("only root becomes another user")
        os.chmod(self.folder, 0o755)
        for name in "log", "store":
            os.mkdir(os.path.join(self.folder, name))
            os.chown(os.path.join(self.folder, name), 65534, 65534)
        self.serve("--user", "65534", "--store", os.path.join(self.folder, "store/quiniela.db"))
        self.assertEqual(os.stat(self.path).st_uid, 65534)
        os.rename(self.path, self.path + ".1")
        self.reload()
        self.assertEqual(os.stat(self.path).st_uid, 65534)
        self.stop()

    @unittest.skipUnless(LOGROTATE, "logrotate is not installed (script/bootstrap test)")
    def test_by_logrotate(self):
        self.serve("--audit-log", "log/audit.log")
        audit = os.path.join(self.folder, "log/audit.log")
        config = os.path.join(self.folder, "rotate.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"{self.path} {audit} {{\n  su root root\n  rotate 9\n  nocreate\n  sharedscripts\n  postrotate\n"
                       f"    kill -HUP {self.server.process.pid}\n  endscript\n}}\n")
        for number in range(3):
            self.send(1, 10000000 + number, first=number)
            self.wait_for(f"dni: {10000000 + number}")
            subprocess.run([LOGROTATE, "--force", "--state", os.path.join(self.folder, "state"), config], check=True)
            self.wait_for("message: opened again")
            self.wait_for(r"action: audit \| result: success .*reason: moved")
        self.stop()
        status, _, errors = self.run_program("verify", *(f"{audit}.{number}" for number in (3, 2, 1)), audit)
        self.assertEqual((status, errors), (0, ""))
        for number in range(3):
            self.assertIn(f"dni: {10000002 - number}", self.text(f"{self.path}.{number + 1}"))
        self.assertIn("action: end_server", self.text())


if __name__ == "__main__":
    unittest.main()
