"""The golden messages and the vectors are as they are written here, byte for byte.

What they are for: docs/vectors.md.

    make.py            writes all files anew; the difference shows in the history
    make.py --check    says which files are not as they would be written, and fails when there is one

NAME.good.bin must be taken; NAME.CODE.bin must be refused with that error code; reply-*.bin are the central's answers.
What is expected is written here, or read from the message by Python's own JSON: nothing is asked of the program.
"""
import argparse
import json
import os
import struct
import sys

import make_draw
import make_texts

HERE = os.path.dirname(os.path.abspath(__file__))
BETS = ["Santiago Lionel,Lorca,30904465,1999-03-17,2201", "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"]
MESSAGE_BYTES_MAX, REPLY_BYTES_MAX = 1 << 20, 64 << 20  # of a message to the central, and of one from it
ASKED = {1: ("time", "draw", "rules", "receipt"), 2: ("time", "draw", "rules", "receipt"), 3: ("rules", "key")}


class Files:
    """What is to lie in this folder: bytes by name, and the manifest's lists."""

    def __init__(self):
        self.bytes, self.messages, self.streams = {}, [], []

    def message(self, name, direction, body, about, expect):
        body = body if isinstance(body, bytes) else body.encode()
        file = name + ".bin"
        assert file not in self.bytes, file
        self.bytes[file] = struct.pack(">I", len(body)) + body
        self.messages.append({"file": file, "direction": direction, "is": about, "expect": expect})

    def good(self, name, about, body):
        self.message(name + ".good", "to_central", body, about, request_means(body))

    def bad(self, name, code, about, body, **expect):
        self.message(f"{name}.{code}", "to_central", body, about, {"refused": code, **expect, "connection": "kept"})

    def reply(self, name, about, body):
        self.message("reply-" + name, "from_central", body, about, reply_means(body))

    def bad_reply(self, name, code, about, body):
        self.message("reply-bad-" + name, "from_central", body, about, {"refused": code, "connection": "closed"})

    def stream(self, name, direction, about, parts, end=b"", **expect):
        """Whole messages, one after the other, and what comes behind them."""
        file = f"streams/{name}.bin"
        self.bytes[file] = b"".join(self.bytes[part + ".bin"] for part in parts) + end
        self.streams.append({"file": file, "direction": direction, "is": about,
                             "expect": {"messages": [part + ".bin" for part in parts], "left": len(end), **expect}})


def request_means(body):
    """What a message to the central says: its fields without those that say nothing."""
    fields = {name: value for name, value in json.loads(body).items() if value is not None}
    kind = fields["type_message"]
    means = {"type": kind, "agency": int(fields["agency"])}
    if kind == 3:
        means.update(wait=fields.get("wait", True), returns=fields.get("returns", False))
    else:
        means["bets"] = fields["payload"]
        means.update({name: fields[name] for name in ("first", "stored", "only_draw") if name in fields})
    means["asks"] = [name for name in ASKED[kind] if fields.get(name)]
    if kind == 3 and fields.get("seal"):
        means["asks"].append("seal")
        means.update({} if fields["seal"] is True else {"seal": fields["seal"]})
    return means


def reply_means(body):
    """What a message from the central says."""
    fields = json.loads(body)
    kind, payload = fields["type_message"], fields.get("payload")
    means = {"type": kind}
    if kind == 2:
        means["winners"] = payload.split(",") if payload else []
    if kind == 4:
        means["error"] = payload
    means.update({name: fields[name] for name in ("next", "stored", "time_ms", "refuses", "draw", "retry_after_ms", "receipt", "rules",
                                                  "seal", "result", "key") if fields.get(name) is not None})
    if "rules" in fields and fields["rules"] is None:
        means["unsigned"] = True
    return means


def classic(kind, agency, payload):
    return json.dumps({"type_message": kind, "agency": agency, "payload": payload})


def ours(**fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def ascii_only(**fields):
    return json.dumps(fields, separators=(",", ":"))


def bets(*texts, **fields):
    return ours(type_message=1, agency="1", payload=list(texts), **fields)


def what_clients_send(files):
    good = files.good
    # What classic clients send.
    good("classic-chunk", "a chunk, without a place", classic(1, "1", BETS))
    good("classic-chunk-agency-number", "the agency may be a number", classic(1, 1, BETS))
    good("classic-last-chunk", "the last chunk", classic(2, "5", BETS[:1]))
    good("classic-last-chunk-empty", "a last chunk may be without bets", classic(2, "5", []))
    good("classic-consult", "asks for the winners, and waits", classic(3, "1", None))
    # What our client sends, ASCII alone; tests compare these byte for byte with what it writes.
    good("our-chunk", "a chunk with its place", ascii_only(type_message=1, agency="7", first=1000, payload=BETS))
    good("our-last-chunk-empty", "the end, after 26936 bets", ascii_only(type_message=2, agency="7", first=26936, payload=[]))
    good("our-end-again", "after a held consultation was lost: are the bets still there?",
         ascii_only(type_message=2, agency="7", first=26936, payload=[], draw=True))
    good("our-consult", "asks for the winners, and waits", ascii_only(type_message=3, agency="7", payload=None))
    good("our-consult-now", "asks for an answer now", ascii_only(type_message=3, agency="7", payload=None, wait=False))
    good("our-consult-returning", "waits, and will look after its bets",
         ascii_only(type_message=3, agency="7", payload=None, returns=True))
    good("our-chunk-asking", "a first chunk that asks what is stored from bet 2 on",
         ascii_only(type_message=1, agency="7", first=0, stored=2, payload=BETS))
    good("our-chunk-asking-on", "a chunk without bets asks on", ascii_only(type_message=1, agency="7", first=0, stored=1002, payload=[]))
    good("our-question", "asks for the time, too", ascii_only(type_message=1, agency="7", first=0, stored=1002, time=True, payload=[]))
    good("our-chunk-only-draw", "for one draw, and no other",
         ascii_only(type_message=1, agency="7", first=0, payload=BETS)[:-1] + ',"draw":true,"only_draw":"friday, opened 2026-11-27T08:00:00Z"}')
    # What our client sends that asks for what proves the draw.
    good("signed-chunk", "a chunk that wants rules and a receipt",
         ascii_only(type_message=1, agency="7", first=0, payload=BETS)[:-1] + ',"draw":true,"rules":true,"receipt":true}')
    good("signed-consult", "wants rules and seal", ascii_only(type_message=3, agency="7", payload=None, rules=True, seal=True))
    good("signed-consult-now", "wants the seal, now", ascii_only(type_message=3, agency="7", payload=None, wait=False, seal=True))
    good("signed-consult-key", "wants its salt key, too",
         ascii_only(type_message=3, agency="7", payload=None, returns=True, rules=True, key=True, seal=True))
    good("signed-consult-showing", "shows the seal that it has",
         ascii_only(type_message=3, agency="7", payload=None, seal=make_draw.SEAL.decode()))


def the_edges_of_what_is_good(files):
    good = files.good
    good("edge-asks-for-nothing", "what is false or null asks for nothing",
         ours(type_message=1, agency="1", payload=[], rules=False, receipt=None, only_draw=None))
    good("edge-shows-no-seal", "nor here", ours(type_message=3, agency="1", seal=False, key=None))
    good("edge-names", "the longest names, quotes and a backslash in others; the earliest date, the highest number",
         bets("A" * 100 + "," + "é" * 50 + ',1,2000-02-29,0', '"Pepe" \\,B,A1b2C3d4E5f6G7h8,0001-01-01,9999'))
    good("edge-leading-zeros", "a number keeps its zeros", bets("A,B,1,2000-01-01,0042"))
    good("edge-escapes", "any character may be escaped",
         '{"type_message":1,"agency":"\\u0031","payload":["Jos\\u00e9 \\ud83c\\udfb0,\\"O\\/B\\\\,1,2000-01-01,1"]}')
    good("edge-no-bets", "a chunk may be without bets", bets())
    good("edge-agency-most", "the highest agency", ours(type_message=3, agency="10000000"))
    good("edge-agency-zeros", "zeros before its number do not count", ours(type_message=3, agency="0000000000000000000000005"))
    good("edge-first-most", "the highest place", bets(first=2 ** 63 - 1))
    good("edge-stored-null", "null counts as absent", bets(first=0, stored=None))
    good("edge-stored-most", "the highest place to list from", bets(first=0, stored=2 ** 63 - 1))
    good("edge-spaces", "JSON's spaces anywhere", " \n\t{ \"type_message\" : 3 ,\r\n \"agency\" : \"1\" } \n")
    good("edge-unknown-fields", "unknown fields are ignored, null ones absent",
         ours(type_message=3, agency="1", novelty={"a": [1, 2]}, first=None, wait=None))


def what_does_not_parse(files):
    def bad(name, about, body):
        files.bad("bad-" + name, "bad_json", about, body)
    bad("empty", "a message without bytes", "")
    bad("cut", "the last bracket is missing", classic(1, "1", BETS)[:-1])
    bad("two", "two objects in one message", classic(3, "1", None) * 2)
    bad("not-utf8", "a byte that is no UTF-8", b'{"type_message":1,"agency":"1","payload":["A\xff,B,1,2000-01-01,1"]}')
    bad("surrogate", "half of a surrogate pair", '{"type_message":1,"agency":"1","payload":["A\\ud800,B,1,2000-01-01,1"]}')
    bad("deep", "five thousand brackets", '{"type_message":3,"agency":"1","x":' + "[" * 5000 + "]" * 5000 + "}")
    bad("nul", "a byte 0", b'{"type_message":3,"agency":"1"\0}')
    bad("raw-newline", "a line feed within a text", '{"type_message":1,"agency":"1","payload":["A,B,1,2000-01-01,1\n"]}')


def what_has_no_type_or_agency(files):
    def bad(name, code, about, body, field):
        files.bad("bad-" + name, code, about, body, **({"field": field} if field else {}))
    bad("list", "bad_message", "a list", "[1,2]", None)
    bad("null", "bad_message", "null", "null", None)
    bad("no-type", "bad_message", "without a type", ours(agency="1", payload=[]), "type_message")
    bad("type-text", "bad_message", "a type that is a text", ours(type_message="1", agency="1", payload=[]), "type_message")
    bad("type-fraction", "bad_message", "no whole type", ours(type_message=1.5, agency="1", payload=[]), "type_message")
    bad("type-zero", "unknown_type", "type 0", ours(type_message=0, agency="1", payload=[]), "type_message")
    bad("type", "unknown_type", "type 4", ours(type_message=4, agency="1"), "type_message")
    bad("no-agency", "bad_message", "without an agency", ours(type_message=1, payload=[]), "agency")
    for name, about, agency in (("name", "a letter", "x"), ("zero", "agency 0", "0"), ("negative", "a sign", "-1"),
                                ("negative-number", "less than 0", -1), ("empty", "an empty text", ""),
                                ("one-more", "beyond the highest agency", "10000001"),
                                ("huge", "more than 64 bits hold", "99999999999999999999999")):
        bad("agency-" + name, "unknown_agency", about, ours(type_message=1, agency=agency, payload=[]), "agency")
    bad("agency-fraction", "bad_message", "no whole agency", ours(type_message=1, agency=1.5, payload=[]), "agency")
    bad("agency-null", "bad_message", "null", ours(type_message=1, agency=None, payload=[]), "agency")
    bad("agency-twice", "bad_message", "two agencies", '{"type_message":3,"agency":"1","agency":"2"}', "agency")


def what_has_a_wrong_field(files):
    def bad(name, field, about, body):
        files.bad("bad-" + name, "bad_message", about, body, field=field)
    bad("no-payload", "payload", "a chunk without payload", ours(type_message=1, agency="1"))
    bad("payload-text", "payload", "a payload that is a text", ours(type_message=2, agency="1", payload="x"))
    bad("consult-payload", "payload", "a consultation has none", ours(type_message=3, agency="1", payload=[]))
    bad("first-negative", "first", "a place before the first bet", bets(first=-1))
    bad("first-text", "first", "a place that is a text", bets(first="0"))
    bad("first-fraction", "first", "no whole place", bets(first=0.5))
    bad("stored-negative", "stored", "a place before the first bet", bets(first=0, stored=-1))
    bad("stored-text", "stored", "a place that is a text", bets(first=0, stored="0"))
    bad("wait-text", "wait", "neither true nor false", ours(type_message=3, agency="1", wait="no"))
    bad("rules-text", "rules", "neither true nor false", bets(rules="yes"))
    bad("receipt-number", "receipt", "neither true nor false", bets(receipt=1))
    bad("receipt-twice", "receipt", "a field that is there twice",
        '{"type_message":1,"agency":"1","payload":[],"receipt":true,"receipt":true}')
    bad("only-draw-true", "only_draw", "no text", bets(only_draw=True))
    bad("seal-number", "seal", "neither true, false nor a text", ours(type_message=3, agency="1", seal=1))
    bad("key-text", "key", "neither true nor false", ours(type_message=3, agency="1", key="yes"))


def what_has_a_wrong_bet(files):
    files.bad("bad-bet-number", "bad_bet", "a bet that is a number", ours(type_message=1, agency="1", payload=[BETS[0], 7]),
              bet=1, field="payload")
    for name, field, about, text in (
            ("four-fields", "numero", "the number is missing", "A,B,1,2000-01-01"),
            ("six-fields", "numero", "a part too many", "A,B,1,2000-01-01,1,2"),
            ("no-name", "nombre", "an empty name", ",B,1,2000-01-01,1"),
            ("long-name", "nombre", "a name of 101 bytes", "A" * 101 + ",B,1,2000-01-01,1"),
            ("control", "nombre", "a control character", "A\u0007,B,1,2000-01-01,1"),
            ("newline", "nombre", "a line feed", "A\nB,C,1,2000-01-01,1"),
            ("escaped-nul", "nombre", "a NUL, escaped", "A\0B,C,1,2000-01-01,1"),
            ("carriage-return", "numero", "the end of a line of Windows", "A,B,1,2000-01-01,1\r"),
            ("empty", "apellido", "an empty text: the first part is there, and the second missing", ""),
            ("date", "nacimiento", "no leap year", "A,B,1,2023-02-29,1"),
            ("document", "documento", "neither a letter nor a digit", "A,B,1-2,2000-01-01,1"),
            ("ten-thousand", "numero", "a number too high", "A,B,1,2000-01-01,10000")):
        files.bad("bad-" + name, "bad_bet", about, bets(BETS[0], text), bet=1, field=field)


def what_the_central_answers(files):
    reply, piece = files.reply, '{"first":0,"count":1002,"digest":"' + "00" * 31 + 'ff"}'
    reply("processed", "27 bets are stored", '{"type_message":1,"payload":null,"next":27}')
    reply("stored", "and these are they", '{"type_message":1,"payload":null,"next":3002,"stored":[' + piece
          + ',{"first":1002,"count":2000,"digest":"' + "0123456789abcdef" * 4 + '"}]}')
    reply("time", "with the central's time", '{"type_message":1,"payload":null,"next":27,"time_ms":1795694400123}')
    reply("time-stored", "with time and list",
          '{"type_message":1,"payload":null,"next":3002,"stored":[' + piece + '],"time_ms":1795694400123}')
    reply("refuses", "what the file has beyond would be refused",
          '{"type_message":1,"payload":null,"next":27,"time_ms":1795694400123,"refuses":"agency_finished"}')
    reply("draw", "with the draw", '{"type_message":1,"payload":null,"next":0,"draw":"friday, opened 2026-11-27T08:00:00Z"}')
    reply("draw-controls", "a draw with an escape of a terminal: to be escaped before it is shown",
          '{"type_message":1,"payload":null,"next":0,"draw":"\\u001b[2J\\u009b"}')
    reply("unknown-fields", "unknown fields are ignored", '{"novelty":[{}], "type_message":1,"next":27,"payload":null}')
    reply("nulls", "null says nothing",
          '{"type_message":1,"payload":null,"next":null,"stored":null,"time_ms":null,"refuses":null,"draw":null,"retry_after_ms":null}')
    reply("classic-processed", "what the oldest central answers", '{"type_message": 1, "payload": null}')
    reply("winners", "two documents", '{"type_message":2,"payload":"30876370,24807259"}')
    reply("winners-twice", "one that has won twice is there twice", '{"type_message":2,"payload":"30876370,30876370"}')
    reply("no-winners", "nobody has won", '{"type_message":2,"payload":""}')
    reply("not-ready", "ask again in a second", '{"type_message":3,"payload":null,"retry_after_ms":1000}')
    reply("rules-unsigned", "the draw is not signed", '{"type_message":1,"payload":null,"next":27,"rules":null}')
    reply("receipt", "rules and a receipt (of no sense: draw/ has good ones)",
          '{"type_message":1,"payload":null,"next":27,"rules":"quiniela rules v1\\u000a\\u2014 k eA==\\u000a",'
          '"receipt":{"entry":"ZW50cnk=","index":1,"path":["aA==","aQ=="],"note":"n\\u000a\\u000a\\u2014 k eA==\\u000a"}}')
    reply("sealed", "there is a seal, and no number yet",
          '{"type_message":3,"payload":null,"retry_after_ms":1000,"seal":"o/d\\u000a6\\u000ar\\u000a\\u000a\\u2014 k eA==\\u000a","key":"aw=="}')
    reply("winners-signed", "winners, seal and result",
          '{"type_message":2,"payload":"30876370,24807259","seal":"o/d\\u000a6\\u000ar\\u000a","result":"r\\u000a"}')


def what_the_central_refuses(files):
    def error(name, about, code, retryable, more="", end=""):
        files.reply(name, about, f'{{"type_message":4,"payload":{{"code":"{code}","message":"{make_texts.SAID[code]}",'
                                 f'"retryable":{json.dumps(retryable)}{more}}}{end}}}')
    error("error", "a bet is wrong, and which", "bad_bet", False, more=',"bet":3,"field":"numero"')
    error("gap", "go on at bet 10", "gap", True, end=',"next":10')
    error("time-error", "with the time", "gap", True, end=',"next":10,"time_ms":1795694400123')
    error("finished", "the agency has ended", "agency_finished", False, end=',"next":26936')
    error("other-draw", "the central has another draw by now", "other_draw", False, end=',"draw":"saturday, opened 2026-11-28T08:00:00Z"')
    error("draining", "go on elsewhere; the central then closes the connection", "draining", True)
    error("unknown-code", "a code of a later central: `retryable` says what to do", "novelty", True)
    files.reply("controls", "a code with an escape of a terminal: to be escaped before it is shown",
                '{"type_message":4,"payload":{"code":"\\u001b[2J","message":"x","retryable":true}}')


def what_no_client_believes(files):
    bad = files.bad_reply
    bad("empty", "bad_json", "a message without bytes", "")
    bad("cut", "bad_json", "the last bracket is missing", '{"type_message":1,"payload":null,"next":27')
    bad("list", "bad_message", "a list", "[]")
    bad("no-type", "bad_message", "without a type", '{"payload":null,"next":27}')
    bad("type", "bad_message", "type 5", '{"type_message":5,"payload":null}')
    bad("type-text", "bad_message", "a type that is a text", '{"type_message":"1","payload":null}')
    bad("type-fraction", "bad_message", "a type that is written as a fraction", '{"type_message":1.0,"payload":null}')
    bad("surrogate", "bad_json", "half of a surrogate pair", '{"type_message":1,"payload":null,"next":1,"draw":"\\ud800"}')
    bad("not-a-number", "bad_json", "NaN, which JSON does not have", '{"type_message":1,"payload":null,"next":NaN}')
    bad("next-text", "bad_message", "a count that is a text", '{"type_message":1,"payload":null,"next":"27"}')
    bad("next-fraction", "bad_message", "a count that is written as a fraction", '{"type_message":1,"payload":null,"next":27.0}')
    bad("next-negative", "bad_message", "a count below 0", '{"type_message":1,"payload":null,"next":-1}')
    bad("next-most", "bad_message", "a count of 2^63, one more than there can be", '{"type_message":1,"payload":null,"next":9223372036854775808}')
    bad("error-next-text", "bad_message", "an error with a count that is a text",
        '{"type_message":4,"payload":{"code":"gap","message":"x","retryable":true},"next":"10"}')
    bad("bet-text", "bad_message", "an error with a bet that is a text",
        '{"type_message":4,"payload":{"code":"bad_bet","message":"x","retryable":false,"bet":"3"}}')
    bad("time-text", "bad_message", "a time that is a text", '{"type_message":1,"payload":null,"next":27,"time_ms":"1795694400123"}')
    bad("retry-text", "bad_message", "a pause that is a text", '{"type_message":3,"payload":null,"retry_after_ms":"1000"}')
    bad("draw-number", "bad_message", "a draw that is no text", '{"type_message":1,"payload":null,"next":0,"draw":7}')
    bad("stored-number", "bad_message", "what is stored is no list", '{"type_message":1,"payload":null,"next":9,"stored":7}')
    bad("code-number", "bad_message", "a code that is a number", '{"type_message":4,"payload":{"code":7,"message":"x","retryable":true}}')
    bad("rules-number", "bad_message", "rules that are no text", '{"type_message":1,"payload":null,"next":1,"rules":7}')
    bad("winners-number", "bad_message", "winners that are no text", '{"type_message":2,"payload":30876370}')
    bad("winners-control", "bad_message", "winners with an escape of a terminal", '{"type_message":2,"payload":"\\u001b[2J30876370"}')
    bad("no-code", "bad_message", "an error without a code", '{"type_message":4,"payload":{"message":"x","retryable":true}}')
    bad("stored", "bad_message", "a piece without bets",
        '{"type_message":1,"next":9,"stored":[{"first":0,"count":0,"digest":"' + "00" * 32 + '"}]}')
    bad("receipt", "bad_message", "a receipt without a note",
        '{"type_message":1,"next":9,"receipt":{"entry":"ZW50cnk=","index":1,"path":[]}}')


def what_comes_in_pieces(files):
    request, answer = "to_central", "from_central"
    files.stream("several", request, "several messages at once", ["our-chunk.good", "our-last-chunk-empty.good", "our-consult.good"],
                 then="open")
    files.stream("part", request, "the beginning of a second one", ["our-chunk.good"], end=struct.pack(">I", 20) + b'{"type', then="open")
    files.stream("header-part", request, "half of a header", ["our-consult.good"], end=b"\0\0", then="open")
    files.stream("refused", request, "after a refusal the connection goes on",
                 ["bad-date.bad_bet", "bad-cut.bad_json", "our-chunk.good"], then="open")
    files.stream("longest", request, "the longest message may come", [], end=struct.pack(">I", MESSAGE_BYTES_MAX), then="open")
    files.stream("too-long", request, "one byte more than the longest", ["our-chunk.good"],
                 end=struct.pack(">I", MESSAGE_BYTES_MAX + 1), then="closed", refused="bad_frame")
    files.stream("http", request, "somebody speaks HTTP", [], end=b"GET / HTTP/1.1\r\n\r\n", then="closed", refused="bad_frame")
    files.stream("answers", answer, "several answers at once", ["reply-processed", "reply-gap", "reply-winners"], then="open")
    files.stream("answer-part", answer, "the beginning of a second one", ["reply-processed"], end=struct.pack(">I", 20) + b"{", then="open")
    files.stream("answer-longest", answer, "the longest answer may come", [], end=struct.pack(">I", REPLY_BYTES_MAX), then="open")
    files.stream("answer-too-long", answer, "one byte more than the longest", ["reply-processed"],
                 end=struct.pack(">I", REPLY_BYTES_MAX + 1), then="closed", refused="bad_frame")


def listed(lists):
    """JSON with a line for each vector."""
    def section(name, vectors):
        lines = ",\n".join("  " + json.dumps(vector, ensure_ascii=False) for vector in vectors)
        return f' {json.dumps(name)}: [\n{lines}\n ]'
    return ('{\n "format": 1,\n "how": "docs/vectors.md",\n' + ",\n".join(section(*item) for item in lists.items()) + "\n}\n").encode()


def made():
    """All files of this folder by their paths in it."""
    files = Files()
    for step in (what_clients_send, the_edges_of_what_is_good, what_does_not_parse, what_has_no_type_or_agency, what_has_a_wrong_field,
                 what_has_a_wrong_bet, what_the_central_answers, what_the_central_refuses, what_no_client_believes,
                 what_comes_in_pieces):
        step(files)
    files.bytes["vectors.json"] = listed({"messages": files.messages, "streams": files.streams, **make_texts.sections()})
    files.bytes["draw/vectors.json"] = listed(make_draw.sections())
    return files.bytes


def there():
    """The paths of the files that are there, the makers' own left out."""
    return {os.path.relpath(os.path.join(folder, name), HERE) for folder, _, names in os.walk(HERE) for name in names
            if name.endswith((".bin", ".json"))}


def differences(files):
    for path in sorted(there() | files.keys()):
        if path not in files:
            yield path, "is not written by make.py"
        elif path not in there():
            yield path, "is missing"
        else:
            with open(os.path.join(HERE, path), "rb") as file:
                if file.read() != files[path]:
                    yield path, "is not as make.py writes it"


def write(files):
    for path, data in files.items():
        path = os.path.join(HERE, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def main():
    parser = argparse.ArgumentParser(description="Writes the golden messages and the vectors.")
    parser.add_argument("--check", action="store_true", help="write nothing, and say what differs")
    files = made()
    if not parser.parse_args().check:
        write(files)
        return 0
    found = list(differences(files))
    for path, what in found:
        print(f"tests/golden/{path}: {what}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
