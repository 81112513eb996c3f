// The proof of a bet: as a text, and as what a QR code holds.

const PROOF_BYTES_MAX = 16 * 1024;
const CODE_VERSION = "\x01";
const STATES = ["cut", "finished"];

// A proof shows, if its seal is right, that the entry is in the seal, and the bet in the entry. It has `seal`, of a text; or
// `signature`, of a code.

async function isProofSigned(proof, key) {
    if (proof.seal) {
        return proof.seal.note.isSigned(key);
    }
    const {name, id, signature} = proof.signature;
    if (name !== key.name || id !== key.id) {
        return false;
    }
    return await ed25519Verify(key.publicKey, proof.sealText, signature) ||
        refuse(say`the code: the signature of ${key.name} is wrong`);
}

// The agency's entry that the bet's path leads to.
async function entryOf(text, state, count, salt, path) {
    const root = await pathRoot(path, text.index, count, await merkleLeaf(salt + text.whole));
    return {agency: text.agency, state, count, root};
}

// As a text ---------------------------------------------------------------------------------------------------------

function readState(text) {
    return STATES.includes(text) ? text : refuse(say`state: is neither finished nor cut`);
}

function readPath(form) {
    const path = [];
    for (let line = form.line(); line !== ""; line = form.line()) {
        if (path.length === LEVELS_MAX) {
            form.refuse(say`is one more hash than any path has`);
        }
        path.push(form.by(base64Decode, line, 32));
    }
    return path;
}

async function readProof(data) {
    if (data.length > PROOF_BYTES_MAX) {
        refuse(say`the proof: has more than ${PROOF_BYTES_MAX} bytes`);
    }
    const form = new Form(say`the proof`, data);
    form.literal("quiniela proof v1");
    const salt = form.value("salt", base64Decode, 16), state = form.value("state", readState), count = form.value("count", decimal, 1n);
    const whole = form.line(), text = {...form.by(splitText, whole), whole};
    const path = readPath(form);
    form.literal("c2sp.org/tlog-proof@v1");
    const position = form.value("index", decimal), drawPath = readPath(form);
    const seal = readSeal(form.rest(), say`the proof's seal`);
    if (position !== text.agency) {
        refuse(say`the proof is of another agency than its bet`);
    }
    const entry = await entryOf(text, state, count, salt, path);
    if (await pathRoot(drawPath, text.agency, seal.size, await entryLeaf(seal.origin, entry)) !== seal.root) {
        refuse(say`the proof does not lead to the seal: what it says of agency ${text.agency} is not sealed`);
    }
    return {...text, entry, origin: seal.origin, size: seal.size, sealText: seal.text, seal, signature: null};
}

// As a code ---------------------------------------------------------------------------------------------------------

class CodeBytes {
    constructor(data) {
        this.data = data;
        this.at = 0;
    }

    take(length) {
        this.at += length;
        return this.at <= this.data.length ? this.data.slice(this.at - length, this.at) : refuse(say`the code: is too short`);
    }

    number(length) {
        return fromBigEndian(this.take(length));
    }

    text(lengthBytes) {
        return this.take(Number(this.number(lengthBytes)));
    }

    path(index, size) {
        return Array.from({length: pathLength(index, size)}, () => this.take(32));
    }
}

// From the bytes, or their base32, alone in a line or behind an address and `#`.
async function readCode(data) {
    if (data.length > PROOF_BYTES_MAX) {
        refuse(say`the code: has more than ${PROOF_BYTES_MAX} bytes`);
    }
    if (data.startsWith(CODE_VERSION)) {
        return parseCode(data);
    }
    const line = data.endsWith("\n") ? data.slice(0, -1) : data;
    return parseCode(base32Decode(line.slice(line.lastIndexOf("#") + 1)) ?? refuse(say`the code: is neither its bytes nor base32`));
}

async function parseCode(data) {
    const code = new CodeBytes(data);
    if (code.take(1) !== CODE_VERSION) {
        refuse(say`the code: is not one of format 1`);
    }
    const origin = code.text(1);
    nameOf(origin);
    const [agencies, agency, state, count, index] = [4, 4, 1, 8, 8].map(length => code.number(length));
    if (agency < 1n || agency > agencies || agencies > AGENCIES_MAX || state > 1n || index >= count) {
        refuse(say`the code: has an agency, a state or a bet that there is not`);
    }
    const salt = code.take(16), whole = code.text(2), text = {...splitText(whole), whole};
    if (text.agency !== agency || text.index !== index) {
        refuse(say`the code: has a bet of another agency or index than it says`);
    }
    const size = agencies + 1n, entry = await entryOf(text, STATES[state], count, salt, code.path(index, count));
    const root = await pathRoot(code.path(agency, size), agency, size, await entryLeaf(origin, entry));
    const signature = {name: code.text(1), id: code.take(4), signature: code.take(64)};
    if (code.at !== data.length) {
        refuse(say`the code: is too long`);
    }
    if (!KEY_NAME.test(signature.name)) {
        refuse(say`the code: has a key's name that no key has`);
    }
    return {...text, entry, origin, size, sealText: checkpoint(origin, size, root), seal: null, signature};
}
