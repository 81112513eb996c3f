"""A database that speaks another language is understood by its SQLSTATEs.

PostgreSQL's manual, appendix A: what is final ends the server, what may pass is waited for.
"""
import signal
import socket
import struct
import threading
import unittest

from harness import Process, Story

WORDS = {"Russian": "ВАЖНО", "Chinese": "致命错误", "Polish": "KATASTROFALNY", "two words": "ΜΟΙΡΑΙΟ ΣΦΑΛΜΑ", "English": "FATAL"}


class Foreigner:
    """Refuses whoever connects, in the database's protocol (the manual, 55.7: ErrorResponse)."""

    def __init__(self, story, word, state, text):
        fields = {"S": word, "V": "FATAL", "C": state, "M": text, "F": "auth.c", "L": "334", "R": "auth_failed"}
        body = b"".join(name.encode() + value.encode() + b"\0" for name, value in fields.items()) + b"\0"
        self.answer = b"E" + struct.pack(">I", len(body) + 4) + body
        self.listener = socket.create_server(("127.0.0.1", 0))
        story.addCleanup(self.listener.close)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            with connection:
                length, = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
                connection.recv(length - 4, socket.MSG_WAITALL)
                connection.sendall(self.answer)


class Languages(Story):
    def start(self, word, state, text):
        foreigner = Foreigner(self, word, state, text)
        return Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store",
                              f"host=127.0.0.1 port={foreigner.port} user=u dbname=d sslmode=disable gssencmode=disable"])

    def test_a_refusal_ends_the_server(self):
        for language, word in WORDS.items():
            for state, text in (("28P01", "пользователь \"u\" не прошёл проверку"), ("28000", "no: nobody"),
                                ("3D000", "база данных \"d\" не существует")):
                with self.subTest(language=language, state=state):
                    server = self.start(word, state, text)
                    self.assertEqual(server.wait(), 1, server.log())
                    server.wait_for(f"action: start_server .*cannot connect: {text}$")

    def test_what_may_pass_is_waited_for(self):
        for word in WORDS.values():
            for state, text in (("57P03", "система баз данных запускается"), ("53300", "it is only said: FATAL:  28P01: so")):
                with self.subTest(word=word, state=state):
                    server = self.start(word, state, text)
                    server.wait_for(f"action: store .*result: fail .*store_away .*cannot connect: {text} .*retry_ms")
                    server.signal(signal.SIGTERM)
                    self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    unittest.main()
