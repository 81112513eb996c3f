// Rules, seals, who has seen them and when; proofs of bets; receipts.

// Rules -------------------------------------------------------------------------------------------------------------

async function checkRules(known) {
    for (const file of known.given.rules) {
        const what = say`rules ${file.name}`;
        await known.claims.about(what, async () => {
            const record = await readRules(file.data);
            await record.note.check(record.key);
            for (const key of known.given.keys) {
                await record.note.isSigned(key);
            }
            known.takeOrigin(record.origin);
            known.records.push(record);
            known.claims.ok(what,
                say`record ${record.number} of ${record.origin}, signed by ${record.key.name}: ${record.agencies} agencies, number ${record.how}`);
            known.sayUnknown(what, record.note, [record.key]);
        });
    }
    if (known.records.length > 0) {
        await known.claims.about(say`rules`, () => {
            known.rules = newestRules(known.records);
            const last = known.rules.number;
            known.claims.ok(say`rules`, last > 0n ? say`records 0 to ${last} are one chain` : say`record 0 is the only one given`);
        });
    }
    if (known.rules) {
        await checkKey(known);
    }
}

async function checkKey(known) {
    const key = known.rules.key;
    if (known.given.keys.some(given => sameKey(given, key))) {
        known.claims.ok(say`key`, say`the rules' key is the one given, ${key.name}`);
        return;
    }
    let signed = false;
    for (const record of known.records.filter(record => record.number === 0n)) { // no later one can name another key
        for (const given of known.given.keys) {
            signed = signed || await record.note.isSigned(given);
        }
    }
    if (signed) {
        known.claims.ok(say`key`, say`the rules' key, ${key.name}, is another, and the one given has signed these rules, too`);
    } else {
        known.claims.false(say`key`, say`the rules' key, ${key.text}, is none of those given`);
    }
}

// Seals and proofs --------------------------------------------------------------------------------------------------

async function checkSeals(known) {
    for (const file of known.given.seals) {
        const what = say`seal ${file.name}`;
        await known.claims.about(what, async () => {
            const seal = readSeal(file.data);
            known.takeOrigin(seal.origin);
            await known.checkNote(seal.note);
            known.takeSeal(seal.text, seal.size);
            known.seals.push(seal);
            known.copies++;
            known.claims.ok(what, say`of ${seal.origin}, signed; SHA-256 ${hex(await sha256(seal.text))}`);
            known.sayUnknown(what, seal.note, known.witnesses);
        });
    }
}

async function checkProof(known, what, proof) {
    known.takeOrigin(proof.origin);
    await known.checkSigned(key => isProofSigned(proof, key));
    known.takeSeal(proof.sealText, proof.size);
    if (proof.seal) {
        known.seals.push(proof.seal);
        known.sayUnknown(what, proof.seal.note, known.witnesses);
    }
    known.entries.set(proof.agency, proof.entry);
    known.proofs.push({what, proof});
    known.claims.ok(what,
        say`bet ${proof.index} of agency ${proof.agency} (${proof.entry.state}, ${proof.entry.count} bets) is in the seal: ${proof.row}`);
}

async function checkProofs(known) {
    for (const file of known.given.proofs) {
        const what = say`proof ${file.name}`;
        await known.claims.about(what, async () => checkProof(known, what, await readProof(file.data)));
    }
    for (const file of known.given.codes) {
        const what = say`code ${file.name}`;
        await known.claims.about(what, async () => checkProof(known, what, await readCode(file.data)));
    }
}

// That there is no second seal: a witness of the rules signs only one; or copies from several places are the same.
async function checkOneSeal(known) {
    if (known.sealText === null) {
        return;
    }
    const witnessed = await checkWitnesses(known), copies = known.copies + (known.proofs.length > 0 ? 1 : 0);
    if (known.second || known.misfit) {
        known.claims.false(say`seals`, say`there are two`);
    } else if (witnessed > 0) {
        known.claims.ok(say`seals`, say`there is one: ${witnessed} of the rules' witnesses signed it, and a witness signs no second one`);
    } else if (copies > 1) {
        known.claims.ok(say`seals`, say`${copies} copies, and they are one. No witness of the rules has signed it`);
    } else {
        known.claims.notChecked(say`seals`, say`only one copy, and no witness of the rules has signed it: there may be another seal`);
    }
}

// How many of the rules' witnesses have signed the seal.
async function checkWitnesses(known) {
    let witnessed = 0;
    for (const witness of known.witnesses) {
        const what = say`witness ${witness.name}`;
        await known.claims.about(what, async () => {
            const times = [];
            for (const seal of known.seals) {
                times.push(await seal.note.cosigned(witness));
            }
            const [first] = times.filter(time => time !== null).sort((one, other) => one < other ? -1 : 1);
            if (first !== undefined) {
                witnessed++;
                known.times.push({time: first, who: witness.name});
                known.claims.ok(what, say`signed the seal at ${instantText(first)}`);
            }
        });
    }
    return witnessed;
}

// Receipts ----------------------------------------------------------------------------------------------------------

function betsSaid(receipt) {
    return receipt.end > receipt.first ? say`bets ${receipt.first} to ${receipt.end - 1n}` : say`no bets at ${receipt.first}`;
}

async function checkReceiptsSigned(known, data) {
    const found = {agency: known.given.agency, count: 0, end: 0n, last: 0n, rules: new Map()};
    let checked = null; // the note that was checked last: several receipts have it
    for await (const receipt of readReceipts(data)) {
        known.takeOrigin(receipt.origin);
        found.agency ??= receipt.agency;
        if (receipt.agency !== found.agency) {
            refuse(say`has receipts of agency ${receipt.agency}, too, and not only of ${found.agency}`);
        }
        if (receipt.signed.data !== checked) {
            await known.checkNote(receipt.signed.note);
            checked = receipt.signed.data;
        }
        found.count++;
        found.end = receipt.end > found.end ? receipt.end : found.end;
        found.last = receipt.signed.time > found.last ? receipt.signed.time : found.last;
        found.rules.set(receipt.rules, found.rules.get(receipt.rules) ?? betsSaid(receipt));
    }
    return found;
}

async function checkReceipts(known) {
    for (const file of known.given.receipts) {
        const what = say`receipts ${file.name}`;
        await known.claims.about(what, async () => {
            const found = await checkReceiptsSigned(known, file.data);
            known.receipts.push({what, ...found});
            known.claims.ok(what,
                say`${found.count} of agency ${found.agency}, for bets up to ${found.end}, the last at ${instantText(found.last)}: signed`);
        });
    }
}

// A receipt names the newest rules of its time.
function checkReceiptsRules(known, found) {
    const hashes = known.records.map(record => record.hash), strange = [...found.rules].find(([rules]) => !hashes.includes(rules));
    const what = say`${found.what}, rules`;
    if (known.rules && strange && known.listed) {
        known.claims.false(what, say`the receipt for ${strange[1]} names rules that are none of these: a fork`);
    } else if (known.rules && strange) {
        known.claims.notChecked(what, say`the receipt for ${strange[1]} names a record of the rules that was not given`);
    }
}

// Against the seal: who has a receipt for a bet has it sealed.
function checkReceiptsSealed(known, found) {
    const what = say`${found.what}, sealed`, entry = known.entries.get(found.agency);
    if (known.sealText === null) {
        return;
    }
    if (!entry) {
        known.claims.notChecked(what,
            say`how many bets of agency ${found.agency} are sealed is not known: no seal.json, no proof of one of its bets`);
    } else if (found.end > entry.count) {
        known.claims.false(what,
            say`agency ${found.agency} has a receipt for its bets up to ${found.end}, and only ${entry.count} are sealed: the central broke its word`);
    } else {
        known.claims.ok(what, say`the ${entry.count} bets sealed of agency ${found.agency} are not fewer than the receipts' ${found.end}`);
    }
}

function checkReceiptsKept(known) {
    for (const found of known.receipts) {
        checkReceiptsRules(known, found);
        checkReceiptsSealed(known, found);
    }
}
