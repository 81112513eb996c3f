// How the number came: pulse, approvals, result.

// Results -----------------------------------------------------------------------------------------------------------

// The first good result; a second one must say the same.
async function checkResults(known) {
    let first = null;
    for (const file of known.given.results) {
        const what = say`result ${file.name}`;
        await known.claims.about(what, async () => {
            const found = readResult(file.data);
            known.takeOrigin(found.origin);
            await known.checkNote(found.note);
            const sealed = await known.checkSealHash(found.seal);
            if (first && first.note.text !== found.note.text) {
                refuse(
                    say`says ${digits(found.number)} and ${found.winners} winners, and another result ${digits(first.number)} and ${first.winners}: two results of one draw. A fraud, whichever is right`);
            }
            first = found;
            known.sayUnknown(what, found.note);
            if (sealed) {
                known.claims.ok(what, say`${digits(found.number)}, ${found.winners} winners: signed, of this seal`);
            } else {
                known.claims.notChecked(what, say`${digits(found.number)}, ${found.winners} winners: no seal it is of`);
            }
        });
    }
    return first;
}

// The pulse ---------------------------------------------------------------------------------------------------------

async function checkCertificate(known) {
    const file = known.given.certificate, named = known.rules?.pulse;
    let certificate = null;
    if (file) {
        const what = say`nist certificate ${file.name}`;
        await known.claims.about(what, async () => {
            const found = await readCertificate(file.data);
            if (named && (found.id !== named.certificateId || found.keyHash !== named.keyHash)) {
                refuse(say`is not the one that the rules name`);
            }
            if (named) {
                known.claims.ok(what, say`is the one that the rules name`);
            }
            certificate = found;
        });
    }
    return certificate;
}

async function checkPulse(known) {
    const file = known.given.pulse, certificate = await checkCertificate(known);
    let pulse = null;
    if (file) {
        const what = say`pulse ${file.name}`;
        await known.claims.about(what, async () => {
            const found = await readPulse(file.data);
            if (known.rules && !known.rules.pulse) {
                refuse(say`the rules take a ${known.rules.how} number, and no pulse`);
            }
            if (known.rules) {
                checkPulseNamed(found, known.rules.pulse);
            }
            if (certificate) {
                await checkPulseSigned(found, certificate);
            }
            sayPulse(known, what, say`of ${found.timeStamp}, chain ${found.chain}, index ${found.index}`, certificate);
            pulse = found;
        });
    }
    return pulse;
}

function sayPulse(known, what, said, certificate) {
    if (!known.rules) {
        known.claims.notChecked(what, say`${said}: no rules, which name the pulse`);
    } else if (!certificate) {
        known.claims.notChecked(what,
            say`${said}: no certificate of NIST's to check its signature with, and the rules' is the central's word`);
    } else {
        known.claims.ok(what, say`${said}: the one that the rules name, signed`);
    }
}

// That the seal was there before the pulse.
function checkTime(known) {
    if (known.sealText === null) {
        return;
    }
    const at = known.rules.pulse.time, times = [...known.times].sort((one, other) => one.time < other.time ? -1 : 1);
    if (times.length > 0 && times[0].time + WITNESS_LEAD_S <= at) {
        known.claims.ok(say`time`,
            say`${times[0].who} saw the seal at ${instantText(times[0].time)}, before the pulse of ${instantText(at)}`);
    } else if (known.rules.authorities.length > 0) {
        known.claims.notChecked(say`time`,
            say`no witness saw the seal ${WITNESS_LEAD_S} s before the pulse of ${instantText(at)}, and this page checks no time stamps: quiniela verify does, and verify.py`);
    } else if (times.length > 0) {
        const seen = joined(times.map(({time, who}) => say`${who}: ${instantText(time)}`), "; ");
        known.claims.false(say`time`,
            say`no witness and no time stamp saw the seal ${WITNESS_LEAD_S} s before the pulse of ${instantText(at)} (${seen})`);
    } else {
        known.claims.false(say`time`,
            say`no witness and no time stamp saw the seal ${WITNESS_LEAD_S} s before the pulse of ${instantText(at)}`);
    }
}

async function checkDerived(known, pulse, result) {
    if (known.sealText === null || pulse === null) {
        known.claims.notChecked(say`number`, known.sealText === null ? say`no seal to compute it from` : say`no pulse to compute it from`);
        return null;
    }
    const {number} = await deriveNumber(await sha256(known.sealText), pulse.output);
    if (result && result.number !== number) {
        known.claims.false(say`number`, say`seal and pulse give ${digits(number)}, and the result says ${digits(result.number)}`);
    } else {
        known.claims.ok(say`number`, say`seal and pulse give ${digits(number)}`);
    }
    return number;
}

// Approvals ---------------------------------------------------------------------------------------------------------

// Who signed it; each key approves one number, once. `approved` has the numbers by the keys' texts.
async function takeApprovers(approved, found, approvers) {
    const signers = [];
    for (const key of approvers) {
        if (await found.note.isSigned(key)) {
            signers.push(key);
        }
    }
    if (signers.length === 0) {
        refuse(say`is signed by none of the approvers of the rules`);
    }
    for (const key of signers) {
        const other = approved.get(key);
        if (other !== undefined && other !== found.number) {
            refuse(say`${key.name} has approved two numbers, ${digits(other)} and ${digits(found.number)}: a fraud`);
        }
        if (other !== undefined) {
            refuse(say`the approval of ${key.name} is given twice`);
        }
    }
    for (const key of signers) {
        approved.set(key, found.number);
    }
    return signers.map(key => key.name).reduce((names, name) => say`${names} and ${name}`);
}

// The number that each approver has approved.
async function checkApprovals(known) {
    const approved = new Map();
    for (const file of known.given.approvals) {
        const what = say`approval ${file.name}`;
        await known.claims.about(what, async () => {
            const found = readApproval(file.data);
            known.takeOrigin(found.origin);
            const sealed = await known.checkSealHash(found.seal);
            if (!known.rules) {
                known.claims.notChecked(what, say`no rules, which name the approvers`);
                return;
            }
            const signers = await takeApprovers(approved, found, known.rules.approvers);
            known.sayUnknown(what, found.note, known.rules.approvers);
            if (sealed) {
                known.claims.ok(what, say`${digits(found.number)}, by ${signers}`);
            } else {
                known.claims.notChecked(what, say`${digits(found.number)}, by ${signers}: no seal it is of`);
            }
        });
    }
    return approved;
}

// How many have approved each number.
function countNumbers(approved) {
    const counts = new Map();
    for (const number of approved.values()) {
        counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
}

function sayEnough(known, approved, count) {
    const wanted = known.rules.approvals, others = approved.size - count;
    known.claims.ok(say`approvals`, others === 0 ? say`${count} approvers, and the rules ask for ${wanted}`
        : say`${count} approvers, and the rules ask for ${wanted}; ${others} approved another number, which does not count`);
}

// That enough have approved the result's number. Approvers may differ: those of that number count, and no others.
function checkApproved(known, approved, result) {
    const wanted = known.rules.approvals, what = say`approvals`, counts = countNumbers(approved);
    const enough = [...counts.values()].filter(count => count >= wanted);
    const forIt = result === null ? 0 : counts.get(result.number) ?? 0;
    if (result === null && approved.size === 0) {
        return;
    }
    if (wanted === 0n) {
        known.claims.notChecked(say`number`, say`the rules ask for no approvals: it is the operator's word`);
    } else if (known.given.approvals.length === 0) {
        known.claims.notChecked(what, say`the rules ask for ${wanted}, and none was given`);
    } else if (result !== null && forIt >= wanted) {
        sayEnough(known, approved, forIt);
    } else if (result !== null) {
        known.claims.false(what, say`${forIt} are for ${digits(result.number)}, of ${approved.size} given, and the rules ask for ${wanted}`);
    } else if (enough.length === 1) {
        sayEnough(known, approved, enough[0]);
    } else if (enough.length === 0) {
        known.claims.notChecked(what, say`${Math.max(...counts.values())} of the ${wanted} that the rules ask for`);
    } else {
        known.claims.notChecked(what, say`${enough.length} numbers have as many as the rules ask for: a result says which`);
    }
}

// The number --------------------------------------------------------------------------------------------------------

async function checkNumber(known) {
    const result = await checkResults(known), pulse = await checkPulse(known), approved = await checkApprovals(known);
    const isAsked = known.given.results.length > 0 || Boolean(known.given.pulse);
    known.drawn = result ? result.number : null;
    if (!known.rules) {
        if (isAsked) {
            known.claims.notChecked(say`number`, say`how it comes is not known without rules`);
        }
    } else if (known.rules.how === "manual") {
        checkApproved(known, approved, result);
    } else if (isAsked && known.rules.how === "beacon") {
        checkTime(known);
        const number = await checkDerived(known, pulse, result);
        known.drawn ??= number;
    } else if (isAsked) {
        known.claims.notChecked(say`number`, say`was fixed by the operator: nothing is claimed of it`);
    }
    sayWhoWins(known);
}

function sayWhoWins(known) {
    for (const {what, proof} of known.drawn === null ? [] : known.proofs) {
        const number = digits(proof.bet.number), drawn = digits(known.drawn);
        known.claims.note(what, proof.bet.number === known.drawn ? say`its number is ${number}: this bet wins with ${drawn}` :
            say`its number is ${number}: this bet does not win with ${drawn}`);
    }
}
