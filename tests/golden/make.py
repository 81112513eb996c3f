#!/usr/bin/env python3
"""Writes the golden messages: each file is one frame, byte for byte. Run it again after a change; the difference shows
in the history. NAME.good.bin must be taken; NAME.CODE.bin must be refused with that error code; reply-*.bin are the
central's answers."""
import json
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
BETS = ["Santiago Lionel,Lorca,30904465,1999-03-17,2201", "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"]


def write(name, body):
    body = body if isinstance(body, bytes) else body.encode()
    with open(os.path.join(HERE, name + ".bin"), "wb") as file:
        file.write(struct.pack(">I", len(body)) + body)


def classic(kind, agency, payload):
    return json.dumps({"type_message": kind, "agency": agency, "payload": payload})


def ours(**fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def ascii_only(**fields):
    return json.dumps(fields, separators=(",", ":"))


def bets(*texts, **fields):
    return ours(type_message=1, agency="1", payload=list(texts), **fields)


def main():
    # What classic clients send.
    write("classic-chunk.good", classic(1, "1", BETS))
    write("classic-chunk-agency-number.good", classic(1, 1, BETS))
    write("classic-last-chunk.good", classic(2, "5", BETS[:1]))
    write("classic-last-chunk-empty.good", classic(2, "5", []))
    write("classic-consult.good", classic(3, "1", None))
    # What our client sends, ASCII alone; tests compare these byte for byte with what it writes.
    write("our-chunk.good", ascii_only(type_message=1, agency="7", first=1000, payload=BETS))
    write("our-last-chunk-empty.good", ascii_only(type_message=2, agency="7", first=26936, payload=[]))
    write("our-consult.good", ascii_only(type_message=3, agency="7", payload=None))
    write("our-consult-now.good", ascii_only(type_message=3, agency="7", payload=None, wait=False))
    write("our-chunk-asking.good", ascii_only(type_message=1, agency="7", first=0, stored=2, payload=BETS))
    write("our-chunk-asking-on.good", ascii_only(type_message=1, agency="7", first=0, stored=1002, payload=[]))
    write("our-question.good", ascii_only(type_message=1, agency="7", first=0, stored=1002, time=True, payload=[]))
    # What our client sends that asks for what proves the draw.
    write("signed-chunk.good", ascii_only(type_message=1, agency="7", first=0, payload=BETS)[:-1]
          + ',"draw":true,"rules":true,"receipt":true}')
    write("signed-consult.good", ascii_only(type_message=3, agency="7", payload=None, rules=True, seal=True))
    write("signed-consult-now.good", ascii_only(type_message=3, agency="7", payload=None, wait=False, seal=True))
    write("edge-asks-for-nothing.good", ours(type_message=1, agency="1", payload=[], rules=False, receipt=None, only_draw=None))
    write("edge-shows-no-seal.good", ours(type_message=3, agency="1", seal=False, key=None))
    # The edges of what is good.
    write("edge-names.good", bets("A" * 100 + "," + "é" * 50 + ',1,2000-02-29,0', '"Pepe" \\,B,A1b2C3d4E5f6G7h8,0001-01-01,9999'))
    write("edge-leading-zeros.good", bets("A,B,1,2000-01-01,0042"))
    write("edge-escapes.good", '{"type_message":1,"agency":"\\u0031","payload":["Jos\\u00e9 \\ud83c\\udfb0,\\"O\\/B\\\\,1,2000-01-01,1"]}')
    write("edge-no-bets.good", bets())
    write("edge-agency-most.good", ours(type_message=3, agency="10000000"))
    write("edge-agency-zeros.good", ours(type_message=3, agency="0000000000000000000000005"))
    write("edge-first-most.good", bets(first=2 ** 63 - 1))
    write("edge-stored-null.good", bets(first=0, stored=None))
    write("edge-stored-most.good", bets(first=0, stored=2 ** 63 - 1))
    write("edge-spaces.good", " \n\t{ \"type_message\" : 3 ,\r\n \"agency\" : \"1\" } \n")
    write("edge-unknown-fields.good", ours(type_message=3, agency="1", novelty={"a": [1, 2]}, first=None, wait=None))
    # What is refused.
    write("bad-empty.bad_json", "")
    write("bad-cut.bad_json", classic(1, "1", BETS)[:-1])
    write("bad-two.bad_json", classic(3, "1", None) * 2)
    write("bad-not-utf8.bad_json", b'{"type_message":1,"agency":"1","payload":["A\xff,B,1,2000-01-01,1"]}')
    write("bad-surrogate.bad_json", '{"type_message":1,"agency":"1","payload":["A\\ud800,B,1,2000-01-01,1"]}')
    write("bad-deep.bad_json", '{"type_message":3,"agency":"1","x":' + "[" * 5000 + "]" * 5000 + "}")
    write("bad-nul.bad_json", b'{"type_message":3,"agency":"1"\0}')
    write("bad-raw-newline.bad_json", '{"type_message":1,"agency":"1","payload":["A,B,1,2000-01-01,1\n"]}')
    write("bad-list.bad_message", "[1,2]")
    write("bad-null.bad_message", "null")
    write("bad-no-type.bad_message", ours(agency="1", payload=[]))
    write("bad-type-text.bad_message", ours(type_message="1", agency="1", payload=[]))
    write("bad-type-fraction.bad_message", ours(type_message=1.5, agency="1", payload=[]))
    write("bad-type-zero.unknown_type", ours(type_message=0, agency="1", payload=[]))
    write("bad-type.unknown_type", ours(type_message=4, agency="1"))
    write("bad-no-agency.bad_message", ours(type_message=1, payload=[]))
    write("bad-agency-name.unknown_agency", ours(type_message=1, agency="x", payload=[]))
    write("bad-agency-zero.unknown_agency", ours(type_message=1, agency="0", payload=[]))
    write("bad-agency-negative.unknown_agency", ours(type_message=1, agency="-1", payload=[]))
    write("bad-agency-negative-number.unknown_agency", ours(type_message=1, agency=-1, payload=[]))
    write("bad-agency-empty.unknown_agency", ours(type_message=1, agency="", payload=[]))
    write("bad-agency-one-more.unknown_agency", ours(type_message=1, agency="10000001", payload=[]))
    write("bad-agency-fraction.bad_message", ours(type_message=1, agency=1.5, payload=[]))
    write("bad-agency-null.bad_message", ours(type_message=1, agency=None, payload=[]))
    write("bad-agency-huge.unknown_agency", ours(type_message=1, agency="99999999999999999999999", payload=[]))
    write("bad-agency-twice.bad_message", '{"type_message":3,"agency":"1","agency":"2"}')
    write("bad-no-payload.bad_message", ours(type_message=1, agency="1"))
    write("bad-payload-text.bad_message", ours(type_message=2, agency="1", payload="x"))
    write("bad-consult-payload.bad_message", ours(type_message=3, agency="1", payload=[]))
    write("bad-first-negative.bad_message", bets(first=-1))
    write("bad-first-text.bad_message", bets(first="0"))
    write("bad-first-fraction.bad_message", bets(first=0.5))
    write("bad-stored-negative.bad_message", bets(first=0, stored=-1))
    write("bad-stored-text.bad_message", bets(first=0, stored="0"))
    write("bad-wait-text.bad_message", ours(type_message=3, agency="1", wait="no"))
    write("bad-rules-text.bad_message", bets(rules="yes"))
    write("bad-receipt-number.bad_message", bets(receipt=1))
    write("bad-receipt-twice.bad_message", '{"type_message":1,"agency":"1","payload":[],"receipt":true,"receipt":true}')
    write("bad-only-draw-true.bad_message", bets(only_draw=True))
    write("bad-seal-number.bad_message", ours(type_message=3, agency="1", seal=1))
    write("bad-key-text.bad_message", ours(type_message=3, agency="1", key="yes"))
    write("bad-bet-number.bad_bet", ours(type_message=1, agency="1", payload=[BETS[0], 7]))
    for name, text in (("four-fields", "A,B,1,2000-01-01"), ("six-fields", "A,B,1,2000-01-01,1,2"),
                       ("no-name", ",B,1,2000-01-01,1"), ("long-name", "A" * 101 + ",B,1,2000-01-01,1"),
                       ("control", "A\u0007,B,1,2000-01-01,1"),
                       ("newline", "A\nB,C,1,2000-01-01,1"), ("escaped-nul", "A\0B,C,1,2000-01-01,1"),
                       ("carriage-return", "A,B,1,2000-01-01,1\r"), ("empty", ""), ("date", "A,B,1,2023-02-29,1"),
                       ("document", "A,B,1-2,2000-01-01,1"), ("ten-thousand", "A,B,1,2000-01-01,10000")):
        write(f"bad-{name}.bad_bet", bets(BETS[0], text))
    # What the central answers.
    write("reply-processed", '{"type_message":1,"payload":null,"next":27}')
    write("reply-stored", '{"type_message":1,"payload":null,"next":3002,"stored":['
          '{"first":0,"count":1002,"digest":"' + "00" * 31 + 'ff"},{"first":1002,"count":2000,"digest":"' + "0123456789abcdef" * 4
          + '"}]}')
    write("reply-time", '{"type_message":1,"payload":null,"next":27,"time_ms":1795694400123}')
    write("reply-time-stored", '{"type_message":1,"payload":null,"next":3002,"stored":[{"first":0,"count":1002,"digest":"'
          + "00" * 31 + 'ff"}],"time_ms":1795694400123}')
    write("reply-refuses", '{"type_message":1,"payload":null,"next":27,"time_ms":1795694400123,"refuses":"agency_finished"}')
    write("reply-time-error", '{"type_message":4,"payload":{"code":"gap","message":"a gap","retryable":true},"next":10,'
                              '"time_ms":1795694400123}')
    write("reply-classic-processed", '{"type_message": 1, "payload": null}')
    write("reply-winners", '{"type_message":2,"payload":"30876370,24807259"}')
    write("reply-no-winners", '{"type_message":2,"payload":""}')
    write("reply-not-ready", '{"type_message":3,"payload":null,"retry_after_ms":1000}')
    write("reply-error", '{"type_message":4,"payload":{"code":"bad_bet","message":"numero: is \\"x\\"","retryable":false,'
                         '"bet":3,"field":"numero"}}')
    write("reply-rules-unsigned", '{"type_message":1,"payload":null,"next":27,"rules":null}')
    write("reply-receipt", '{"type_message":1,"payload":null,"next":27,"rules":"quiniela rules v1\\u000a\\u2014 k eA==\\u000a",'
                           '"receipt":{"entry":"ZW50cnk=","index":1,"path":["aA==","aQ=="],"note":"n\\u000a\\u000a\\u2014 k eA==\\u000a"}}')
    write("reply-sealed", '{"type_message":3,"payload":null,"retry_after_ms":1000,"seal":"o/d\\u000a6\\u000ar\\u000a\\u000a\\u2014 k eA==\\u000a","key":"aw=="}')
    write("reply-winners-signed", '{"type_message":2,"payload":"30876370,24807259","seal":"o/d\\u000a6\\u000ar\\u000a","result":"r\\u000a"}')
    write("reply-gap", '{"type_message":4,"payload":{"code":"gap","message":"a gap","retryable":true},"next":10}')


if __name__ == "__main__":
    main()
