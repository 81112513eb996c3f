"""An agency says what is wrong with a file or address, and what to do."""
import gzip
import io
import os
import signal
import threading
import unittest
import zipfile

from harness import SERVERS, Agency, Process, Server, Story, hold_ports, is_sanitized, not_under_valgrind

GOOD = "Ana,Gómez,30904465,1999-03-17,7574\n"
MARK = "\ufeff"


def archive():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("xl/workbook.xml", "<x/>")
    return target.getvalue()


# The file, the line that is named, and what is said of it.
WRONG = {
    "semicolons": (GOOD.replace(",", ";"), 1, "';' between the fields: \"Ana;Gómez;30904465;1999-03-17;7574\"; use commas"),
    "semicolons, further in": (GOOD + GOOD.replace(",", ";"), 2, "';' between the fields"),
    "tabs": (GOOD.replace(",", "\t"), 1, "tabs between the fields: \"Ana\\x09Gómez"),
    "bars": (GOOD.replace(",", "|"), 1, "vertical bars between the fields"),
    "sep=": ("sep=;\n" + GOOD.replace(",", ";"), 1, "the line names a separator for a spreadsheet: \"sep=;\"; delete it"),
    "UTF-16 with a mark": (GOOD.encode("utf-16"), 1, "the file is in UTF-16: \"\\xff\\xfeA\\x00n"),
    "UTF-16 the other way round": ((MARK + GOOD).encode("utf-16-be"), 1, "the file is in UTF-16"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), 1, "the file is in UTF-16, without a byte order mark"),
    "UTF-16-BE without a mark": (GOOD.encode("utf-16-be"), 1, "the file is in UTF-16, without a byte order mark"),
    "Latin-1": (GOOD.encode("latin-1"), 1, "apellido: is not UTF-8: \"G\\xf3mez\"; is the file in Latin-1"),
    "xlsx": (archive(), 1, "the file is a spreadsheet (xlsx, ods) or a zip archive, not CSV: \"PK\\x03\\x04"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), 1, "the file is an old spreadsheet (xls), not CSV"),
    "gzip": (gzip.compress(GOOD.encode() * 100), 1, "the file is compressed with gzip"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", 1, "the file is a PDF, not CSV"),
    "HTML": ("<!DOCTYPE html>\n<html>", 1, "the file is XML or a web page, not CSV"),
    "JSON": ('[{"nombre":"Ana"}]\n', 1, "the file is JSON, not CSV"),
    "CR": ((GOOD * 3).replace("\n", "\r"), 1, "lines end with CR alone, as on old Macs: \"Ana,Gómez,30904465,1999-03-17,7574\""),
    "much CR": ((GOOD * 9000).replace("\n", "\r"), 1, "lines end with CR alone"),
    "CR CR LF": ((GOOD * 3).replace("\n", "\r\r\n"), 1, "the line ends with CR CR LF: line ends were converted twice"),
    "a header": ("nombre,apellido,documento,nacimiento,numero\n" + GOOD, 1, "column names, not a bet: \"nombre,"),
    "a header of more": ("agencia,nombre,apellido,documento,nacimiento,numero\n", 1, "column names, not a bet"),
    "an empty line": (GOOD + "\r\n" + GOOD, 2, "an empty line within the file; delete it"),
    "blanks": (GOOD + "  \n" + GOOD, 2, "only blanks: \"  \"; delete the line"),
    "commas": (GOOD + ",,,,\n" + GOOD, 2, "only commas, like an empty row of a spreadsheet: \",,,,\"; delete"),
    "Ctrl-Z": (GOOD + "\x1a", 2, "Ctrl-Z (0x1a), which ended files on DOS: \"\\x1a\"; delete it"),
    "a quote too few": (GOOD + '"Ana,Gómez,1,1999-03-17,7\n', 2, "a quote that is not closed, or stands alone"),
    "a comma in quotes": ('"Ana, María",Gómez,1,1999-03-17,7\n', 1, "a comma within quotes, or text after them"),
    "a blank behind": (GOOD.replace("7574", "7574 "), 1, "numero: has other characters than digits: \"7574 \"; remove the blank"),
    "a blank before": (GOOD.replace("3090", " 3090"), 1, "documento: has other characters than ASCII letters and digits: "
                                                        "\" 30904465\"; remove the blank"),
    "a no-break space": (GOOD.replace("-17", "-17\u00a0"), 1, "nacimiento: is not of the form YYYY-MM-DD: "
                                                        "\"1999-03-17\\u00a0\"; remove the blank"),
    "two marks": (MARK + MARK + GOOD, 1, "the file begins with two byte order marks"),
    "two files": (GOOD + MARK + GOOD, 2, "a byte order mark within the file: were two files joined?"),
    "two files, the first without an end": (GOOD[:-1] + MARK + GOOD, 1, "the bet has 9 fields instead of 5: \"Ana,Gómez,30904465,"
                                                                       "1999-03-17,7574\\ufeffAna,"),
    "a date": (GOOD.replace("1999-03-17", "17/03/1999"), 1, "nacimiento: is not of the form YYYY-MM-DD: \"17/03/1999\""),
    "something that steers a terminal": (GOOD.replace("7574", "\x1b[2J"), 1, "numero: has other characters than digits: \"\\x1b[2J\""),
}


class WithFile(Story):
    def write(self, content, name="agency-1.csv"):
        os.makedirs(f"{self.folder}/data", exist_ok=True)
        with open(f"{self.folder}/data/{name}", "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


class Files(WithFile):
    def test_are_told_what_they_look_like(self):
        server = Server(self, agencies=1)
        for name, (content, line, says) in WRONG.items():
            with self.subTest(name):
                self.write(content)
                agency = Agency(self, 1, server.ports, "--chunk-size", 1)
                self.assertEqual(agency.wait(), 1)
                self.assertIn(f"message: data/agency-1.csv:{line}: {says}".replace(" | ", " ? "), agency.log())
                last = [line for line in agency.lines if line][-1]  # it says so once more
                self.assertIn("ERROR    action: end_client_loop | result: fail | error: bad_bet", last)
                self.assertIn(f"message: data/agency-1.csv:{line}: {says}".replace(" | ", " ? "), last)
        self.assertEqual(server.count("accept_connections"), 0, "a file is checked before its agency connects")
        self.assertEqual(self.stored(), {})

    def test_that_are_as_others_write_them_are_taken(self):
        for number, content in enumerate((MARK + GOOD, GOOD.replace("\n", "\r\n"), GOOD + "\r\n\n\r\n", '"Ana",' + GOOD[4:],
                                          GOOD.replace("Ana", "Ana\u00a0 "), GOOD.replace("Ana", "[Ana;|")), 1):
            server = Server(self, agencies=1, store=f"{number}.db")
            self.write(content)
            agency = Agency(self, 1, server.ports)
            self.assertEqual((agency.wait(), agency.winners()), (0, 1))
            self.assertEqual(agency.count("WARNING|ERROR"), 0)

    def test_whose_folder_is_not_there(self):
        status, log, _ = self.run_program("client", "--id", 1, "--data-dir", "nowhere")
        self.assertEqual(status, 1)
        self.assertIn('nowhere/agency-1.csv: cannot be read: there is no folder "nowhere"', log)
        os.mkdir(f"{self.folder}/here")
        status, log, _ = self.run_program("client", "--id", 1, "--data-dir", "here")
        self.assertIn("here/agency-1.csv: cannot be read: No such file or directory", log)


class TheLastLine(WithFile):
    CUT = GOOD + GOOD[:-3]  # 75 of 7574

    def test_without_an_end_is_taken_with_a_warning(self):
        self.write(self.CUT)
        agency = Agency(self, 1, Server(self, agencies=1).ports)
        self.assertEqual((agency.wait(), agency.winners()), (0, 1))
        self.assertEqual(agency.count("WARNING +action: read_bets .* data/agency-1.csv:2: the last line has no line end and is "
                                      'accepted as it is: "Ana,Gómez,30904465,1999-03-17,75"'), 1)

    def test_is_never_taken_by_who_is_strict(self):
        self.write(self.CUT)
        server = Server(self, agencies=1)
        for how in ({"environment": {"CLI_STRICT": "yes"}}, {}):
            agency = Agency(self, 1, server.ports, *([] if how else ["--strict"]), **how)
            self.assertEqual(agency.wait(), 1)
            self.assertIn("data/agency-1.csv:2: the last line has no line end and may be cut short", agency.log())
        self.assertEqual(sum(self.stored().values()), 0)
        self.write(self.CUT + "\n")
        self.assertEqual(Agency(self, 1, server.ports, "--strict").wait(), 0)

    def test_of_a_file_that_is_being_written(self):
        """The agency has it open, and waits for a server, while more of it comes; and then finds a line without an end."""
        self.write(GOOD[:-4])
        ports = hold_ports()
        Server(self, agencies=1, ports=ports).kill()
        agency = Agency(self, 1, ports)
        agency.wait_for("action: connect .* result: fail")
        with open(f"{self.folder}/data/agency-1.csv", "ab") as file:
            file.write(b"5")
        Server(self, agencies=1, ports=ports)
        self.assertEqual(agency.wait(), 1)
        self.assertIn("cut short, as the file has changed while it was read", agency.log())
        self.assertEqual(self.stored(), {})

    def test_of_a_pipe(self):
        os.makedirs(f"{self.folder}/data")
        os.mkfifo(f"{self.folder}/data/agency-1.csv")

        def feed():
            with open(f"{self.folder}/data/agency-1.csv", "wb") as pipe:
                pipe.write(self.CUT.encode())
        feeder = threading.Thread(target=feed)
        feeder.start()
        agency = Agency(self, 1, Server(self, agencies=1).ports)
        self.assertEqual(agency.wait(), 1)
        feeder.join()
        self.assertIn("cut short, as it does not come from a file", agency.log())
        self.assertIn("agency-1.csv | message: it cannot be read twice, so each line is checked as it is sent", agency.log())


class Check(WithFile):
    """--check says whether a file is good, and does nothing else."""

    def check(self, *flags):
        status, log, errors = self.run_program("client", "--id", 1, "--check", *flags)
        self.assertEqual(errors, "")
        self.assertNotIn("action: connect", log)
        return status, log

    def test_a_good_file(self):
        self.write(GOOD * 3 + "\n")
        status, log = self.check("--tls-cert", "there", "--tls-key", "are", "--tls-ca", "none")  # nobody needs them
        self.assertEqual(status, 0, log)
        self.assertTrue(log.endswith("action: check_bets | result: success | file: data/agency-1.csv | bets: 3\n"), log)

    def test_bad_lines(self):
        self.write(GOOD + "Ana\n" * 25 + GOOD)
        status, log = self.check()
        self.assertEqual(status, 1)
        for number in range(2, 22):
            self.assertEqual(log.count(f"read_bets | result: fail | error: bad_bet | message: data/agency-1.csv:{number}: "), 1, log)
        self.assertEqual(log.count("read_bets | result: fail"), 20)
        self.assertRegex(log.splitlines()[-1], "check_bets . result: fail . error: bad_bet . bad_lines: 25 . message: data/agency-1.csv:2: ")

    def test_no_bets(self):
        self.write("")
        status, log = self.check()
        self.assertEqual((status, log.count("WARNING")), (0, 1), log)
        self.assertIn("it has no bets: sending it ends agency 1 without any", log)
        status, log = self.check("--strict")
        self.assertEqual(status, 1, log)
        self.assertIn("check_bets | result: fail | error: bad_bet | message: data/agency-1.csv: it has no bets\n", log)

    def test_no_file(self):
        status, log = self.check()
        self.assertEqual(status, 1)
        self.assertIn("read_bets | result: fail | error: system | message: data/agency-1.csv: cannot be read", log)

    def test_a_bet_that_is_no_file(self):
        bet = {"NOMBRE": "Ana", "APELLIDO": "Paz", "DOCUMENTO": "1", "NACIMIENTO": "2000-01-01", "NUMERO": "1"}
        status, log, _ = self.run_program("client", "--id", 1, "--check", environment=bet)
        self.assertEqual(status, 0)
        self.assertIn("check_bets | result: success | bets: 1", log)
        status, _, errors = self.run_program("client", "--id", 1, "--check", environment={**bet, "NUMERO": "10000"})
        self.assertEqual(status, 2, errors)

    def test_of_an_echo_is_refused(self):
        status, _, errors = self.run_program("client", "--id", 1, "--check", "--service", "echo")
        self.assertEqual((status, len(errors.splitlines())), (2, 1))
        self.assertIn("--check", errors)

    def test_that_was_ended_has_not_found_it_good(self):
        os.makedirs(f"{self.folder}/data")
        os.mkfifo(f"{self.folder}/data/agency-1.csv")
        checking = Process(self, ["client", "--id", 1, "--check"])
        with open(f"{self.folder}/data/agency-1.csv", "wb"):  # it waits for what comes
            checking.wait_for("action: config")
            checking.signal(signal.SIGTERM)
            self.assertEqual(checking.wait(), -signal.SIGTERM)


class AFileThatChanges(WithFile):
    def test_before_it_is_sent(self):
        """A technician who corrects a file meanwhile is told that it was not the new one that was checked."""
        self.write(GOOD * 3)
        ports = hold_ports()
        agency = Agency(self, 1, ports)
        agency.wait_for("action: connect .* result: fail")
        self.write(GOOD * 2, "new.csv")
        os.replace(f"{self.folder}/data/new.csv", f"{self.folder}/data/agency-1.csv")
        Server(self, agencies=1, ports=ports)
        self.assertEqual(agency.wait(), 1)
        self.assertRegex(agency.log(), "end_client_loop .*agency-1.csv: has changed, or another file has taken its place, since it "
                                       "was checked; start again\n")
        self.assertEqual(self.stored(), {})


@unittest.skipIf(SERVERS > 1, "is not about servers")
class Addresses(Story):
    def test_are_told_what_they_look_like(self):
        for address, says in (("http://central:12345", 'is a URL, not HOST:PORT; leave out "http://"'),
                              ("tcp://10.96.0.17:12345", 'is a URL, not HOST:PORT; leave out "tcp://"'),
                              ("[::1]", '"[::1]" has no port; add one, as in "[::1]:12345"'),
                              ("central", '"central" is not HOST:PORT: it has no port; add one, as in "central:12345"'),
                              ("::1:12345", "an IPv6 address goes in brackets"),
                              ("a:1,http://b:2", 'address 2: "http://b:2" is a URL')):
            status, _, errors = self.run_program("client", "--id", 1, "--server-address", address)
            self.assertEqual(status, 2)
            self.assertIn(says, errors)

    def test_whose_name_nobody_knows(self):
        bet = {"NOMBRE": "Ana", "APELLIDO": "Paz", "DOCUMENTO": "1", "NACIMIENTO": "2000-01-01", "NUMERO": "1"}
        agency = Process(self, ["client", "--id", 1, "--server-address", "nowhere.invalid:12345"], environment=bet)
        agency.wait_for('address: nowhere.invalid:12345 .* error: the name "nowhere.invalid" cannot be resolved: ')

    @not_under_valgrind("which has descriptors of its own")
    def test_too_few_descriptors_are_no_want_of_memory(self):
        limited = ["sh", "-c", 'ulimit -n "$0"; exec "$@"']
        failed = 0
        for most in range(8, 24):
            server = Process(self, ["server", "--loops", 2, "--server-port", 0, "--consult-server-port", 0],
                             prefix=(*limited, str(most)))
            server.wait_until(lambda server=server: server.count("action: listen ") or server.lines[-1:] == [None])
            server.end()
            # UBSan reads memory through a pipe, and takes an object for invalid when it gets none.
            if not server.count("action: listen ") and not (is_sanitized() and "has invalid vptr" in server.whole_log()):
                failed += 1
                self.assertIn(f"this process may have {most} descriptors", server.whole_log())
        self.assertGreater(failed, 1)


if __name__ == "__main__":
    unittest.main()
