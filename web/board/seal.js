// The seal of a signed draw. It is shown, and never said to be right: the page comes from the server that made it.

function showSeal(draw) {
    const seal = draw.seal;
    setHidden(byId("seal"), seal === null);
    if (seal === null) {
        return;
    }
    const node = byId("root");
    if (node.textContent !== seal.root) {
        // In groups, to compare with a printed one; copied, it is still one word.
        node.replaceChildren(...seal.root.match(/.{1,8}/g).map(group => make("span", {}, group)));
    }
    setText(byId("seal-bets"), say(language.words.sealBets, seal.bets));
    setText(byId("seal-origin"), seal.origin);
    setText(byId("seal-key"), seal.signed_by);
    setHidden(byId("result-link"), draw.number === null);
}
