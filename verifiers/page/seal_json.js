// seal.json: what the draw tree holds, as a list. It is read line by line, as it has one layout, and is believed only where it
// gives the seal's root.

const SEAL_JSON_AGENCIES_MAX = 1_000_000n; // of which a browser computes some 20,000 a second
const SEAL_JSON_LINE_MAX = 1024;
const AGENCY_LINE = /^\{"agency":(\d+),"state":"(finished|cut)","count":(\d+),"root":"([^"]*)"\}$/;
const RUN_LINE = /^\{"agencies":\[(\d+),(\d+)\],"state":"(finished|cut)"\}$/;
const VOIDED_LINE = /^\{"agency":(\d+),"reset":(\d+),"count":(\d+)\}$/;

class SealJson {
    // Reads the head.
    constructor(data) {
        this.form = new Form(say`seal.json`, data);
        this.literal('{"format":"quiniela seal v1",');
        this.origin = this.match(/^"origin":"([^"]*)",$/)[1];
        this.form.by(nameOf, this.origin);
        this.rules = this.form.by(base64Decode, this.match(/^"rules":"([^"]*)",$/)[1], 32);
        this.agencies = this.form.by(decimal, this.match(/^"agencies":(\d+),$/)[1], 1n, AGENCIES_MAX);
        this.bets = this.form.by(decimal, this.match(/^"bets":(\d+),$/)[1]);
        this.root = this.form.by(base64Decode, this.match(/^"root":"([^"]*)",$/)[1], 32);
        this.literal('"entries":[');
        this.voided = []; // agency, reset, count; once the entries have been read
    }

    line() {
        const line = this.form.line();
        return line.length <= SEAL_JSON_LINE_MAX ? line : this.form.refuse(say`is too long`);
    }

    literal(wanted) {
        if (this.line() !== wanted) {
            this.form.refuse(say`is not ${wanted}`);
        }
    }

    match(pattern, line = this.line()) {
        return pattern.exec(line) ?? this.form.refuse(say`is not as that line must be`);
    }

    // Reads to the end, and checks that the whole gives the root it says. `take` is given each entry, with the first and the last
    // agency that it is of: one with bets, or a run without.
    async read(take) {
        const tree = new MerkleRoot();
        await tree.add(await merkleLeaf(
            `quiniela draw v1\n${this.origin}\nrules ${base64(this.rules)}\nagencies ${this.agencies}\nbets ${this.bets}\n`));
        let rest = 1n, bets = 0n, before = null;
        for (let more = true; more;) {
            const line = this.line();
            more = line.endsWith(",");
            const entry = await this.entry(more ? line.slice(0, -1) : line);
            this.checkOrder(entry, rest, before);
            for (let agency = entry.first; agency <= entry.last; agency++) {
                await tree.add(await entryLeaf(this.origin, {...entry, agency}));
            }
            take(entry);
            rest = entry.last + 1n;
            bets += entry.count;
            before = entry;
        }
        if (rest !== this.agencies + 1n) {
            this.form.refuse(say`is the last, and agency ${rest} is missing`);
        }
        this.readVoided();
        if (bets !== this.bets) {
            refuse(say`seal.json: the agencies have ${bets} bets, and it says ${this.bets}`);
        }
        if (await tree.hash() !== this.root) {
            refuse(say`seal.json: what it lists does not give the root it says`);
        }
    }

    async entry(text) {
        const by = (...all) => this.form.by(...all), one = AGENCY_LINE.exec(text), run = RUN_LINE.exec(text);
        if (one) {
            const agency = by(decimal, one[1], 1n, AGENCIES_MAX);
            return {first: agency, last: agency, state: one[2], count: by(decimal, one[3], 1n), root: by(base64Decode, one[4], 32)};
        }
        if (run) {
            const [first, last] = run.slice(1, 3).map(value => by(decimal, value, 1n, AGENCIES_MAX));
            return {first, last, state: run[3], count: 0n, root: await sha256("")};
        }
        return this.form.refuse(say`is neither an agency nor a run of agencies without bets`);
    }

    checkOrder(entry, rest, before) {
        if (entry.first !== rest || entry.last < entry.first || entry.last > this.agencies) {
            this.form.refuse(say`is not of agency ${rest}, which comes next`);
        }
        if (before && entry.count === 0n && before.count === 0n && before.state === entry.state) {
            this.form.refuse(say`goes on with the run before it`);
        }
    }

    readVoided() {
        this.literal("],");
        this.literal('"voided":[');
        let more = true, line = this.line();
        for (; line !== "]}"; line = this.line()) {
            if (!more) {
                this.form.refuse(say`is one too many`);
            }
            more = line.endsWith(",");
            const found = this.match(VOIDED_LINE, more ? line.slice(0, -1) : line).slice(1)
                .map((value, at) => this.form.by(decimal, value, 1n, at < 2 ? U32_MAX : U64_MAX));
            const last = this.voided[this.voided.length - 1];
            if (last && (found[0] < last[0] || found[0] === last[0] && found[1] <= last[1])) {
                this.form.refuse(say`is not in order`);
            }
            this.voided.push(found);
        }
        if (more && this.voided.length > 0 || !this.form.atEnd) {
            this.form.refuse(say`is not the end`);
        }
    }
}

// Against the seal; the entries of agencies whose receipts were given are kept.
async function checkSealJson(known) {
    const file = known.given.sealJson, what = file && say`seal.json ${file.name}`;
    if (!file) {
        return;
    }
    await known.claims.about(what, async () => {
        const listed = new SealJson(file.data), wanted = known.receipts.map(found => found.agency), found = new Map();
        known.takeOrigin(listed.origin);
        if (listed.agencies > SEAL_JSON_AGENCIES_MAX) {
            known.claims.notChecked(what,
                say`is of more than ${SEAL_JSON_AGENCIES_MAX} agencies, and this page computes no more: quiniela verify does, and verify.py`);
            return;
        }
        await listed.read(entry => wanted.filter(agency => entry.first <= agency && agency <= entry.last).forEach(
            agency => found.set(agency, {...entry, agency})));
        if (known.sealText === null) {
            known.claims.notChecked(what, say`no seal to compare its root with`);
            return;
        }
        if (checkpoint(listed.origin, listed.agencies + 1n, listed.root) !== known.sealText) {
            refuse(say`gives another root, or has another size, than the seal`);
        }
        if (known.rules && listed.rules !== known.rules.hash) {
            refuse(say`the seal is of other rules than record ${known.rules.number}, the newest one given: is a later record missing?`);
        }
        found.forEach((entry, agency) => known.entries.set(agency, entry));
        known.listed = listed;
        known.claims.ok(what, say`gives the seal's root: ${listed.agencies} agencies, ${listed.bets} bets`);
        for (const [agency, reset, count] of listed.voided) {
            known.claims.note(what, say`${count} bets of agency ${agency} were voided by reset ${reset}, and are in no tree: its word`);
        }
    });
}
