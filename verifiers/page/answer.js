// The answer, as it is shown: a verdict, the bets, and the claims.

const VERDICTS = {
    [ALL_HOLD]: ["good", say`Every claim holds`],
    [SOMETHING_IS_FALSE]: ["bad", say`FALSE`],
    [NOTHING_TO_CHECK]: ["open", say`Nothing was checked`],
    [NOT_ALL_CHECKED]: ["open", say`Not all was checked`],
};
const STATE_WORDS = {[OK]: ["good", say`ok`], [FALSE]: ["bad", say`FALSE`], [NOT_CHECKED]: ["open", say`not checked`],
    [NOT_GIVEN]: ["plain", say`not given`], [NOTE]: ["plain", say`note`]};

function definition(list, term, language, ...nodes) {
    list.append(element("dt", "", ...messageNodes(term, language)), element("dd", "", ...nodes));
}

// A bet that is in the seal: each field by itself, and the number apart.
function betNode(proof, language) {
    const {bet, entry} = proof, list = element("dl", "");
    for (const [term, field] of [[say`Draw`, proof.origin], [say`Name`, bet.nombre], [say`Surname`, bet.apellido],
        [say`Document`, bet.documento], [say`Born`, bet.nacimiento]]) {
        definition(list, term, language, fieldNode(field));
    }
    definition(list, say`Agency`, language,
        ...messageNodes(say`${entry.agency}, its bet ${proof.index} of ${entry.count}, counted from 0 (${entry.state})`, language));
    return element("section", "bet", element("h3", "", ...messageNodes(say`A bet that is in the seal`, language)), list,
        element("p", "number-is", ...messageNodes(say`Number`, language)), element("p", "number", digits(bet.number)));
}

function claimNode(claim, language) {
    const [className, word] = STATE_WORDS[claim.state];
    return element("li", "", element("strong", className, ...messageNodes(word, language)), " ",
        element("span", "what", ...messageNodes(claim.what, language)), ": ", element("span", "why", ...messageNodes(claim.why, language)));
}

// Everything that was found out. Green is only a verdict whose claims all hold.
function answerNodes(known, language) {
    const claims = known.claims, [className, word] = VERDICTS[claims.status];
    const verdict = element("div", `verdict ${className}`, element("h2", "", ...messageNodes(word, language)),
        element("p", "", ...messageNodes(claims.summary, language)));
    const list = states => element("ul", "claims", ...claims.list.filter(claim => states.includes(claim.state)).map(
        claim => claimNode(claim, language)));
    const further = element("details", "", element("summary", "", ...messageNodes(say`What was not given`, language)), list([NOT_GIVEN]));
    return [verdict, ...known.proofs.map(({proof}) => betNode(proof, language)), list([FALSE, NOT_CHECKED, OK, NOTE]),
        ...claims.count(NOT_GIVEN) > 0 ? [further] : []];
}
