// What was given: files, pasted texts, and what the address held. What a text is follows from its beginning.

const FILE_BYTES_MAX = 16 * 1024 * 1024, FILES_MAX = 200;
const FIRST_LINES = {"quiniela proof v1": "proofs", "quiniela rules v1": "rules", "quiniela approval v1": "approvals",
    "quiniela result v1": "results"};
const AGENCY_ENTRY = "quiniela agency v1"; // a file of `quiniela prove --entry`
const CODE = /^(?:[^\n]*#)?[A-Z2-7]{100,}\n?$/;

// The list of Case's that it belongs to, "sealJson", "pulse", "certificate", or null where it is nothing that this page reads.
function kindOf(data) {
    const first = data.slice(0, 100).split("\n", 1)[0];
    if (Object.hasOwn(FIRST_LINES, first)) {
        return FIRST_LINES[first];
    }
    if (first === AGENCY_ENTRY) { // which has a tlog-proof, too, and is no proof of a bet
        return null;
    }
    if (data.includes("c2sp.org/tlog-proof@")) {
        return "proofs";
    }
    if (data.startsWith("entry ")) {
        return "receipts";
    }
    if (data.startsWith(CODE_VERSION) || data.length <= PROOF_BYTES_MAX && CODE.test(data)) {
        return "codes";
    }
    if (data.includes("-----BEGIN CERTIFICATE-----")) {
        return "certificate";
    }
    if (/^\s*\{/.test(data)) {
        return first.includes('"quiniela seal v1"') ? "sealJson" : "pulse";
    }
    // Whatever else is signed is no seal, and will be refused as one.
    return data.includes(`\n\n${DASH}`) ? "seals" : null;
}

class Intake {
    constructor(certificate) {
        this.certificate = certificate; // this page's own, or ""
        this.items = [];                // name, data, kind; or why it was not read
        this.leftOut = 0;               // things for which there was no room
    }

    // The same again is not another copy.
    add(item) {
        const isThere = this.items.some(other => other.data !== undefined && other.data === item.data && other.label === item.label);
        if (!isThere && this.items.length < FILES_MAX) {
            this.items.push(item);
        } else if (!isThere) {
            this.leftOut++;
        }
    }

    addBytes(label, name, data) {
        const isEntry = data.startsWith(`${AGENCY_ENTRY}\n`);
        const why = isEntry ? say`is an agency's entry, with which quiniela prove makes proofs of its bets: this page checks those` : undefined;
        this.add({label, name, data, kind: kindOf(data), why});
    }

    async addFile(file) {
        const name = utf8(file.name);
        if (file.size > FILE_BYTES_MAX) {
            this.add({label: name, name, kind: null,
                why: say`has more than ${FILE_BYTES_MAX} bytes, and this page reads no more: quiniela verify does, and verify.py`});
            return;
        }
        try {
            this.addBytes(name, name, bytesOf(new Uint8Array(await file.arrayBuffer())));
        } catch {
            this.add({label: name, name, kind: null, why: say`cannot be read`});
        }
    }

    // A pasted text may have lost the line ends at its end, which nobody sees.
    addText(text) {
        const body = utf8(text.replaceAll("\r\n", "\n")).replace(/\n+$/, "");
        const data = body + (kindOf(body) === "receipts" ? "\n\n" : "\n");
        this.addBytes("", say`pasted text ${this.items.length + 1}`, data);
    }

    addFragment(fragment) {
        this.addBytes("", say`the address`, utf8(fragment));
    }

    remove(item) {
        this.items = this.items.filter(other => other !== item);
    }

    // For check(), and what it is not asked about: pairs of a name and why.
    sorted(keys, origin) {
        const more = say`takes ${FILES_MAX} things, and ${this.leftOut} more were left out: load it again`;
        const left = this.leftOut > 0 ? [[say`this page`, more]] : [];
        const own = this.certificate === "" ? null : {name: say`of this page`, data: this.certificate};
        const given = {keys, origin, sealJson: null, pulse: null, certificate: own, ...Object.fromEntries(LISTS.map(name => [name, []]))};
        for (const item of this.items) {
            if (item.kind === null) {
                left.push([item.name, item.why ?? say`is nothing that this page reads`]);
            } else if (LISTS.includes(item.kind)) {
                given[item.kind].push(item);
            } else if (given[item.kind] === null) {
                given[item.kind] = item;
            } else if (given[item.kind].data !== item.data) {
                const isOther = given[item.kind] === own;
                left.push([item.name, isOther ? say`is another certificate than this page's own` : say`is a second one, and one is taken`]);
            }
        }
        return [given, left];
    }
}
