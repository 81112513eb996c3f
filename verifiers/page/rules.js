// The rules of a draw: one record, and what a later one may change.

const CLOSE_LEAD_S = 15n * 60n;
const HOWS = ["beacon", "manual", "fixed"];

async function readRules(data) {
    const note = new Note(say`the rules`, data), form = new Form(say`the rules`, note.text);
    form.literal("quiniela rules v1");
    const rules = {note, hash: await sha256(note.text), origin: form.origin()};
    Object.assign(rules, form.take(readRecord));
    rules.agencies = form.value("agencies", decimal, 1n, AGENCIES_MAX);
    form.value("numbers", decimal, 10000n, 10000n);
    const close = form.value("close", text => text === "-" ? null : instant(text));
    rules.how = form.value("number", readHow);
    rules.pulse = rules.how === "beacon" ? readNist(form, close) : null;
    Object.assign(rules, rules.how === "manual" ? await readApprovals(form) : {approvals: 0n, approvers: []});
    rules.witnesses = await readKeys(form, "witness", COSIGNATURE);
    rules.authorities = readAuthorities(form);
    if (rules.how === "beacon" && rules.witnesses.length + rules.authorities.length === 0) {
        form.refuse(say`no witness and no tsa follows, and a beacon's number needs one`);
    }
    rules.secret = form.value("secret", base64Decode, 32);
    rules.key = await form.waitBy(readKey, form.value("key"), ED25519);
    checkKeys(form, rules);
    form.end();
    return Object.freeze(rules);
}

function checkKeys(form, rules) {
    if (rules.key.name !== nameOf(rules.origin)) {
        form.refuse(say`key: has another name than the origin`);
    }
    for (const other of [...rules.approvers, ...rules.witnesses]) {
        if (other.publicKey === rules.key.publicKey) {
            form.refuse(say`key: is that of ${other.name}, too`);
        }
    }
}

function readRecord(line) {
    const [number, before] = parts(line, 2), value = decimal(number);
    if (value > 0n) {
        return {number: value, before: base64Decode(before, 32)};
    }
    return before === "-" ? {number: value, before: null} : refuse(say`record 0 names one before it`);
}

function readHow(text) {
    return HOWS.includes(text) ? text : refuse(say`number: is none of beacon, manual, fixed`);
}

// The one pulse that the number comes from.
function readNist(form, close) {
    const [chain, time, certificate, key] = form.value("nist", parts, 4);
    const pulse = {chain: form.by(decimal, chain), time: form.by(instant, time), timeText: time,
        certificateId: form.by(hexDecode, certificate, 64), keyHash: form.by(base64Decode, key, 32)};
    if (pulse.time % 60n !== 0n) {
        form.refuse(say`nist: the pulse's time is not a whole minute`);
    }
    if (close === null || close + CLOSE_LEAD_S > pulse.time) {
        form.refuse(say`nist: the close is not at least 15 minutes before the pulse`);
    }
    return pulse;
}

// Lines that begin with the word, sorted by bytes, no public key twice.
async function readKeys(form, word, kind) {
    const keys = [];
    while (form.nextIs(word)) {
        const key = await form.waitBy(readKey, form.value(word), kind);
        if (keys.length > 0 && key.text <= keys[keys.length - 1].text) {
            form.refuse(say`${word}: does not come after the one before in the order of bytes`);
        }
        if (keys.some(other => other.publicKey === key.publicKey)) {
            form.refuse(say`${word}: has a public key that an other has`);
        }
        keys.push(key);
    }
    return keys;
}

async function readApprovals(form) {
    if (!form.nextIs("approvals")) {
        return {approvals: 0n, approvers: []};
    }
    const approvals = form.value("approvals", decimal, 1n, U32_MAX);
    const approvers = await readKeys(form, "approver", ED25519);
    if (approvals > approvers.length) {
        form.refuse(say`${approvals} approvals are wanted, and there are ${approvers.length} approvers`);
    }
    return {approvals, approvers};
}

// The hashes of time-stamping authorities' certificates.
function readAuthorities(form) {
    const found = [];
    while (form.nextIs("tsa")) {
        const authority = form.value("tsa", hexDecode, 32);
        if (found.length > 0 && authority <= found[found.length - 1]) {
            form.refuse(say`tsa: does not come after the one before in the order of bytes`);
        }
        found.push(authority);
    }
    return found;
}

// Several records ---------------------------------------------------------------------------------------------------

// The last of the chain that the records are, in any order. Copies of one are no fork; refuses a fork, a gap, a graft.
function newestRules(records) {
    const byNumber = new Map();
    for (const record of records) {
        const other = byNumber.get(record.number) ?? record;
        if (other.hash !== record.hash) {
            refuse(say`the rules' record ${record.number} is there twice, and they differ: a fork of the rules`);
        }
        byNumber.set(record.number, record);
    }
    for (let number = 0n; number < byNumber.size; number++) {
        if (!byNumber.has(number)) {
            refuse(say`the rules' record ${number} is missing`);
        }
        if (number > 0n) {
            checkNext(byNumber.get(number - 1n), byNumber.get(number));
        }
    }
    return byNumber.get(BigInt(byNumber.size - 1));
}

function sameKeys(ones, others) {
    return ones.length === others.length && ones.every((one, at) => sameKey(one, others[at]));
}

function checkNext(before, after) {
    const refuseRecord = why => refuse(say`the rules' record ${after.number} ${why}`);
    if (after.origin !== before.origin) {
        refuseRecord(say`is another draw's`);
    }
    if (after.before !== before.hash) {
        refuseRecord(say`does not name the one before: a fork of the rules`);
    }
    if (after.how !== before.how || after.approvals !== before.approvals || !sameKeys(after.approvers, before.approvers)) {
        refuseRecord(say`changes how the number comes, or who approves it`);
    }
    if (before.pulse && ["chain", "certificateId", "keyHash"].some(name => after.pulse[name] !== before.pulse[name])) {
        refuseRecord(say`changes the pulse, and not only its time`);
    }
    if (before.pulse && after.pulse.time < before.pulse.time) {
        refuseRecord(say`changes the pulse to an earlier one`);
    }
    if (!sameKeys(after.witnesses, before.witnesses) || after.authorities.join() !== before.authorities.join()) {
        refuseRecord(say`changes the witnesses or the time-stamping authorities`);
    }
    if (after.secret !== before.secret || !sameKey(after.key, before.key)) {
        refuseRecord(say`changes the secret or the key`);
    }
}
