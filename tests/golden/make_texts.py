"""Vectors of texts: what is a bet, what is a line of an agency's file, what is the digest of stored bets."""
import hashlib
import struct

SAID = {"bad_bet": 'numero: is \\"x\\"', "gap": "a gap", "agency_finished": "the agency has ended", "other_draw": "another draw",
        "draining": "the server ends", "novelty": "something new"}  # the text of an error, by its code

GOOD_BETS = [
    ("as they usually are", "Ana,Paz,30904465,1999-03-17,2201"),
    ("a leap day, the lowest number", "A,B,1,2000-02-29,0"),
    ("a leap day of a century that 400 divides", "A,B,1,1600-02-29,1"),
    ("the first day", "A,B,1,0001-01-01,9999"),
    ("the last day; zeros before a number", "A,B,1,9999-12-31,0042"),
    ("any number of zeros", "A,B,1,2000-01-01,0000000000007"),
    ("a document of 16 letters and digits", "Nicolás,Núñez,AAb0123456789xyz,2000-01-01,1"),
    ("letters of any script", "ñ,日本,1,2000-01-01,1"),
    ("beyond 16 bits", "🎰,B,1,2000-01-01,1"),
    ("quotes, a backslash, other marks", "\"A\" \\,B'C;D,1,2000-01-01,1"),
    ("spaces count", " , ,1,2000-01-01,1"),
    ("a space that does not break", "A\u00a0,B,1,2000-01-01,1"),
    ("names of 100 bytes", "A" * 100 + "," + "é" * 50 + ",1,2000-01-01,1"),
]
GOOD_BETS.append(("as long as it may be: 512 bytes", "A,B,1,2000-01-01,".ljust(511, "0") + "7"))
BAD_BETS = [
    ("a byte too long: 513", "A,B,1,2000-01-01,".ljust(512, "0") + "7", "nombre"),
    ("nothing", "", "apellido"),
    ("four parts", "A,B,1,2000-01-01", "numero"),
    ("six parts", "A,B,1,2000-01-01,1,", "numero"),
    ("no first name", ",B,1,2000-01-01,1", "nombre"),
    ("no last name", "A,,1,2000-01-01,1", "apellido"),
    ("a name of 101 bytes", "A" * 101 + ",B,1,2000-01-01,1", "nombre"),
    ("a name of 102 bytes, in 51 characters", "A," + "é" * 51 + ",1,2000-01-01,1", "apellido"),
    ("a control character", "A\u001f,B,1,2000-01-01,1", "nombre"),
    ("another one", "A\u007f,B,1,2000-01-01,1", "nombre"),
    ("one beyond ASCII", "A\u009f,B,1,2000-01-01,1", "nombre"),
    ("a tab", "A,B\t,1,2000-01-01,1", "apellido"),
    ("no document", "A,B,,2000-01-01,1", "documento"),
    ("a document of 17", "A,B,12345678901234567,2000-01-01,1", "documento"),
    ("a space in it", "A,B,1 2,2000-01-01,1", "documento"),
    ("a letter beyond ASCII", "A,B,ñ,2000-01-01,1", "documento"),
    ("no leap year: a century", "A,B,1,1900-02-29,1", "nacimiento"),
    ("no leap year", "A,B,1,2023-02-29,1", "nacimiento"),
    ("April has 30 days", "A,B,1,2023-04-31,1", "nacimiento"),
    ("month 13", "A,B,1,2023-13-01,1", "nacimiento"),
    ("month 0", "A,B,1,2023-00-01,1", "nacimiento"),
    ("day 0", "A,B,1,2023-01-00,1", "nacimiento"),
    ("year 0", "A,B,1,0000-01-01,1", "nacimiento"),
    ("a digit is missing", "A,B,1,2023-1-01,1", "nacimiento"),
    ("other signs between", "A,B,1,2023/01/01,1", "nacimiento"),
    ("a space before it", "A,B,1, 2000-01-01,1", "nacimiento"),
    ("a digit too many", "A,B,1,2000-01-011,1", "nacimiento"),
    ("no number", "A,B,1,2000-01-01,", "numero"),
    ("ten thousand", "A,B,1,2000-01-01,10000", "numero"),
    ("below 0", "A,B,1,2000-01-01,-1", "numero"),
    ("a sign", "A,B,1,2000-01-01,+1", "numero"),
    ("a point", "A,B,1,2000-01-01,1.0", "numero"),
    ("more than 32 bits hold", "A,B,1,2000-01-01,4294967297", "numero"),
    ("the end of a line of Windows, which a client takes off", "A,B,1,2000-01-01,1\r", "numero"),
    ("digits of another script", "A,B,1,2000-01-01,１", "numero"),
]
LINES = [
    ("without quotes", "Ana,Paz,1,2000-01-01,7", "Ana,Paz,1,2000-01-01,7"),
    ("quotes around a field", '"Ana",Paz,1,2000-01-01,"7"', "Ana,Paz,1,2000-01-01,7"),
    ("two quotes in quotes are one", '"Ana ""la 7""",Paz,1,2000-01-01,7', 'Ana "la 7",Paz,1,2000-01-01,7'),
    ("quotes within a field stay", 'Ana "la 7",Paz,1,2000-01-01,7', 'Ana "la 7",Paz,1,2000-01-01,7'),
    ("an empty field in quotes", '"",Paz,1,2000-01-01,7', ",Paz,1,2000-01-01,7"),
    ("a comma within quotes: no bet can say that", '"Paz, Ana",Paz,1,2000-01-01,7', None),
    ("a quote that is not closed", '"Ana,Paz,1,2000-01-01,7', None),
    ("something behind a closed quote", '"Ana"x,Paz,1,2000-01-01,7', None),
]
ONE, TWO = "Ana,Paz,1,2000-01-01,7", "Eva,Paz,2,2000-01-01,8"
FILES = [  # their text, and their bets or the first line that is bad
    ("lines that end with LF", f"{ONE}\n{TWO}\n", [ONE, TWO]),
    ("with CR LF, as on Windows", f"{ONE}\r\n{TWO}\r\n", [ONE, TWO]),
    ("the last one without an end", f"{ONE}\n{TWO}", [ONE, TWO]),
    ("the last one with CR alone", f"{ONE}\r\n{TWO}\r", [ONE, TWO]),
    ("a byte order mark at the beginning", f"\ufeff{ONE}\n", [ONE]),
    ("two of them", f"\ufeff\ufeff{ONE}\n", 1),
    ("one before a later line, as of two files that were joined", f"{ONE}\n\ufeff{TWO}\n", 2),
    ("nothing", "", []),
    ("a CR alone, which is an empty line at the end", "\r", []),
    ("empty lines at the end", f"{ONE}\n\n\r\n\n", [ONE]),
    ("an empty line before others", f"{ONE}\n\n{TWO}\n", 2),
    ("CR alone between lines", f"{ONE}\r{TWO}\r", 1),
    ("CR CR LF", f"{ONE}\r\r\n", 1),
]
DIGESTS = [
    ("one bet", ["Ana,Paz,30904465,1999-03-17,7574"]),
    ("zeros before a number are in the text, and not in the number", ["A,B,1,2000-01-01,0042", "A,B,1,2000-01-01,42"]),
    ("bytes beyond ASCII", ["Tiago Nicolás,Núñez,34407251,2001-08-29,7574", "x,y,2,2000-01-01,9999", "x,y,2,2000-01-01,9999"]),
]


def digest(bets):
    numbers = b"".join(struct.pack("<H", int(bet.rsplit(",", 1)[1])) for bet in bets)
    return hashlib.sha256(numbers + b"".join(bet.encode() + b"\n" for bet in bets)).hexdigest()


def sections():
    return {
        "bets": [{"is": about, "text": text, "expect": {"number": int(text.rsplit(",", 1)[1])}} for about, text in GOOD_BETS]
        + [{"is": about, "text": text, "expect": {"refused": "bad_bet", "field": field}} for about, text, field in BAD_BETS],
        "csv_lines": [{"is": about, "line": line, "expect": {"refused": True} if bet is None else {"bet": bet}}
                      for about, line, bet in LINES],
        "csv_files": [{"is": about, "text": text,
                       "expect": {"refused": "bad_bet", "line": found} if isinstance(found, int) else {"bets": found}}
                      for about, text, found in FILES],
        "digests": [{"is": about, "bets": bets, "expect": {"digest": digest(bets)}} for about, bets in DIGESTS],
    }
