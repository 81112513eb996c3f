// What is known while the texts that were given are checked, one after the other.

class Case {
    // `given`: keys that are trusted, `origin` or null, `agency` or null; lists of {name, data}: rules, seals, proofs, codes,
    // receipts, approvals, results; and sealJson, pulse, certificate: one of them, or null.
    constructor(given) {
        this.given = given;
        this.claims = new Claims();
        this.origin = given.origin; // of the draw, once it is known
        this.records = [];          // of the rules, those that are right in themselves
        this.rules = null;          // the newest record
        this.sealText = null;       // that of the first seal that is right
        this.second = false;        // another one that is as right was given: two seals
        this.misfit = false;        // one is signed, and of other agencies than the rules have
        this.copies = 0;            // of the seal, from files of its own
        this.seals = [];            // with cosignatures
        this.times = [];            // when the seal was seen: time, who
        this.listed = null;         // a seal.json that gives the seal's root
        this.entries = new Map();   // of agencies, proved to be in the seal
        this.proofs = [];           // what, proof
        this.receipts = [];         // of each file
        this.drawn = null;          // the number
    }

    // All is of one draw: the one expected, or the first that was seen.
    takeOrigin(origin) {
        this.origin ??= origin;
        if (origin !== this.origin) {
            refuse(say`is of another draw: ${origin} instead of ${this.origin}`);
        }
    }

    // Of the server.
    get keys() {
        return this.rules ? [this.rules.key] : this.given.keys;
    }

    // Refuses what none of the server's keys has signed: `isSigned` is asked about each, and about all that were given, as a line of
    // any key that is known is right.
    async checkSigned(isSigned) {
        let signed = false;
        for (const key of this.keys) {
            signed = await isSigned(key) || signed;
        }
        for (const key of this.given.keys.filter(given => !this.keys.some(key => sameKey(given, key)))) {
            await isSigned(key);
        }
        if (!signed) {
            const names = this.keys.map(key => key.name).reduce((names, name) => say`${names} or ${name}`);
            refuse(say`is not signed by ${names}`);
        }
    }

    checkNote(note) {
        return this.checkSigned(key => note.isSigned(key));
    }

    // Lines of unknown keys prove nothing, and are told.
    sayUnknown(what, note, further = []) {
        for (const signature of note.unknown([...this.given.keys, ...this.keys, ...further])) {
            this.claims.note(what, say`line ${signature.line} is of a key that is not known, ${signature.name}+${hex(signature.id)}`);
        }
    }

    checkSize(size) {
        if (this.rules && size !== this.rules.agencies + 1n) {
            this.misfit = true;
            refuse(say`is of ${size - 1n} agencies, and the rules' record ${this.rules.number} has ${this.rules.agencies}`);
        }
    }

    // Refuses another than those before: two seals of one draw are a fraud. Its signature is checked.
    takeSeal(text, size) {
        this.checkSize(size);
        this.sealText ??= text;
        if (text !== this.sealText) {
            this.second = true;
            refuse(say`is another seal of this draw: two seals were signed. A fraud, whichever is right`);
        }
    }

    // Whether there is a seal to compare it with.
    async checkSealHash(hash) {
        if (this.sealText !== null && hash !== await sha256(this.sealText)) {
            refuse(say`is of another seal than this one`);
        }
        return this.sealText !== null;
    }

    get witnesses() {
        return this.rules ? this.rules.witnesses : [];
    }
}
