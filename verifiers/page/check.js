// All checks, in the order in which one needs another.

function listNotGiven(known) {
    const given = known.given, how = known.rules?.how;
    const lacks = [
        [given.rules.length, say`rules`, say`would show how the number comes, who watches, and how many agencies there are`],
        [given.seals.length, say`seal`, say`would show copies of the seal from other places`],
        [given.sealJson, say`seal.json`, say`would show which rules are sealed, and how many bets of each agency`],
        [given.receipts.length, say`receipts`, say`would show that what an agency was acknowledged is sealed`],
        [given.proofs.length + given.codes.length, say`proof`, say`would show that a bet is sealed`],
        [given.results.length, say`result`, say`would show the number drawn`],
        [how !== "beacon" || given.pulse, say`pulse`, say`would show the number's origin`],
        [how !== "beacon" || given.certificate, say`nist certificate`, say`would show whose pulse it is`],
        [how !== "manual" || given.approvals.length, say`approval`, say`would show that the number was approved`],
    ];
    for (const [there, what, shows] of lacks) {
        if (!there) {
            known.claims.notGiven(what, shows);
        }
    }
}

const LISTS = ["rules", "seals", "proofs", "codes", "receipts", "approvals", "results"];

function sayUnable(known, why) {
    for (const file of [...LISTS.flatMap(name => known.given[name]), known.given.sealJson, known.given.pulse]) {
        if (file) {
            known.claims.notChecked(say`${file.name}`, why);
        }
    }
}

// Checks what was given (case.js; lists that are not there are empty). Returns the case, whose claims say all. Never fails: what
// goes wrong in here is not checked.
async function check(given) {
    const lists = Object.fromEntries(LISTS.map(name => [name, []]));
    const known = new Case({origin: null, agency: null, sealJson: null, pulse: null, certificate: null, ...lists, ...given});
    try {
        const unable = await whyUnable() ?? (given.keys.length === 0 ? say`this page has a key that is none` : null);
        if (unable !== null) {
            sayUnable(known, unable);
            return known;
        }
        await checkRules(known);
        await checkSeals(known);
        await checkProofs(known);
        await checkOneSeal(known);
        await checkReceipts(known);
        await checkSealJson(known);
        checkReceiptsKept(known);
        await checkNumber(known);
        listNotGiven(known);
    } catch (fault) {
        known.claims.notChecked(say`this page`, say`failed, which is its own fault: ${utf8(String(fault))}`);
    }
    return known;
}
