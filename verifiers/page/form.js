// A text that is read line by line. Each refusal says which line it is.

const AGENCIES_MAX = 10_000_000n, NAME_BYTES_MAX = 100;
const ORIGIN = /^([a-z0-9.-]+(?:\/[A-Za-z0-9._-]+)*)\/[A-Za-z0-9._-]{1,64}$/;

class Form {
    // `before` lines are not in the text.
    constructor(what, text, before = 0) {
        this.what = what;
        this.text = text;
        this.at = 0;
        this.number = before;
    }

    refuse(why) {
        refuse(say`${this.what}, line ${this.number}: ${why}`);
    }

    placed(refused) {
        return refused instanceof Refused ? new Refused(say`${this.what}, line ${this.number}: ${refused.why}`) : refused;
    }

    get atEnd() {
        return this.at === this.text.length;
    }

    line() {
        this.number++;
        if (this.atEnd) {
            this.refuse(say`is missing`);
        }
        const end = this.text.indexOf("\n", this.at);
        if (end < 0) {
            this.refuse(say`does not end in a line end`);
        }
        const line = this.text.slice(this.at, end);
        this.at = end + 1;
        return line;
    }

    // Reads a text by a function that may refuse it.
    by(read, text, ...more) {
        try {
            return read(text, ...more);
        } catch (refused) {
            throw this.placed(refused);
        }
    }

    // The same for a function that others wait for.
    async waitBy(read, text, ...more) {
        try {
            return await read(text, ...more);
        } catch (refused) {
            throw this.placed(refused);
        }
    }

    take(read, ...more) {
        return this.by(read, this.line(), ...more);
    }

    literal(wanted) {
        const line = this.line();
        if (line !== wanted) {
            this.refuse(say`is "${short(line)}" instead of "${wanted}"`);
        }
    }

    // What stands behind the key and a space; read by the function where one is given.
    value(key, read = null, ...more) {
        const line = this.line();
        if (!line.startsWith(`${key} `) || line.length === key.length + 1) {
            this.refuse(say`is "${short(line)}" instead of "${key} …"`);
        }
        const value = line.slice(key.length + 1);
        return read === null ? value : this.by(read, value, ...more);
    }

    nextIs(key) {
        return this.text.startsWith(`${key} `, this.at);
    }

    rest() {
        const rest = this.text.slice(this.at);
        this.at = this.text.length;
        return rest;
    }

    end() {
        if (!this.atEnd) {
            this.number++;
            this.refuse(say`is one too many`);
        }
    }

    // The line of an origin.
    origin() {
        const origin = this.line();
        this.by(nameOf, origin);
        return origin;
    }
}

// Cuts at each space; refuses another number of parts, or an empty one.
function parts(text, count) {
    const cut = text.split(" ");
    return cut.length === count && !cut.includes("") ? cut : refuse(say`"${short(text)}" is not ${count} words`);
}

// An origin's NAME; refuses what is no origin.
function nameOf(origin) {
    const match = ORIGIN.exec(origin);
    return match && match[1].length <= NAME_BYTES_MAX ? match[1] :
        refuse(say`"${short(origin)}" is no origin, NAME/DRAW`);
}
