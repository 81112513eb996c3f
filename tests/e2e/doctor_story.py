"""What `quiniela doctor` finds, for its stories."""
import json
import socket
import threading

from harness import Story

ORDER = ["settings", "file", "receipts", "name", "connection", "plain text or TLS", "central's certificate", "own certificate", "clock",
         "agency", "what is stored", "who signs"]


class Finding:
    def __init__(self, check):
        self.check, self.result, self.text, self.todo = (check[key] for key in ("check", "result", "message", "what_to_do"))

    def __repr__(self):
        return f"{self.result}: {self.check}: {self.text}. {self.todo}"


class Doctor(Story):
    """What it finds; and that it says so in the order of its checks, each at least once."""
    SIZES = (5, 3, 0)

    def setUp(self):
        super().setUp()
        self.sample(self.SIZES, (0,) * len(self.SIZES))

    def examine(self, ports, *flags, agency=1, environment=None):
        flags = ["--id", agency, "--server-address", f"127.0.0.1:{ports[0]}", "--server-consult-address", f"127.0.0.1:{ports[1]}", *flags]
        status, said, errors = self.run_program("doctor", *flags, "--json", environment=environment)
        self.assertEqual(errors, "")
        answer = json.loads(said)
        found = [Finding(check) for check in answer["checks"]]
        self.assertEqual(list(dict.fromkeys(finding.check for finding in found)), ORDER, "the checks, in order")
        self.assertEqual((status, answer["ok"]), (1, False) if any(f.result == "wrong" for f in found) else (0, True))
        self.assertTrue(all(finding.todo for finding in found if finding.result == "wrong"), found)
        return found

    def of(self, found, check, result=None):
        return [finding for finding in found if finding.check == check and result in (None, finding.result)]

    def expect_wrong(self, found, *checks):
        """That these are wrong, and no other; gives back the first."""
        wrong = [finding for finding in found if finding.result == "wrong"]
        self.assertEqual(list(dict.fromkeys(finding.check for finding in wrong)), list(checks), found)
        return wrong[0]

    def expect(self, found, check, result, pattern="."):
        texts = [finding.text for finding in self.of(found, check, result)]
        self.assertTrue(texts, f"expected {check} to be {result}; {found}")
        self.assertRegex("\n".join(texts), pattern)

    def expect_skipped_from(self, found, check):
        later = [finding for finding in found if ORDER.index(finding.check) >= ORDER.index(check)]
        self.assertEqual({finding.result for finding in later}, {"skipped"}, found)

    def write(self, text, agency=1):
        with open(f"{self.folder}/data/agency-{agency}.csv", "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, agency=1):
        with open(f"{self.folder}/data/agency-{agency}.csv", encoding="utf-8") as file:
            return file.read()

    def listen(self, answer):
        """The ports of a program that gives `answer` (of a connection) to each connection, on a thread of its own."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                    with connection:
                        answer(connection)
                except (OSError, EOFError):
                    if listener.fileno() < 0:
                        return
        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return listener.getsockname()[1]
