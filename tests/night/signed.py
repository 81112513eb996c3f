"""What makes a night's draw a signed one: its servers' key and folders, where its number comes from, and what may become of it."""
import base64
import functools
import os
import re
import shutil
import subprocess
import sys
import time

import orders
from central import PROGRAM, ROOT, must
from history import need
from promises import Promises, text_of

sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers"), os.path.join(ROOT, "verifiers")]
import beacon  # noqa: E402
import maker  # noqa: E402

NAME, DRAW = "lottery.example/central", "1"
PULSE = "2999-01-01T22:00:00Z"  # a quarter of an hour after any cut-off, at least
APPROVERS = (maker.APPROVER, maker.APPROVER_2)
STATUS = {"fixed": 3, "manual": 3, "approved": 0, "beacon": 0}  # of `verify`: of the first two nothing shows how the number came
HOWS = tuple(STATUS)


@functools.cache
def nist():
    """A beacon, once for all nights: its key takes long to make."""
    return beacon.Beacon()


class Signing:
    def __init__(self, night, how):
        self.night, self.how, self.folder = night, how, f"{night.folder}/signing"
        self.papers = {}  # of the store: what is there stays
        self.has_lost = False  # a folder
        self.vkey = re.search(r"public key: (\S+)", must(night, "keys", "--dir", "keys", "--sign-name", NAME))[1]
        os.mkdir(self.folder)
        if how == "beacon":
            self.write("nist.pem", nist().certificate)

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def flags(self, server):
        """Of a server: each has a folder of its own."""
        flags = ["--sign-key", "keys/sign.key", "--sign-name", NAME, "--seal-dir", f"seals-{server.number}", "--number",
                 {"approved": "manual"}.get(self.how, self.how)]
        if self.how == "approved":
            flags += ["--approvals", str(len(APPROVERS)), "--approvers", ",".join(key.vkey.decode() for key in APPROVERS)]
        if self.how == "beacon":
            flags += ["--beacon-pulse", PULSE, "--beacon-cert", f"{self.folder}/nist.pem", "--witnesses", maker.WITNESS.vkey.decode()]
        return flags

    def promises(self, number):
        return Promises(number, f"{self.folder}/agency-{number}.receipts", self.is_kept)

    # The folders

    def kept(self, number):
        """What a server's folder has, by name; nothing that is being written."""
        folder = f"{self.night.folder}/seals-{number}/draw-{DRAW}"
        found = {}
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            if not name.startswith("."):
                with open(os.path.join(folder, name), "rb") as file:
                    found[name] = file.read()
        return found

    def all_kept(self):
        return [self.kept(server.number) for server in self.night.servers]

    def is_kept(self, port, note):
        """Whether that server's folder has the seal that it shows; cosignatures are in other files."""
        number, = (server.number for server in self.night.servers if port in server.ports)
        return note.startswith(self.kept(number).get("seal.note", b"-").decode())

    # What the store may become; history.py asks

    def is_whole(self, look, folders):
        """`folders` were read before the store was."""
        papers, state = look["papers"], look["state"]
        kinds = [kind for kind, _ in papers]
        need(look["forked_at"] is None and "fork" not in kinds, f"another seal was seen: {look}")
        need(look["rules"] == kinds.count("rules") > 0, f"the rules in part: {look}")
        need((look["root"] is not None) == (kinds.count("seal") == 1), f"a root without a seal, or the reverse: {look}")
        need(look["root"] is None or state != "open", f"a seal of an open draw: {look}")
        need(state != "drawn" or look["root"] is not None, f"drawn without a seal: {look}")
        need((state == "drawn") == (kinds.count("result") == 1), f"a draw without a result, or the reverse: {look}")
        need(all(papers.get(name) == body for name, body in self.papers.items()), f"a paper has changed, or is gone: {look}")
        self.papers = papers
        for folder in folders:
            for name, data in folder.items():
                need(name == "seal.json" or papers.get(self.stored_as(name)) == data, f"a folder has {name}, and the store has not: {look}")
        need(state != "drawn" or self.has_lost or any("seal.note" in folder for folder in self.all_kept()),
             f"drawn, and no folder has the seal: {look}")

    @staticmethod
    def stored_as(name):
        """Kind and number, of a file's name."""
        kind, number = re.fullmatch(r"([a-z]+)-?(\d*)\.(?:note|json|tsr)", name).groups()
        return kind, int(number or 0)

    # From the seal to the number

    def approve(self, number):
        """The flags of a draw."""
        flags = []
        for key in APPROVERS if self.how == "approved" else ():
            text = b"quiniela approval v1\n%s\nseal %s\nnumber %04d\n" % (
                f"{NAME}/{DRAW}".encode(), maker.b64(maker.sha256(self.seal_text())), number)
            flags += ["--approval", self.write(f"approval-{len(flags)}.note", maker.note(text, key))]
        return flags

    def seal_text(self):
        return text_of(self.papers["seal", 0].decode()).encode()

    def witness(self):
        """The order that gives the witness' cosignature."""
        note = self.papers["seal", 0] + maker.WITNESS.cosign(self.seal_text(), int(time.time()))
        return orders.Order(("seal", "--add", self.write("cosigned.note", note)),
                            lambda look: ("cosignature", 0) in look["papers"], is_single=True)

    def pulse(self):
        """The draw's order, and the number that comes of it."""
        path = self.write("pulse.json", nist().pulse(PULSE.replace("Z", ".000Z")))
        number = maker.derived(self.seal_text(), nist().output)
        return orders.Order(("draw", "--pulse", path, "--yes"), orders.draw(number).is_done, is_single=True), number

    # The end

    def are_complete(self, look):
        """Whether every folder has all that is stored."""
        return all({self.stored_as(name) for name in folder} >= set(look["papers"]) and "seal.json" in folder
                   for folder in self.all_kept())

    def check(self, number):
        """All folders, stores and agencies have one seal, one number, one result; every receipt is kept; both verifiers say so."""
        look = self.night.history.look()
        folders = self.all_kept()
        need(all(folder == folders[0] for folder in folders), f"the folders differ: {[sorted(folder) for folder in folders]}")
        names = {f"{kind}-{place}.note" for kind, place in look["papers"] if kind in ("rules", "approval", "cosignature")}
        names |= {"seal.note", "seal.json", "result.note", *["pulse.json"] * (self.how == "beacon")}
        need(set(folders[0]) == names, f"a folder should have {sorted(names)}, and has {sorted(folders[0])}")
        need(f"\nnumber {number:04}\n".encode() in folders[0]["result.note"], f"the result is {folders[0]['result.note']}")
        self.check_agencies(folders[0])
        self.verify()

    def check_agencies(self, folder):
        asking = [agency for agency in self.night.agencies.values() if agency.promises and agency.winners is not None]
        need(asking, "nobody has asked for the seal")
        for agency in asking:
            promises = agency.promises
            need(text_of(promises.seal) == text_of(folder["seal.note"].decode()), f"agency {agency.number} was shown {promises.seal}")
            need(promises.result == folder["result.note"].decode(), f"agency {agency.number} was told {promises.result}")
            need(promises.until >= agency.acknowledged[-1], f"agency {agency.number} has receipts of {promises.until} bets, and "
                 f"{agency.acknowledged[-1]} are acknowledged")
        self.night.receipts += sum(agency.promises.count for agency in asking)

    def verify_flags(self):
        night, folder = self.night, f"seals-0/draw-{DRAW}"
        look = night.history.before
        flags = ["--key", self.vkey, "--seal-json", f"{folder}/seal.json",
                 "--secret", self.write("secret.txt", base64.b64encode(look.secret) + b"\n"),
                 "--export", self.write("export.csv", must(night, "export", "--store", night.store.address).encode()),
                 "--winners", self.write("winners.csv", must(night, "winners", "--store", night.store.address, "--csv").encode())]
        for kind, place in sorted(look["papers"]):
            if kind in ("rules", "approval", "cosignature"):
                flags += ["--" + {"cosignature": "seal"}.get(kind, kind), f"{folder}/{kind}-{place}.note"]
        if self.how == "beacon":
            flags += ["--pulse", f"{folder}/pulse.json", "--nist-cert", f"{self.folder}/nist.pem"]
        for server in night.servers:
            flags += ["--seal", f"seals-{server.number}/draw-{DRAW}/seal.note"]
        flags += ["--result", f"{folder}/result.note"]
        for number, agency in night.agencies.items():
            if agency.promises and agency.promises.seal:
                flags += ["--seal", self.write(f"agency-{number}.seal", agency.promises.seal.encode())]
        receipts = [f"{self.folder}/{name}" for name in os.listdir(self.folder) if name.endswith(".receipts")]
        return flags + [flag for path in sorted(receipts) if os.path.getsize(path) for flag in ("--receipts", path)]

    def verify(self):
        flags, said = self.verify_flags(), []
        for program in (PROGRAM, "verify"), (sys.executable, "-S", f"{ROOT}/verifiers/verify.py"):
            done = subprocess.run([*program, *flags], cwd=self.night.folder, capture_output=True, text=True, check=False)
            said.append(done.stdout)
            need(done.returncode == STATUS[self.how], f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}")
        need(said[0] == said[1], f"the verifiers differ: {said}")

    def lose_folder(self, number):
        """Of a server that does not run."""
        self.has_lost = True
        shutil.rmtree(f"{self.night.folder}/seals-{number}")
