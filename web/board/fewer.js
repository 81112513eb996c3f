// Less than was shown before the connection was lost: the server may have been started on an older copy of its store. Judged once
// after each loss, by the first reading of the store that is a later one: a server of a shared store may be some seconds behind.

const STATES_IN_ORDER = ["open", "sealed", "drawn"];

const fewer = {before: null, found: null}; // the draw as it was told last before; what is less: {before, now}

function forgetFewer() {
    fewer.before = null;
    fewer.found = null;
}

function endedOf(draw) {
    return draw.agencies.expected - draw.agencies.missing;
}

function isLess(now, before) {
    return now.bets < before.bets || endedOf(now) < endedOf(before) ||
        STATES_IN_ORDER.indexOf(now.state) < STATES_IN_ORDER.indexOf(before.state);
}

function compareWithBefore(draw) {
    const {before} = fewer, {store} = draw;
    if (before === null || !store.ok || store.read_at === null || Date.parse(store.read_at) <= Date.parse(before.store.read_at ?? before.now)) {
        return;
    }
    fewer.before = null;
    if (isLess(draw, before)) {
        fewer.found = {before, now: draw};
    }
}

function fewerText({before, now}) {
    const words = language.words, state = draw => words.states[draw.state] ?? draw.state;
    const said = [now.bets < before.bets && say(words.fewerBets, now.bets, before.bets),
        endedOf(now) < endedOf(before) && say(words.fewerEnded, endedOf(now), endedOf(before)),
        now.state !== before.state && say(words.fewerState, state(now), state(before))].filter(Boolean);
    return say(words.fewer, said.join("; "), atWhen(Date.parse(now.now)));
}

function showFewer() {
    setHidden(byId("fewer"), fewer.found === null);
    if (fewer.found !== null) {
        setText(byId("fewer"), fewerText(fewer.found));
    }
}
