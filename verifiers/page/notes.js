// Public keys and signed notes, as C2SP specifies them: a text, and lines of signatures behind an empty line.

const NOTE_BYTES_MAX = 64 * 1024, SIGNATURES_MAX = 64;
const DASH = utf8("— ");
const ED25519 = 1, COSIGNATURE = 4;
const KEY_NAME = /^[!-*,-~]{1,100}$/;
// Of a signer's name: none of them, as UTF-8.
const SPACES = new RegExp("[\\x00-\\x20\\x7f+]|\\xc2[\\x80-\\xa0]|\\xe1\\x9a\\x80|\\xe2\\x80[\\x80-\\x8a\\xa8\\xa9\\xaf]|" +
    "\\xe2\\x81\\x9f|\\xe3\\x80\\x80");

// Reads NAME+ID+BASE64: name, kind, publicKey, id, and the text itself.
async function readKey(text, kind = null) {
    const cut = text.split("+"), name = cut[0];
    if (cut.length < 3 || !KEY_NAME.test(name)) {
        refuse(say`the key "${short(text)}" is not NAME+ID+BASE64`);
    }
    const id = hexDecode(cut[1], 4), data = base64Decode(cut.slice(2).join("+"), 33);
    const key = {name, kind: data.charCodeAt(0), publicKey: data.slice(1), id, text};
    if (key.kind !== ED25519 && key.kind !== COSIGNATURE) {
        refuse(say`the key is of a type other than Ed25519 (1) and cosignature/v1 (4)`);
    }
    if (kind !== null && kind !== key.kind) {
        refuse(say`the key's type is not ${kind}`);
    }
    if (id !== (await sha256(`${name}\n${data}`)).slice(0, 4)) {
        refuse(say`the key has an id that is not its own`);
    }
    const why = whyNoKey(key.publicKey);
    if (why !== null) {
        refuse(why);
    }
    return Object.freeze(key);
}

function sameKey(one, other) {
    return one.name === other.name && one.kind === other.kind && one.publicKey === other.publicKey;
}

class Note {
    constructor(what, data) {
        this.what = what;
        if (data.length > NOTE_BYTES_MAX) {
            refuse(say`${what}: has more than ${NOTE_BYTES_MAX} bytes`);
        }
        const cut = data.lastIndexOf("\n\n");
        if (cut < 0) {
            refuse(say`${what}: has no empty line before signatures`);
        }
        this.text = data.slice(0, cut + 1);
        checkNoteText(what, this.text);
        this.signatures = [];
        const form = new Form(what, data.slice(cut + 2), this.text.split("\n").length);
        while (!form.atEnd || this.signatures.length === 0) {
            this.signatures.push(readSignature(form));
            if (this.signatures.length > SIGNATURES_MAX) {
                form.refuse(say`is signature ${SIGNATURES_MAX + 1}, and at most ${SIGNATURES_MAX} are read`);
            }
        }
    }

    // What the key has signed with; null where it has not. A second line of it, or one of another length, is refused.
    payload(key, length) {
        const found = this.signatures.filter(signature => isOf(signature, key));
        if (found.length > 1) {
            refuse(say`${this.what}, line ${found[1].line}: is a further signature of ${key.name}`);
        }
        if (found.length === 1 && found[0].payload.length !== length) {
            refuse(say`${this.what}, line ${found[0].line}: the signature of ${key.name} has another length`);
        }
        return found.length === 1 ? found[0].payload : null;
    }

    // Whether the key has signed; refuses a wrong signature of it.
    async isSigned(key) {
        if (key.kind !== ED25519) {
            refuse(say`${this.what}: ${key.name} is a witness' key, which signs no such note`);
        }
        const signature = this.payload(key, 64);
        if (signature !== null && !await ed25519Verify(key.publicKey, this.text, signature)) {
            refuse(say`${this.what}: the signature of ${key.name} is wrong`);
        }
        return signature !== null;
    }

    async check(key) {
        if (!await this.isSigned(key)) {
            refuse(say`${this.what}: is not signed by ${key.name}`);
        }
    }

    // The time of a witness' cosignature; null where there is none.
    async cosigned(key) {
        const payload = this.payload(key, 72);
        if (payload === null) {
            return null;
        }
        const time = fromBigEndian(payload.slice(0, 8));
        if (!await ed25519Verify(key.publicKey, `cosignature/v1\ntime ${time}\n${this.text}`, payload.slice(8))) {
            refuse(say`${this.what}: the cosignature of ${key.name} is wrong`);
        }
        return time;
    }

    unknown(keys) {
        return this.signatures.filter(signature => !keys.some(key => isOf(signature, key)));
    }
}

function isOf(signature, key) {
    return signature.name === key.name && signature.id === key.id;
}

function checkNoteText(what, text) {
    if (!isUtf8(text)) {
        refuse(say`${what}: is no UTF-8`);
    }
    const line = text.split("\n").findIndex(line => /[\x00-\x1f]/.test(line));
    if (line >= 0) {
        refuse(say`${what}, line ${line + 1}: has a control character`);
    }
}

function readSignature(form) {
    const line = form.line();
    if (!line.startsWith(DASH)) {
        form.refuse(say`is no signature: a dash, a name and base64`);
    }
    const [name, text] = form.by(parts, line.slice(DASH.length), 2);
    if (SPACES.test(name) || !isUtf8(name)) {
        form.refuse(say`has a name that no key has`);
    }
    const data = form.by(base64Decode, text);
    if (data.length < 5) {
        form.refuse(say`has a signature that is no base64 of an id and more`);
    }
    return {name, id: data.slice(0, 4), payload: data.slice(4), line: form.number};
}
