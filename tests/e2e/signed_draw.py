"""A signed draw in a story: its server's key, orders, its folder, and both verifiers' word about its files."""
import json
import os
import re
import subprocess
import sys

from harness import PROGRAM, ROOT, SERVERS, STORES, Agency, Server, Story, Wire, until

sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers"), os.path.join(ROOT, "verifiers")]
import beacon  # noqa: E402
import maker  # noqa: E402

NAME, DRAW = "lottery.example/central", "2026-11-25"
ORIGIN = f"{NAME}/{DRAW}"


class SignedStory(Story):
    def setUp(self):
        super().setUp()
        self.vkey = self.made_key("keys", NAME)

    def made_key(self, folder, name):
        """Makes a key, and gives its public one."""
        status, printed, errors = self.run_program("keys", "--dir", folder, "--sign-name", name)
        self.assertEqual(status, 0, errors)
        return re.search(r"public key: (\S+)", printed)[1]

    # The night -----------------------------------------------------------------------------------------------

    def serve(self, *flags, agencies=3, **how):
        """With an audit log where it is one server."""
        audit = ["--audit-log", "audit.log"] if SERVERS == 1 else []
        return Server(self, "--draw", DRAW, "--sign-key", "keys/sign.key", "--sign-name", NAME, "--seal-dir", "seals",
                      *audit, *flags, agencies=agencies, **how)

    def send_all(self, server, sizes=(30, 5, 12), winners=(2, 1, 0), wait=True):
        """Every agency sends its file; with `wait` until it has its winners."""
        self.sample(sizes, winners)
        agencies = [Agency(self, number + 1, server.ports, "--chunk-size", max(10, max(sizes) // 100)) for number in range(len(sizes))]
        if wait:
            for agency in agencies:
                self.assertEqual(agency.wait(), 0, agency.log())
        return agencies

    def order(self, *arguments, status=0):
        environment = {"RUNTIME_DIRECTORY": self.folder}
        found, printed, errors = self.run_program(*arguments, "--draw", DRAW, environment=environment)
        self.assertEqual(found, status, printed + errors)
        return printed + errors

    def seal(self):
        """The seal's note, once it is there."""
        def ask():
            status, printed, _ = self.run_program("seal", "--draw", DRAW, "--json", environment={"RUNTIME_DIRECTORY": self.folder})
            return json.loads(printed)["note"].encode() if status == 0 else None
        return until(ask, "the seal")

    def kept(self):
        """The files of the draw's folder."""
        return sorted(os.listdir(self.path("seals", f"draw-{DRAW}")))

    def assert_kept(self, names):
        """The folder has these files: once every server has ended what it computes, and what it writes. No file goes away again."""
        until(lambda: len(self.kept()) >= len(names) and not any(name.startswith(".") for name in self.kept()), f"{names} to be kept")
        self.assertEqual(self.kept(), names)

    def kept_file(self, name):
        return os.path.join("seals", f"draw-{DRAW}", name)

    def other_seal(self, seals="seals"):
        """The one that was found, once it is kept: the log tells of it before."""
        name = os.path.join(seals, f"draw-{DRAW}", "fork-0.note")
        until(lambda: os.path.exists(self.path(name)), "the other seal")
        return self.read(name)

    def events(self):
        """Of the audit log."""
        with open(self.path("audit.log"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def count_events(self, name):
        return sum(event["event"] == name for event in self.events())

    def expect_event(self, name):
        """It is in the audit log once; there it comes after the line of the server's log."""
        until(lambda: self.count_events(name) > 0, f"the record {name!r}")
        self.assertEqual(self.count_events(name), 1)

    def winners(self, server, agency):
        return Wire(self, server.ports[1]).ask({"type_message": 3, "agency": agency})["payload"]

    def secret(self):
        """A file with the salts' secret, as an auditor has it."""
        in_hex = "hex(secret)" if STORES.in_files else "encode(secret, 'hex')"
        secret = bytes.fromhex(self.ask_store(f"SELECT {in_hex} FROM draws WHERE draw = '{DRAW}'"))
        return self.write("secret", maker.b64(secret) + b"\n")

    # What verifiers say --------------------------------------------------------------------------------------

    def assert_verified(self, *more, status=0):
        """Both say the same of what the folder has, and of the export."""
        exported, _, errors = self.run_program("export", "--draw", DRAW, "--output", "export.csv")
        self.assertEqual(exported, 0, errors)
        flags = ["--key", self.vkey, "--export", "export.csv", "--secret", self.secret(), "--seal-json", self.kept_file("seal.json")]
        for name in self.kept():
            kind = re.match(r"(rules|approval|result|seal|cosignature|timestamp|pulse)[^/]*\.(note|tsr)|pulse\.json$", name)
            if kind:
                flag = {"cosignature": "seal", "timestamp": "token", None: "pulse"}.get(kind[1], kind[1])
                flags += ["--" + flag, self.kept_file(name)]
        printed = []
        for program in ([PROGRAM, "verify"], [sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")]):
            done = subprocess.run([*program, *flags, *more], cwd=self.folder, capture_output=True, text=True, check=False)
            printed.append(done.stdout)
            self.assertEqual(done.returncode, status, f"{program}: {done.stdout}{done.stderr}{self.logs()}")
        self.assertEqual(*printed)
        return printed[0]


__all__ = ["DRAW", "NAME", "ORIGIN", "SignedStory", "beacon", "maker"]
