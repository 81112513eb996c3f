"""The verifier in Python says what holds, what is false, and what was not checked."""
import errno
import json
import os
import re
import resource
import signal
import subprocess
import sys
import unittest
from unittest import mock

import beacon
import maker
from asking import OTHER, Asking

CLOSE, PULSE_AT = 1795640400, 1795642200  # 2026-11-25T21:00:00Z and half an hour later, which is when the test's pulse is


class Started(Asking):
    """As a process of its own: each exit status once."""
    PROCESS = True

    def test_each_status(self):
        self.ask(0, seal=self.draw.seal(), seal_2=self.draw.seal())
        self.ask(3, seal=self.draw.seal())
        self.ask(1, seal=self.draw.seal()[:-1])
        self.ask(2)


class OwnFaults(Asking):
    """What goes wrong in the verifier itself, or around it, says nothing of the draw: 2, and never 1."""
    VERIFIER = os.path.join(maker.ROOT, "verifiers", "verify.py")

    def start(self, *words, **more):
        given = ["--key", maker.SERVER.vkey.decode(), "--rules", self.write("rules", self.draw.rules())]
        return subprocess.run([*(OTHER or [sys.executable, self.VERIFIER]), *(words or given)], cwd=self.folder, check=False, timeout=60,
                              **more).returncode

    def test_outputs_that_cannot_be_written(self):
        self.assertEqual(self.start(stdout=subprocess.DEVNULL), 0)
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.start(stdout=full, stderr=subprocess.DEVNULL), 2)
            self.assertEqual(self.start(stdout=full, stderr=full), 2)
            self.assertEqual(self.start("--seal", "nowhere", stderr=full), 2)
            self.assertEqual(self.start("--seals", stderr=full), 2)
        self.assertEqual(self.start(stderr=subprocess.DEVNULL, preexec_fn=lambda: os.close(1)), 2)

    def test_more_files_than_may_be_open(self):
        """It opens as many as it may at all, and a run out of them says nothing of the draw."""
        seals = [word for number in range(60) for word in ("--seal", self.write(f"seal-{number}", self.draw.seal()))]
        key, most = ["--key", maker.SERVER.vkey.decode()], resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        for limits, status in ((40, most), 0), ((40, 40), 2):
            done = subprocess.run([*(OTHER or [sys.executable, self.VERIFIER]), *key, *seals], capture_output=True, check=False, timeout=60,
                                  preexec_fn=lambda limits=limits: resource.setrlimit(resource.RLIMIT_NOFILE, limits))
            self.assertEqual(done.returncode, status, done)
        self.assertIn(b"too many open files: this process may have 40", done.stderr)
        self.assertEqual(done.stdout, b"")

    @unittest.skipIf(OTHER, "is about the one in Python")
    def test_no_room_for_a_file_of_its_own(self):
        authority = beacon.Authority()
        self.addCleanup(authority.folder.cleanup)
        draw = maker.Draw(tsas=[authority.fingerprint])
        with mock.patch("tempfile.TemporaryDirectory", side_effect=OSError(errno.ENOSPC, "No usable temporary directory")):
            said = self.ask(2, rules=draw.rules(), seal=draw.seal(), token=b"0\0", tsa_cert=authority.certificate)
        self.assertEqual(said, "verify.py: No usable temporary directory\n")

    @unittest.skipIf(OTHER, "is about the one in Python")
    def test_what_nobody_thought_of(self):
        for fault in RuntimeError, MemoryError, RecursionError:
            text = f"import sys; sys.path[:0] = ['{os.path.dirname(self.VERIFIER)}']\n" \
                   f"from quiniela_verify import command\ndef check(given): raise {fault.__name__}\ncommand.check = check\ncommand.run()\n"
            done = subprocess.run([sys.executable, "-c", text, "--rules", self.write("rules", self.draw.rules())], capture_output=True,
                                  check=False, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(fault.__name__.encode(), done.stderr)

    @unittest.skipIf(OTHER, "is about the one in Python")
    def test_verify_py_alone(self):
        """Whoever copies only that one file is told what is missing."""
        with open(self.VERIFIER, "rb") as file:
            path = self.write("verify.py", file.read())
        done = subprocess.run([sys.executable, path, "--help"], capture_output=True, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertIn(b"must stand beside it", done.stderr)


class Statuses(Asking):
    def test_everything_holds(self):
        draw = maker.Draw(witnesses=[maker.WITNESS])
        said = self.ask(0, rules=draw.rules(), seal=draw.seal((maker.WITNESS, CLOSE)), seal_json=draw.seal_json(),
                        proof=draw.proof(5, 1), code=draw.code(1, 1), receipts=draw.receipt(1), approval=draw.approval(7),
                        result=draw.result(7), secret=maker.b64(draw.secret) + b"\n", export=draw.export())
        for words in (("ok", "key"), ("ok", "rules rules", "record 0"), ("ok", "seal seal"),
                      ("ok", "seals", "1 of the rules' witnesses"),
                      ("ok", "proof proof", "x,y,2,2000-01-01,9999"), ("ok", "code code", "Ana "),
                      ("ok", "receipts receipts, sealed"),
                      ("ok", "seal.json"), ("ok", "export", "its 6 bets"), ("ok", "approvals"),
                      ("ok", "winners", "2 bets are on 0007"),
                      ("note", "code code", "this bet wins"), ("note", "proof proof", "does not win"), ("not given", "--csv")):
            self.in_any_line(said, *words)
        self.assertTrue(said.endswith("Every claim holds (17).\n"), said)

    def test_a_single_proof(self):
        """Its seal may be one of two."""
        said = self.ask(3, proof=self.draw.proof(5, 1))
        self.in_any_line(said, "not checked", "seals", "there may be another")
        self.assertTrue(said.endswith("Nothing is false, but 1 of 2 claims were not checked.\n"), said)

    def test_no_key(self):
        self.in_any_line(self.ask(3, rules=self.draw.rules(), key=None), "not checked", "key", "vouches only for itself")
        self.in_any_line(self.ask(3, seal=self.draw.seal(), key=None), "not checked", "seal seal", "no key")

    def test_nothing_to_hold_against_anything(self):
        said = self.ask(2, "--agency", "1", salt_key=maker.b64(self.draw.key(1)) + b"\n")
        self.assertTrue(OTHER or "nothing was checked" in said, said)

    def test_something_is_false(self):
        said = self.ask(1, proof=self.draw.proof(5, 1).replace(b"9999", b"9998"))
        self.in_any_line(said, "FALSE", "proof proof", "does not lead to the seal")
        self.assertTrue(said.endswith("FALSE: 1 of 1 claims.\n"), said)

    def test_wrong_use(self):
        for arguments, word in (([], "nothing to check"), (["--key", "x"], "is no key"),
                                (["--key", maker.SERVER.vkey.decode().replace("+ceca", "+cecb")], "not its own"),
                                (["--seals", "x"], "unrecognized"),
                                (["--agency", "0", "--seal", "x"], "is no agency"),
                                (["--pulse", "x", "--pulse", "x"], "given twice"),
                                (["--csv", "x"], "--agency"), (["--csv", "x", "--agency", "1"], "--salt-key"),
                                (["--export", "x"], "--secret"),
                                (["--package", "x", "--secret", "x"], "of its own"), (["--manifest-hash", "0" * 64], "--package"),
                                (["--origin", "x", "--seal", "x"], "is no origin"), (["--seal", "nowhere"], "no such file"),
                                (["--package", "nowhere"], "nowhere")):
            said = self.run_it(2, *arguments)
            self.assertTrue(OTHER or word in said, said)

    def test_as_json(self):
        said = json.loads(self.ask(3, "--json", proof=self.draw.proof(5, 1)))
        self.assertEqual((said["exit"], said["origin"]), (3, maker.ORIGIN.decode()))
        self.assertEqual([claim["state"] for claim in said["claims"]][:2], ["ok", "not checked"])
        self.assertEqual(set(said["claims"][0]), {"state", "what", "why"})

    @unittest.skipIf(OTHER, "is about the one in Python")
    def test_from_one_file(self):
        """As an auditor would be handed it, and made as its first lines say: it tells the false from the true."""
        path, source = os.path.join(self.folder, "verify.pyz"), os.path.join(maker.ROOT, "verifiers")
        with open(os.path.join(source, "verify.py"), encoding="utf-8") as file:
            words = re.search(r"python3 (-m zipapp verifiers .*)", file.read())[1].split()
        subprocess.run([sys.executable, *[{"verifiers": source, "verify.pyz": path}.get(word, word) for word in words]], check=True)
        rules = self.draw.rules()
        for data, status in (rules, 0), (rules.replace(b"agencies 5", b"agencies 6"), 1), (None, 2):
            given = [] if data is None else ["--key", maker.SERVER.vkey.decode(), "--rules", self.write("rules", data)]
            done = subprocess.run([sys.executable, path, *given], capture_output=True, check=False)
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)


class Number(Asking):
    """A beacon's, with a witness and a time stamp; one that was fixed."""

    @classmethod
    def setUpClass(cls):
        cls.beacon = beacon.Beacon()
        cls.authority = beacon.Authority()
        cls.addClassCleanup(cls.authority.folder.cleanup)

    def beacon_draw(self):
        return maker.Draw(how="beacon", nist=self.beacon.named("2026-11-25T21:30:00Z"), witnesses=[maker.WITNESS],
                          tsas=[self.authority.fingerprint])

    def test_beacon(self):
        draw, stamp = self.beacon_draw(), "2026-11-25T21:30:00.000Z"
        pulse = self.beacon.pulse(stamp)
        drawn = maker.derived(draw.seal_text(), self.beacon.output)
        files = {"rules": draw.rules(), "seal": draw.seal((maker.WITNESS, PULSE_AT - 60)), "pulse": pulse,
                 "nist_cert": self.beacon.certificate}
        said = self.ask(0, **files, result=draw.result(drawn))
        self.in_any_line(said, "ok", "number", f"seal and pulse give {drawn:04}")
        self.in_any_line(said, "ok", "time", "witness.example/one", "2026-11-25T21:29:00Z")
        self.in_any_line(self.ask(1, **files, result=draw.result((drawn + 1) % 10000)), "FALSE", "number")
        late = {**files, "seal": draw.seal((maker.WITNESS, PULSE_AT - 59))}
        self.in_any_line(self.ask(1, **late, result=draw.result(drawn)), "FALSE", "time", "21:29:01Z")
        del files["nist_cert"]
        self.in_any_line(self.ask(3, **files, result=draw.result(drawn)), "not checked", "pulse", "--nist-cert")
        del files["pulse"]
        self.in_any_line(self.ask(3, **files, result=draw.result(drawn)), "not checked", "number", "no pulse")

    def test_another_pulse(self):
        draw = self.beacon_draw()
        files = {"rules": draw.rules(), "seal": draw.seal((maker.WITNESS, CLOSE)), "nist_cert": self.beacon.certificate}
        stamp = "2026-11-25T21:30:00.000Z"
        for pulse, word in ((self.beacon.pulse("2026-11-25T21:31:00.000Z"), "of another time"),
                            (self.beacon.pulse(stamp, chainIndex=3), "of chain 3"),
                            (self.beacon.pulse(stamp, period=1), "another period"),
                            (self.beacon.pulse(stamp, cipherSuite=1), "cipher suite"),
                            (self.beacon.pulse(stamp, certificateId="00" * 64), "another certificate"),
                            (self.beacon.pulse(stamp).replace(b'"pulseIndex": 7', b'"pulseIndex": 8'), "not its own")):
            self.in_any_line(self.ask(1, **files, pulse=pulse), "FALSE", "pulse", word)
        strange = self.beacon.pulse(stamp, certificateId="00" * 64)
        self.in_any_line(self.ask(1, rules=files["rules"], pulse=strange), "FALSE", "pulse", "than the rules name")
        other = beacon.Beacon()
        self.in_any_line(self.ask(1, **{**files, "nist_cert": other.certificate}, pulse=other.pulse(stamp)), "FALSE",
                         "nist certificate")
        forged = self.beacon.forged(stamp, other)
        self.in_any_line(self.ask(1, **files, pulse=forged), "FALSE", "pulse", "signature is wrong")

    def test_time_stamp(self):
        """A token of openssl's, whose time is now: far before the pulse of another draw, and after that of this one."""
        nist = self.beacon.named("9999-11-25T21:30:00Z")
        draw = maker.Draw(how="beacon", nist=nist, tsas=[self.authority.fingerprint], close="9999-11-25T21:00:00Z")
        seal, pulse = draw.seal(), self.beacon.pulse("9999-11-25T21:30:00.000Z")
        answer, token = self.authority.stamp(draw.seal_text())
        files = {"rules": draw.rules(), "seal": seal, "pulse": pulse, "nist_cert": self.beacon.certificate}
        for given in answer, token:
            said = self.ask(3, **files, token=given, tsa_cert=self.authority.certificate)
            self.in_any_line(said, "ok", "time", "token saw the seal")
            self.in_any_line(said, "not checked", "seals", "only one copy")  # a time stamp does not show that there is no other
        said = self.ask(3, **files, token=token)
        self.in_any_line(said, "not checked", "token", "no --tsa-cert to check it with")
        self.in_any_line(said, "not checked", "time", "a time stamp was not checked")
        self.in_any_line(self.ask(1, **files), "FALSE", "time", "no witness and no time stamp")
        for wrong in (self.authority.stamp(b"something else")[1], token + b"\0", token[:-1], b"", b"0\x00",
                      bytes([*token[:-9], token[-9] ^ 1, *token[-8:]])):
            self.in_any_line(self.ask(1, **files, token=wrong, tsa_cert=self.authority.certificate), "FALSE", "token", "the time stamp ")
        for wrong in self.authority.stamp(b"something else")[1], token[:-1], b"", b"0\x00":  # which no certificate would help
            said = self.ask(1, **files, token=wrong)
            self.in_any_line(said, "FALSE", "token", "the time stamp ")
            self.in_any_line(said, "FALSE", "time", "no witness and no time stamp")
        self.in_any_line(self.ask(1, **files, token=token, tsa_cert=self.beacon.certificate), "FALSE", "tsa certificate",
                         "none that the rules name")

    def test_a_time_stamp_of_another_authority(self):
        """Of two that the rules name: it is not checked without the certificate of its own, whichever else there is."""
        nist, other = self.beacon.named("9999-11-25T21:30:00Z"), beacon.Authority()
        self.addCleanup(other.folder.cleanup)
        draw = maker.Draw(how="beacon", nist=nist, tsas=sorted([self.authority.fingerprint, other.fingerprint]),
                          close="9999-11-25T21:00:00Z")
        files = {"rules": draw.rules(), "seal": draw.seal(), "pulse": self.beacon.pulse("9999-11-25T21:30:00.000Z"),
                 "nist_cert": self.beacon.certificate, "token": other.stamp(draw.seal_text())[1]}
        said = self.ask(3, **files, tsa_cert=self.authority.certificate)
        self.in_any_line(said, "not checked", "token", "the rules name another authority")
        self.in_any_line(said, "not checked", "time")
        both = {"tsa_cert": self.authority.certificate, "tsa_cert_2": other.certificate}
        self.in_any_line(self.ask(3, **files, **both), "ok", "time")
        self.in_any_line(self.ask(3, **files, token_2=self.authority.stamp(draw.seal_text())[1], tsa_cert=self.authority.certificate), "ok",
                         "time")
        for token in beacon.Authority.stamp(other, b"else")[1], files["token"][:-1]:
            said = self.ask(1, **{**files, "token": token}, **both)
            self.in_any_line(said, "FALSE", "token")
            self.in_any_line(said, "FALSE", "time")

    def test_a_time_stamp_that_the_rules_do_not_ask_for(self):
        """It counts for nothing, checked or not."""
        draw = maker.Draw(how="beacon", nist=self.beacon.named("2026-11-25T21:30:00Z"), witnesses=[maker.WITNESS])
        said = self.ask(1, rules=draw.rules(), seal=draw.seal(), pulse=self.beacon.pulse("2026-11-25T21:30:00.000Z"),
                        nist_cert=self.beacon.certificate, token=self.authority.stamp(draw.seal_text())[1])
        self.in_any_line(said, "FALSE", "time")

    def test_without_the_openssl_command(self):
        """What it would have checked is not checked."""
        draw = maker.Draw(tsas=[self.authority.fingerprint])
        _, token = self.authority.stamp(draw.seal_text())
        files = {"rules": draw.rules(), "seal": draw.seal(), "token": token, "tsa_cert": self.authority.certificate}
        self.in_any_line(self.ask(3, **files), "ok", "token")
        with mock.patch.dict(os.environ, {"PATH": self.folder}):
            said = self.ask(3, **files)
            self.in_any_line(said, "not checked", "tsa certificate", "no `openssl` command")
            self.in_any_line(said, "not checked", "token", "no `openssl` command")

    @unittest.skipIf(OTHER, "is about the one in Python")
    def test_a_beacon_without_the_openssl_command(self):
        """What it was not able to look at is not false."""
        draw = self.beacon_draw()
        files = {"rules": draw.rules(), "seal": draw.seal(), "token": self.authority.stamp(draw.seal_text())[1],
                 "tsa_cert": self.authority.certificate, "pulse": self.beacon.pulse("2026-11-25T21:30:00.000Z"),
                 "nist_cert": self.beacon.certificate}
        self.in_any_line(self.ask(1, **files), "FALSE", "time")  # it is of now
        with mock.patch.dict(os.environ, {"PATH": self.folder}):
            said = self.ask(3, **files)
        self.in_any_line(said, "not checked", "pulse", "no certificate (--nist-cert) that can be taken")
        self.in_any_line(said, "not checked", "time", "a time stamp was not checked")
        for script, words in ("kill -9 $$", "was ended by signal 9"), ("exec sleep 60", "took more than 0.5 s"):
            with open(self.write("openssl", f"#!/bin/sh\n{script}\n".encode()), "rb") as file:
                os.fchmod(file.fileno(), 0o700)
            with mock.patch.dict(os.environ, {"PATH": f"{self.folder}:/usr/bin:/bin"}), \
                    mock.patch("quiniela_verify.openssl.SECONDS_MAX", 0.5):
                self.in_any_line(self.ask(3, **files), "not checked", "tsa certificate", words)

    def test_the_real_pulse(self):
        """NIST's, of 2018; skipped where the known files are not."""
        pulse, certificate = maker.known("beacon/pulse-1-54610.json"), maker.known("beacon/certificate.pem")
        real = beacon.Named(certificate, chain=1)
        draw = maker.Draw(how="beacon", nist=real.named("2018-08-30T17:44:00Z"), close="2018-08-30T17:00:00Z",
                          witnesses=[maker.WITNESS])
        drawn = maker.derived(draw.seal_text(), maker.OUTPUT)
        said = self.ask(0, rules=draw.rules(), seal=draw.seal((maker.WITNESS, 1535650000)), pulse=pulse, nist_cert=certificate,
                        result=draw.result(drawn))
        self.in_any_line(said, "ok", "pulse", "of 2018-08-30T17:44:00.000Z, chain 1, index 54610", "signed")

    def test_fixed(self):
        draw = maker.Draw(how="fixed")
        self.in_any_line(self.ask(3, rules=draw.rules(), seal=draw.seal(), seal_2=draw.seal(), result=draw.result(7)),
                         "not checked", "number", "fixed")
        self.ask(0, rules=draw.rules(), seal=draw.seal(), seal_2=draw.seal())

    def test_approvals(self):
        draw = maker.Draw(approvals=2, approvers=[maker.APPROVER, maker.APPROVER_2])
        files = {"rules": draw.rules(), "seal": draw.seal(), "seal_2": draw.seal(), "result": draw.result(7)}
        one, two = draw.approval(7, maker.APPROVER), draw.approval(7, maker.APPROVER_2)
        self.in_any_line(self.ask(0, **files, approval=one, approval_2=two), "ok", "approvals", "2 approvers")
        self.ask(0, **files, approval=draw.approval(7, maker.APPROVER, maker.APPROVER_2))
        self.in_any_line(self.ask(3, **files), "not checked", "approvals", "ask for 2")
        for approvals, words in (([one], ("approvals", "1 are for 0007")), ([one, one], ("given twice",)),
                                 ([one, draw.approval(8, maker.APPROVER)], ("two numbers", "a fraud")),
                                 ([one, draw.approval(8, maker.APPROVER_2)], ("approvals", "1 are for 0007, of 2 given")),
                                 ([one, draw.approval(7, maker.STRANGER)], ("none of the approvers",)),
                                 ([one, draw.approval(7, maker.APPROVER_2, seal=b"x")], ("another seal",)),
                                 ([draw.approval(8, maker.APPROVER, maker.APPROVER_2)], ("0 are for 0007",))):
            said = self.ask(1, **files, **{f"approval_{i}": data for i, data in enumerate(approvals)})
            self.in_any_line(said, "FALSE", *words)
        draw = maker.Draw(approvals=0)
        self.in_any_line(self.ask(3, rules=draw.rules(), seal=draw.seal(), seal_2=draw.seal(), result=draw.result(7)),
                         "not checked", "number", "the operator's word")

    def test_approvers_who_differ(self):
        """Each number is counted apart: whoever approves another one neither counts nor is in the way."""
        draw = maker.Draw(approvals=1, approvers=[maker.APPROVER, maker.APPROVER_2])
        files = {"rules": draw.rules(), "seal": draw.seal(), "seal_2": draw.seal(),
                 "approval": draw.approval(8, maker.APPROVER), "approval_2": draw.approval(7, maker.APPROVER_2)}
        for number in 7, 8:
            said = self.ask(0, **files, result=draw.result(number))
            self.in_any_line(said, "ok", "approvals", "1 approvers", "1 approved another number, which does not count")
        self.in_any_line(self.ask(1, **files, result=draw.result(9)), "FALSE", "approvals", "0 are for 0009, of 2 given")
        self.in_any_line(self.ask(3, **files), "not checked", "approvals", "2 numbers have as many as the rules ask for")
        three = maker.Draw(approvals=2, approvers=[maker.APPROVER, maker.APPROVER_2, maker.APPROVER_3])
        files = {"rules": three.rules(), "seal": three.seal(), "seal_2": three.seal(),
                 "approval": three.approval(8, maker.APPROVER), "approval_2": three.approval(7, maker.APPROVER_2)}
        self.in_any_line(self.ask(3, **files), "not checked", "approvals", "1 of the 2")
        files["approval_3"] = three.approval(7, maker.APPROVER_3)
        self.in_any_line(self.ask(0, **files), "ok", "approvals", "2 approvers", "1 approved another")
        self.in_any_line(self.ask(0, **files, result=three.result(7)), "ok", "approvals", "2 approvers", "1 approved another")
        self.in_any_line(self.ask(1, **files, result=three.result(8)), "FALSE", "approvals", "1 are for 0008, of 3 given")


class Files(Asking):
    """What is no file, or not of its form."""

    def test_what_is_no_regular_file(self):
        os.mkfifo(os.path.join(self.folder, "fifo"))
        for path in "fifo", ".", "/dev/zero", "/dev/tty":
            said = self.run_it(2, "--seal", path)
            self.assertEqual(said.count("\n"), 1, said)

    def test_a_link_of_the_caller_s_own(self):
        self.write("there", self.draw.rules())
        os.symlink("there", os.path.join(self.folder, "here"))
        self.run_it(0, "--key", maker.SERVER.vkey.decode(), "--rules", "here")

    def test_huge_ones(self):
        """They have no bytes on the disk, and are not read beyond their limits."""
        path = self.write("huge", b"")
        os.truncate(path, 1 << 43)
        for flag in "seal", "rules", "proof", "code", "approval", "result", "receipts", "seal-json":
            self.in_any_line(self.run_it(1, f"--{flag}", path), "FALSE", "more than")
        self.in_any_line(self.run_it(1, "--pulse", path, "--nist-cert", path), "FALSE", "pulse", "more than")

    def test_lenient_encodings(self):
        rules, seal, proof = self.draw.rules(), self.draw.seal(), self.draw.proof(5, 1)
        secret = maker.b64(self.draw.secret)
        self.assertTrue(secret.endswith(b"8="))
        for name, data in (("seal", seal.replace(b"\n", b"\r\n")), ("seal", seal + b"\n"),
                           ("seal", seal.replace(b"\n6\n", b"\n06\n")),
                           ("seal", seal.replace(b"FI=\n", b"FJ=\n")), ("seal", seal.replace(b"FI=\n", b"FI\n")),
                           ("seal", seal.replace(b"\n6\n", b"\n+6\n")), ("seal", seal.replace("\n6\n".encode(), "\n٦\n".encode())),
                           ("seal", seal + seal.splitlines(keepends=True)[-1]), ("seal", seal.replace(b"\n\n", b"\n \n")),
                           ("rules", rules.replace(b"agencies 5\n", b"agencies 5\nagencies 5\n")),
                           ("rules", rules.replace(b"numbers 10000", b"numbers 100000")),
                           ("rules", rules.replace(b"T21:00:00Z", b"T24:00:00Z")),
                           ("proof", proof.replace(b"state", b"State")), ("proof", proof.replace(b"\n\n", b"\n\n\n")),
                           ("proof", proof.replace(b"index 5", b"index 05")), ("proof", proof.replace(b"count 2", b"count 02")),
                           ("receipts", self.draw.receipt(1).replace(b"index 0", b"index 00")),
                           ("code", self.draw.code(5, 1) + b"\0"), ("secret", secret[:-2] + b"9=\n"), ("secret", secret),
                           ("secret", secret + b"\n\n"),
                           ("secret", maker.b64(self.draw.secret[:-1]) + b"\n"), ("receipts", self.draw.receipt(1)[:-1]),
                           ("receipts", b"")):
            self.in_any_line(self.ask(1, **{name: data}), "FALSE", name)

    def test_codes_in_base32(self):
        code = maker.base32(self.draw.code(5, 1))
        for data in code, code + b"\n", b"https://lottery.example/check#" + code + b"\n":
            self.in_any_line(self.ask(3, code=data), "ok", "code", "x,y,2")
        for data in code.lower(), code + b"=", code + b"\n\n", code[:-1], code[:-1] + b"1":
            self.in_any_line(self.ask(1, code=data), "FALSE", "code")

    def test_words_that_mislead(self):
        """A name may have any characters; those that a terminal obeys, or that nobody sees, are shown as numbers."""
        draw = maker.Draw({1: ("finished", ["A\u202egnirts\u200b,Ñ\u2028x\u0301,1,2000-01-01,1"])})
        said = self.ask(3, proof=draw.proof(1, 0))
        self.in_any_line(said, "ok", "A\\u202egnirts\\u200b,Ñ\\u2028x\u0301")
        seal = draw.seal() + b"\xe2\x80\x94 \xe2\x80\xae " + maker.b64(b"12345") + b"\n"
        self.in_any_line(self.ask(3, seal=seal), "note", "\\u202e")

    def test_json_that_goes_deep(self):
        long_number = b'{"pulse":{"cipherSuite":' + b"1" * 60000 + b"}}"
        for data in b"[" * 60000, b'{"pulse":' * 7000, long_number, b'{"pulse":NaN}', b'{"pulse":{}}', b"\xff":
            self.in_any_line(self.ask(1, pulse=data), "FALSE", "pulse")

    def test_it_ends_when_told_to(self):
        path = self.write("csv", b"")
        os.truncate(path, 1 << 35)
        verifier = OTHER or [sys.executable, "-S", os.path.join(maker.ROOT, "verifiers", "verify.py")]
        secret = self.write("secret", maker.b64(bytes(32)) + b"\n")
        with subprocess.Popen([*verifier, "--secret", secret, "--agency", "1", "--csv", path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=30), -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
