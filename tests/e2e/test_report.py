"""The report of a night says what was done in it, and no bettor's name, whatever the logs say."""
import base64
import calendar
import hashlib
import html.parser
import json
import os
import re
import sqlite3
import sys
import time
import unittest

from harness import ROOT, STORES, Agency, Server, Story, Wire, hold_ports
from signed_draw import DRAW, NAME, SignedStory

sys.path.insert(0, os.path.join(ROOT, "tests", "page"))
import chromium  # noqa: E402

SIZES, WINNERS = (300, 200, 90), (2, 1, 0)
AXE = os.path.join(ROOT, "build", "axe", "node_modules", "axe-core", "axe.min.js")  # of script/bootstrap test
GARBAGE = b"\0\xff\xfe<script>alert(1)</script>\n" + b"x" * 100000 + b"\n{\"time\":7,\"action\":[]}\n{{{\n"


class Page(html.parser.HTMLParser):
    """What a page shows: its tags, its text, the rows of its tables."""

    def __init__(self, data):
        super().__init__()
        self.tags, self.attributes, self.text, self.rows, self.cell = [], [], "", [], None
        self.feed(data.decode())
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell.strip())
            self.cell = None
        if tag in ("td", "th", "p", "dd", "dt", "li", "b", "h1", "h2", "h3"):
            self.text += " "

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "style":
            return
        self.text += data
        if self.cell is not None:
            self.cell += data

    def row(self, *beginning):
        """The only row that begins so."""
        found = [row for row in self.rows if tuple(row[:len(beginning)]) == beginning]
        if len(found) != 1:
            raise AssertionError(f"expected one row {beginning}, came {found} of {self.rows}")
        return found[0]


class ReportStory(Story):
    def report(self, *flags, status=0, name="night.html", environment=None):
        """Writes it; the page, or what was said of it."""
        found, printed, errors = self.run_program("report", "--store", "quiniela.db", "--output", name, "--force", *flags,
                                                  environment={"TZ": "UTC", "LANG": "C", **(environment or {})})
        self.assertEqual(found, status, printed + errors)
        if status == 0:
            self.assertEqual((printed, errors), ("\n", ""))
        return Page(self.read(name)) if status == 0 else errors

    def order(self, *arguments, status=0):
        found, printed, errors = self.run_program(*arguments, "--store", "quiniela.db")
        self.assertEqual(found, status, printed + errors)

    def keep_logs(self, *servers, name="server.log"):
        return self.write(name, b"".join(server.log().encode() for server in servers))

    def send(self, server, number, *flags):
        agency = Agency(self, number, server.ports, "--chunk-size", 20, *flags)
        server.wait_for(rf"client_finished .* agencia: {number}$")
        return agency


@unittest.skipIf(STORES.is_shared, "it is about one server, and a store in a file")
class Night(ReportStory):
    """Three agencies of four send; a server is killed, one attempt is refused, a backup is made, one agency is ended."""

    def setUp(self):
        super().setUp()
        self.sample(SIZES, WINNERS)
        flags, ports = ("--audit-log", "audit.log", "--number", "manual"), hold_ports()
        first = Server(self, *flags, agencies=4, ports=ports, environment={"TZ": "UTC"})
        agencies = [self.send(first, 1)]
        Wire(self, first.ports[0]).ask({"type_message": 1, "agency": 99, "bets": [], "last": True})
        first.wait_for("receive_message .* fail|apuestas_almacenadas .* fail")
        first.kill()
        second = Server(self, *flags, agencies=4, ports=ports, environment={"TZ": "UTC"})
        agencies += [self.send(second, 2), self.send(second, 3)]
        self.order("finish", "--agency", 4, "--yes")
        self.order("backup", "--to", "copy.db")
        self.order("draw", "--number", "7574", "--yes")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        second.signal(15)
        self.assertEqual(second.wait(), 0)
        self.log, self.flags = self.keep_logs(first, second), ("--log", "server.log", "--audit-log", "audit.log")

    def test_what_was_done_is_what_is_said(self):
        page = self.report(*self.flags)
        for number, (size, won) in enumerate(zip(SIZES, WINNERS), 1):
            row = page.row(str(number), "by itself")
            self.assertEqual((row[2], row[7], row[8]), (str(size), str(won), "–"))
            for time in row[3:7]:
                self.assertRegex(time, r"^(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d$")  # the night may go past midnight
        self.assertEqual(page.row("4", "by an order")[2:5], ["0", "–", "–"])
        for text in ("7574 winning number", "3 winners", "590 bets", "3 of 4 agencies finished · 1 cut off (4)", "Agency 4 has sent nothing.",
                     "The log has every bet that is stored.", "it was given by hand, after the seal", "its chain of",
                     "This draw is not signed"):
            self.assertIn(text, page.text)
        self.check_kill(page)
        orders = [row[2:] for row in page.rows if len(row) == 4 and row[2].split()[0] in ("draw", "finish")]
        self.assertEqual(orders, [["finish draw=1 agency=4 yes=1", "done"], ["draw draw=1 number=7574 yes=1", "done"]])
        self.assertIn(["99", "1"], [row[2:4] for row in page.rows if len(row) == 6])
        size = f"{os.path.getsize(self.path('copy.db')):,}"
        self.assertIn(f"{size} bytes", page.text)
        self.assertNotIn("do not say the same", page.text)
        self.check_numbers(page)

    def check_kill(self, page):
        """When the server that was killed was last heard of, and when it was back."""
        events = [row[1] for row in page.rows if len(row) == 3]
        kill = next(i for i, event in enumerate(events) if re.fullmatch(r"last line of server \S+:\d+ before it was killed", event))
        self.assertRegex(events[kill + 1], r"^server \S+ started again, \d+ s later$")
        self.assertIn("the last backup was made", events)
        for text in (": started ", ": last line before it was killed ", ": ended "):
            self.assertIn(text, page.text)

    def test_what_fell_into_one_second_is_in_its_order(self):
        """A log of text has whole seconds: a kill, the start after it, and the bets that were sent then."""
        lines = self.read(self.log).split(b"\n")
        stamp = lines[0][:len("2026-11-26 21:00:00")]
        self.write("second.log", b"\n".join(line and stamp + line[len(stamp):] for line in lines))
        events = [row[1] for row in self.report("--log", "second.log").rows if len(row) == 3]
        at = [next(i for i, event in enumerate(events) if re.search(words, event))
              for words in ("before it was killed", "started again, 0 s later", "^first bets", "^last bets", "server .* ended")]
        self.assertEqual(at, sorted(at), events)
        self.assertEqual(at[1], at[0] + 1, events)

    def check_numbers(self, page):
        """The most bet number is that of the files."""
        bets = [line.rsplit(",", 1)[1] for line in self.sent(agencies=range(1, 4)).elements()]
        counts = sorted(((-bets.count(number), f"{int(number):04}") for number in set(bets)))
        most = next(row for row in page.rows if len(row) == 2 and row[0].isdigit())
        self.assertEqual(most, [counts[0][1], str(-counts[0][0])])

    def test_nobody_is_in_it(self):
        self.report(*self.flags)
        shown = self.read("night.html").decode()
        for bet in self.sent(agencies=range(1, 4)):
            document = bet.split(",")[3]
            self.assertNotIn(document, shown)

    def test_nothing_is_loaded_or_run(self):
        page = self.report(*self.flags)
        self.assertFalse({"script", "img", "link", "iframe", "form", "a", "object"} & set(page.tags))
        self.assertFalse([name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")])

    def test_what_is_not_given_is_not_guessed(self):
        page = self.report()
        self.assertEqual(page.row("1", "by itself")[2:4], ["300", page.row("1", "by itself")[3]])
        self.assertGreaterEqual(page.text.count("not known: no log was given"), 4)
        self.assertGreaterEqual(page.text.count("not known: no audit log was given"), 3)
        for text in ("first bets stored", "chain of", "The log has"):
            self.assertNotIn(text, page.text)

    def test_half_a_log(self):
        """One that begins after the kill: what it lacks is said."""
        lines = self.read(self.log).split(b"\n")
        start = max(i for i, line in enumerate(lines) if b"action: config" in line)
        self.write("half.log", b"\n".join(lines[start:]))
        page = self.report("--log", "half.log")
        self.assertIn("The log has 290 of the 590 bets that are stored.", page.text)
        self.assertEqual(page.row("1", "by itself")[3:5], ["–*", "–*"])
        self.assertIn("bets that are stored of these agencies: 1.", page.text)

    def test_rotated_logs(self):
        lines = self.read(self.log).split(b"\n")
        self.write("s.log.1", b"\n".join(lines[:40]) + b"\n")
        self.write("s.log", b"\n".join(lines[40:]))
        self.assertIn("The log has every bet that is stored.", self.report("--log", "s.log.1,s.log").text)

    def test_json_logs(self):
        """They say the same."""
        def as_json(line):
            fields = dict(field.split(": ", 1) for field in line[29:].split(" | ") if ": " in field)
            return json.dumps({"time": line[:10] + "T" + line[11:19] + ".000Z", "level": "INFO", **fields})
        text = self.read(self.log).decode()
        self.write("json.log", "\n".join(as_json(line) for line in text.splitlines()).encode())
        one, other = self.report(*self.flags), self.report("--log", "json.log", *self.flags[2:])
        self.assertEqual([row for row in one.rows if row], [row for row in other.rows if row])

    def test_another_zone(self):
        """The times of a log that do not fit the store's are not told as if they did."""
        page = self.report(*self.flags, environment={"TZ": "ART3"})
        self.assertIn("not known: the times of the log do not fit the store's", page.text)
        self.assertIn("All times are UTC-03:00", page.text)
        self.assertNotIn("first bets stored", page.text)
        self.assertIn("TZ", self.report(*self.flags, environment={"TZ": "Nowhere/Land"}, status=2))

    def test_hostile_logs(self):
        """Garbage is skipped, and a broken chain is said at the top."""
        clean = self.report(*self.flags)
        lines = self.read(self.log).split(b"\n")
        self.write("server.log", GARBAGE.join(line + b"\n" for line in lines) + b"agencia: 1 | cantidad: 9")
        page = self.report(*self.flags)
        self.assertEqual([row for row in page.rows if row], [row for row in clean.rows if row])
        self.assertNotIn("script", page.tags)
        records = self.read("audit.log").split(b"\n")
        at = next(i for i, record in enumerate(records) if b'"order"' in record)
        records[at] = records[at].replace(b'"user":"', b'"user":"<b>')
        self.write("audit.log", b"\n".join(records))
        page = self.report(*self.flags)
        self.assertRegex(page.text, rf"THE AUDIT LOG IS BROKEN: .*audit\.log: line {at + 2}:")
        self.assertNotIn("chain of", page.text)
        for data in (b"", GARBAGE, bytes(range(256)) * 50):
            self.write("audit.log", data)
            self.write("server.log", data)
            self.assertIn("THE AUDIT LOG IS BROKEN", self.report(*self.flags).text)

    def test_an_audit_log_that_tells_otherwise(self):
        """Nothing stands behind the last record: it may be changed, or gone with others. The store says so."""
        records = self.read("audit.log").splitlines(True)
        last = max(i for i, record in enumerate(records) if b"number=7574" in record)
        for number, says in ((b"7574", None), (b"7575", "the order gave another number: 7575. The store has 7574.")):
            self.write("other.log", b"".join(records[:last]) + records[last].replace(b"7574", number))
            page = self.report("--audit-log", "other.log")
            self.assertEqual("The audit log and the store do not say the same" in page.text, says is not None)
            self.assertIn(says or "its chain of", page.text)
        first = min(i for i, record in enumerate(records) if b"number=7574" in record or b'"drawn"' in record or b'"order"' in record)
        self.write("other.log", b"".join(records[:first]))
        page = self.report("--audit-log", "other.log")
        for text in ("its chain of", "The audit log ends before the draw", "has no order that gave it", "It has no order of this draw."):
            self.assertIn(text, page.text)
        self.assertNotIn("No order was given", page.text)

    def test_a_damaged_store(self):
        """Figures that contradict each other are not written."""
        with sqlite3.connect(self.path("quiniela.db")) as store:
            self.assertEqual(store.execute("DELETE FROM chunks WHERE rowid = (SELECT min(rowid) FROM chunks)").rowcount, 1)
        store.close()
        self.assertRegex(self.report(status=1), "the store is damaged: .*590")
        self.assertFalse(os.path.exists(self.path("night.html")))

    def test_what_is_refused(self):
        """A log given twice, under any names; a silence shorter than a log's time can tell."""
        os.link(self.path("server.log"), self.path("same.log"))
        self.assertIn("server.log and same.log are the same file", self.report("--log", "server.log,same.log", status=2))
        self.assertIn("are the same file", self.report("--audit-log", "audit.log,./audit.log", status=2))
        for silence in ("1s", "2500ms"):
            self.assertIn("--silence: must be 2s or more", self.report("--silence", silence, status=2))
        self.report("--log", "server.log", "--silence", "2s")

    def test_a_log_of_something_else(self):
        """Of another draw's log it tells nothing, and does not say that nothing was."""
        self.write("other.log", self.read("server.log").replace(b"draw: 1", b"draw: 2"))
        page = self.report("--log", "other.log")
        self.assertIn("not known: the log names only other draws", page.text)
        self.assertNotIn("nothing was refused", page.text)

    def test_orders_are_text(self):
        """A record with markup in it, in a chain that holds, shows as what it is."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()).encode()
        line = b'{"n":1,"at":"' + at + b'","event":"order","draw":"1","order":"<script>alert(1)</script>","user":"<i>","uid":0,' \
               b'"result":"done","previous":"' + b"0" * 64 + b'"}\n'
        self.write("other.log", line)
        page = self.report("--audit-log", "other.log")
        self.assertFalse({"script", "i"} & set(page.tags))
        self.assertIn("<script>alert(1)</script>", page.text)

    def test_in_spanish(self):
        for flags, environment in ((("--language", "es"), {}), ((), {"LANG": "es_AR.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}), ((), {"LANG": "C", "LC_ALL": "es"}),
                                   ((), {"LANG": "C", "LC_MESSAGES": "es_UY", "LC_ALL": ""})):
            page = self.report(*self.flags, *flags, environment=environment)
            for text in ("Informe del sorteo 1", "número ganador", "cadena de", "El log tiene todas las apuestas guardadas."):
                self.assertIn(text, page.text)

        for environment in ({"LANG": "es_AR.UTF-8", "LC_ALL": "C.UTF-8"}, {"LANG": "est", "LC_ALL": ""}):
            self.assertIn("Report of draw 1", self.report(environment=environment).text)

    def test_the_output(self):
        """Whole or not at all; a file that is there stays, unless --force says so; a log or the store always does."""
        self.write("there.html", b"mine")
        common = ("report", "--store", "quiniela.db", *self.flags)
        for path, says in (("there.html", "--force"), ("quiniela.db", "store")):
            status, _, errors = self.run_program(*common, "--output", path)
            self.assertNotEqual(status, 0)
            self.assertIn(says, errors)
        self.assertEqual(self.read("there.html"), b"mine")
        for path in ("server.log", "audit.log"):
            before = self.read(path)
            self.assertNotEqual(self.run_program(*common, "--output", path, "--force")[0], 0)
            self.assertEqual(self.read(path), before)
        status, printed, errors = self.run_program(*common)
        self.assertEqual((status, errors, printed.startswith("<!DOCTYPE html>")), (0, "", True))

    def test_the_servers_file(self):
        """--config names the store and both logs."""
        self.write("config.ini", f"[DEFAULT]\nSTORE = {self.path('quiniela.db')}\nLOG_FILE = {self.path('server.log')}\n"
                                 f"AUDIT_LOG = {self.path('audit.log')}\nAGENCIES = 4\n".encode())
        status, _, errors = self.run_program("report", "--config", "config.ini", "--output", "night.html", environment={"TZ": "UTC"})
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("The log has every bet that is stored.", Page(self.read("night.html")).text)

    def check_access(self, tab):
        """Nothing keeps people out, as far as axe finds."""
        if os.path.exists(AXE):
            with open(AXE, encoding="utf-8") as file:
                tab.evaluate(file.read() + "; 0")
            found = json.loads(tab.evaluate("axe.run().then(found => JSON.stringify(found.violations))"))
            self.assertEqual([(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found], [])

    @unittest.skipUnless(chromium.PROGRAM, "there is no Chromium")
    def test_in_a_browser(self):
        """Nothing to complain of, on a screen and on a telephone; nothing wider than the page; and some sheets of A4."""
        self.report(*self.flags)
        with chromium.Chromium() as browser:
            for width in (1000, 390):
                with browser.tab(width=width, height=800, mobile=width < 500) as tab:
                    url = "file://" + self.path("night.html")
                    tab.call("Page.navigate", url=url)
                    browser.wait_for("Page.loadEventFired", tab.session)
                    self.assertEqual((tab.complaints(), tab.requests()), ([], [url]))
                    self.assertLessEqual(tab.evaluate("document.documentElement.scrollWidth"), width)
                    self.check_access(tab)
                    printed = tab.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
            pdf = base64.b64decode(printed["data"])
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        self.assertTrue(2 <= pages <= 3, pages)
        width, height = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
        self.assertAlmostEqual(width, 595, delta=2)
        self.assertAlmostEqual(height, 842, delta=2)


@unittest.skipIf(STORES.is_shared, "it is about one server, and a store in a file")
class TwoNights(ReportStory):
    """Every night has a store of its own; the draw's name and both logs are the same."""

    def night(self, number, size):
        server = Server(self, "--audit-log", "audit.log", "--number", "manual", agencies=1, environment={"TZ": "UTC"})
        agency = self.send(server, 1)
        Wire(self, server.ports[0]).ask({"type_message": 1, "agency": 90 + size, "bets": [], "last": True})
        server.wait_for("receive_message .* fail|apuestas_almacenadas .* fail")
        self.order("draw", "--number", number, "--yes")
        self.assertEqual(agency.wait(), 0, agency.log())
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        return server.log().encode()

    def make_older(self, log):
        """The night was a day before: in both logs, whose chain is made again."""
        previous, records = "0" * 64, b""
        for line in self.read("audit.log").splitlines():
            record = json.loads(line)
            record["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(calendar.timegm(time.strptime(record["at"], "%Y-%m-%dT%H:%M:%SZ")) - 86400))
            record["previous"] = previous
            line = json.dumps(record, separators=(",", ":")).encode()
            previous, records = hashlib.sha256(line).hexdigest(), records + line + b"\n"
        self.write("audit.log", records)
        def day_before(match):
            return time.strftime("%Y-%m-%d", time.gmtime(calendar.timegm(time.strptime(match[0].decode(), "%Y-%m-%d")) - 86400)).encode()
        return re.sub(rb"(?m)^\d{4}-\d\d-\d\d", day_before, log)

    def test_each_is_told_by_itself(self):
        self.sample((40,), (1,))
        log = self.make_older(self.night("1111", 1))
        for name in os.listdir(self.path(".")):
            if name.startswith("quiniela.db"):
                os.rename(self.path(name), self.path(name.replace("quiniela", "monday")))
        self.write("server.log", log + self.night("7574", 2))
        page = self.report("--log", "server.log", "--audit-log", "audit.log")
        self.assertEqual([row[2:] for row in page.rows if len(row) == 4 and row[2].startswith("draw ")], [["draw draw=1 number=7574 yes=1", "done"]])
        self.assertEqual([row[2:4] for row in page.rows if len(row) == 6 and row[2].isdigit()], [["92", "1"]])
        self.assertIn("The log has every bet that is stored.", page.text)
        for text in ("started again", "1111", "do not say the same"):
            self.assertNotIn(text, page.text.split("Orders", 1)[1])


class Shared(ReportStory):
    def test_any_server_of_the_draw(self):
        """Also of several on one database: the bets of each agency are in the logs of all together."""
        self.sample(SIZES, WINNERS)
        server = Server(self, agencies=3, environment={"TZ": "UTC"})
        for agency in [self.send(server, number) for number in (1, 2, 3)]:
            self.assertEqual(agency.wait(), 0, agency.log())
        page = self.report("--log", self.keep_logs(server))
        for number, (size, won) in enumerate(zip(SIZES, WINNERS), 1):
            row = page.row(str(number), "by itself")
            self.assertEqual((row[2], row[7]), (str(size), str(won)))
        for text in ("7574 winning number", "The log has every bet that is stored.", "it was set in advance"):
            self.assertIn(text, page.text)
        self.assertIn("whose backups are its own" if STORES.is_shared else "none is noted beside the store", page.text)


@unittest.skipIf(STORES.is_shared, "it is about one server's audit log")
class Unfinished(ReportStory):
    def test_before_the_draw(self):
        """It is refused; so far it has no number, even where that is known already, nor any order's."""
        self.sample(SIZES, WINNERS)
        server = Server(self, "--audit-log", "audit.log", "--winning-number", "4242", agencies=4, environment={"TZ": "UTC"})
        self.send(server, 1)
        self.order("change", "--number", "4343")
        self.assertIn("--so-far", self.report(status=1))
        page = self.report("--so-far", "--log", self.keep_logs(server), "--audit-log", "audit.log")
        for text in ("This night is not over", "The numbers are not told before the draw", "an order changed what was set: change number=****", "3 agencies have sent nothing: 2–4."):
            self.assertIn(text, page.text)
        shown = re.sub(rb"[0-9a-f]{64}|:%d\b" % server.ports[0], b"", self.read("night.html"))  # a port may have those digits
        self.assertFalse({b"4242", b"4343", b"7574"} & {shown[i:i + 4] for i in range(len(shown))})
        self.assertEqual(page.row("1", "by itself")[2], "300")
        self.assertNotIn("path class=heat", self.read("night.html").decode())


@unittest.skipIf(STORES.is_shared, "it is about one server's audit log")
class Signed(SignedStory):
    def test_seal_and_signers(self):
        approver = self.made_key("approver", "inspector.example/one")
        server = self.serve("--number", "manual", "--approvals", 1, "--approvers", approver)
        agencies = self.send_all(server, wait=False)
        self.write("agency-1.seal", self.seal())
        status, _, errors = self.run_program("approve", "--rules", self.kept_file("rules-0.note"), "--seal", "agency-1.seal", "--server-key", self.vkey,
                                             "--number", "7574", "--key", "approver/sign.key", "--output", "approval.note", "--yes")
        self.assertEqual(status, 0, errors)
        self.order("draw", "--number", "7574", "--approval", "approval.note", "--yes")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        self.expect_event("drawn")
        status, _, errors = self.run_program("report", "--draw", DRAW, "--store", "quiniela.db", "--audit-log", "audit.log", "--output", "night.html")
        self.assertEqual((status, errors), (0, ""))
        page = Page(self.read("night.html"))
        root = base64.b64decode(next(event for event in self.events() if event["event"] == "root")["root"]).hex()
        for text in (root, self.vkey, f"Signed by {NAME}", f"Origin {NAME}/{DRAW}", "the seal was known"):
            self.assertIn(text, page.text)
        self.assertNotIn("do not say the same", page.text)
        self.check(page)

    def check(self, page):
        """The command that it prints is all that the check needs."""
        command = re.search(r"quiniela (verify --key VKEY .*?) quiniela recount", page.text)[1].split()
        words = [self.vkey if word == "VKEY" else self.kept_file(word) if word.endswith(".note") else word for word in command]
        status, printed, errors = self.run_program(*words)
        self.assertEqual((status, errors), (0, ""), printed)


if __name__ == "__main__":
    unittest.main()
