// JSON (RFC 8259) of which nothing is lost: an object is a list of its members, so that a name that is there twice is seen;
// a whole number is a BigInt, and texts are UTF-8.

const JSON_DEPTH_MAX = 64; // objects and lists, one in another: as every reader of pulses has it
const JSON_NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const JSON_PLAIN = /[^"\\\x00-\x1f]*/y;
const JSON_ESCAPES = {'"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t"};

class JsonObject {
    constructor(members) {
        this.members = members; // pairs of a name and a value
    }
}

class JsonReader {
    constructor(text) {
        this.text = text;
        this.at = 0;
    }

    fail() {
        refuse(say`is no JSON, at byte ${this.at}`);
    }

    whole() {
        const value = this.value(0);
        this.skip();
        return this.at === this.text.length ? value : this.fail();
    }

    skip() {
        while (" \t\n\r".includes(this.text[this.at] ?? "x")) {
            this.at++;
        }
    }

    // Whether the character comes next, behind spaces; it is taken then.
    takes(character) {
        this.skip();
        const is = this.text[this.at] === character;
        this.at += is ? 1 : 0;
        return is;
    }

    match(pattern) {
        pattern.lastIndex = this.at;
        const match = pattern.exec(this.text) ?? this.fail();
        this.at += match[0].length;
        return match;
    }

    // `depth`: in how many objects and lists it stands.
    value(depth) {
        if (this.takes("{")) {
            return new JsonObject(this.list("}", depth, () => this.member(depth + 1)));
        }
        if (this.takes("[")) {
            return this.list("]", depth, () => this.value(depth + 1));
        }
        return this.takes('"') ? this.string() : this.word() ?? this.number();
    }

    list(end, depth, read) {
        if (depth >= JSON_DEPTH_MAX) {
            refuse(say`is deeper than ${JSON_DEPTH_MAX} objects and lists, one in another`);
        }
        const values = [];
        if (this.takes(end)) {
            return values;
        }
        do {
            values.push(read());
        } while (this.takes(","));
        return this.takes(end) ? values : this.fail();
    }

    member(depth) {
        const name = this.takes('"') ? this.string() : this.fail();
        return this.takes(":") ? [name, this.value(depth)] : this.fail();
    }

    // True, false or null, as a list of one: no value that anything here reads.
    word() {
        const word = ["true", "false", "null"].find(word => this.text.startsWith(word, this.at));
        this.at += word ? word.length : 0;
        return word ? {word} : null;
    }

    number() {
        const [text, fraction, exponent] = this.match(JSON_NUMBER);
        const value = fraction || exponent ? Number(text) : BigInt(text);
        const isTaken = typeof value === "number" ? Number.isFinite(value) : value >= -(2n ** 63n) && value <= U64_MAX;
        return isTaken ? value : this.fail(); // as every reader of pulses has it, be it in a field that nothing reads
    }

    // Behind its first quote.
    string() {
        let bytes = "";
        for (;;) {
            bytes += this.match(JSON_PLAIN)[0];
            if (this.text[this.at] === '"') {
                this.at++;
                return bytes;
            }
            bytes += this.escape();
        }
    }

    escape() {
        const letter = this.text[this.at + 1] ?? "";
        if (this.text[this.at] !== "\\" || !(letter === "u" || Object.hasOwn(JSON_ESCAPES, letter))) {
            this.fail();
        }
        this.at += 2;
        if (letter !== "u") {
            return JSON_ESCAPES[letter];
        }
        const unit = this.unit();
        const isHigh = unit >= 0xd800 && unit < 0xdc00 && this.text.startsWith("\\u", this.at);
        this.at += isHigh ? 2 : 0;
        const character = isHigh ? String.fromCharCode(unit, this.unit()) : String.fromCharCode(unit);
        return character.isWellFormed() ? utf8(character) : this.fail();
    }

    unit() {
        const digits = this.text.slice(this.at, this.at + 4);
        this.at += 4;
        return /^[0-9A-Fa-f]{4}$/.test(digits) ? parseInt(digits, 16) : this.fail();
    }
}

function readJson(data) {
    return isUtf8(data) ? new JsonReader(data).whole() : refuse(say`is no UTF-8`);
}
