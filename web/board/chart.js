// Bets a second over time, as one curve: the bets stored in each step, oldest first; null where nobody knows.

const CHART_STEPS_MAX = 720; // as many as the server tells
const CHART_STEPS_LEAST = 60;

const chart = {step_s: 10, until_s: 0, bets: [],
    at_s: null, shown: null}; // the moment that is read; what of it is shown

function forgetHistory() {
    chart.until_s = 0;
    chart.bets = [];
}

// A server that was started again knows nothing of before: what the page knows of that stays. What was stored in between
// nobody knows: other servers may have stored, too. One that has no step yet, and is behind what the page knows, had its clock
// set back, or is another whose clock is behind: it goes on from there.
function takeHistory(history) {
    const {step_s, until, bets} = history;
    if (until === 0 || bets.length === 0 && until >= chart.until_s) {
        return;
    }
    const before = Math.round((until - bets.length * step_s - chart.until_s) / step_s); // steps that nobody knows; less than 0: that both know
    const known = chart.until_s === 0 ? [] : before > 0 ? [...chart.bets, ...Array(Math.min(before, CHART_STEPS_MAX)).fill(null)] :
        chart.bets.slice(0, Math.max(0, chart.bets.length + before));
    chart.step_s = step_s;
    chart.until_s = until;
    chart.bets = [...known, ...bets].slice(-CHART_STEPS_MAX);
}

function takeStep(step) {
    if (step.until > chart.until_s) {
        takeHistory({step_s: chart.step_s, until: step.until, bets: [step.bets]});
    }
}

// 1, 2 or 5 times a power of ten that is not below it, so that the scale is seldom another, and its half is told exactly.
function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
    return [1, 2, 5, 10].map(times => times * power).find(round => round >= value);
}

// The steps that follow each other and are known, as lists of [step, rate].
function knownParts(rates) {
    const parts = [];
    rates.forEach((rate, at) => {
        if (rate !== null && at > 0 && rates[at - 1] !== null) {
            parts.at(-1).push([at, rate]);
        } else if (rate !== null) {
            parts.push([[at, rate]]);
        }
    });
    return parts;
}

// The paths of the line and of the area below it. A step alone is a dot.
function curve(rates, top) {
    const x = at => (100 * at / (rates.length - 1)).toFixed(2), y = rate => (100 - 100 * rate / top).toFixed(2);
    const parts = knownParts(rates).map(part => part.length === 1 ? [part[0], part[0]] : part);
    const lines = parts.map(part => part.map(([at, rate]) => `${x(at)} ${y(rate)}`).join("L"));
    return [lines.map(line => `M${line}`).join(""),
        lines.map((line, which) => `M${x(parts[which][0][0])} 100L${line}L${x(parts[which].at(-1)[0])} 100Z`).join("")];
}

// How many steps there are since the draw was opened. A line has two at least. By a clock that was set back it is still to be
// opened: then that is not known.
function stepsSinceOpening() {
    const {draw} = drawCard, since_s = draw === null ? NaN : chart.until_s - Date.parse(draw.opened_at) / 1000;
    return since_s > -chart.step_s ? Math.max(2, Math.ceil(since_s / chart.step_s)) : CHART_STEPS_MAX;
}

// The steps since the first bet, and none before the draw was opened: a quiet day before it does not squeeze the night.
function shownRates() {
    const first = chart.bets.findIndex(bets => bets > 0);
    const wanted = first < 0 ? CHART_STEPS_LEAST : Math.max(CHART_STEPS_LEAST, chart.bets.length - first + 2);
    const count = Math.min(wanted, stepsSinceOpening());
    const padded = [...Array(Math.max(0, count - chart.bets.length)).fill(null), ...chart.bets];
    return padded.slice(-count).map(bets => bets === null ? null : bets / chart.step_s);
}

function saidRate(rate) {
    return rate === null ? language.words.notKnown : say(language.words.perSecond, roundFigure(rate));
}

// What it says in words, for whoever does not see it.
function saidChart(rates, from_s) {
    const from = timeOf(from_s * 1000), until = timeOf(chart.until_s * 1000), last = rates.at(-1), words = language.words;
    return say(words.chart, from, until, roundFigure(Math.max(...rates)), last === null ? words.notKnown : roundFigure(last));
}

function showChart() {
    const rates = shownRates(), most = Math.max(...rates), top = roundUp(most), words = language.words, isEmpty = most === 0;
    const isKnown = rates.some(rate => rate !== null);
    const empty = drawCard.draw === null || drawCard.draw.bets === 0 ? words.chartEmpty : isKnown ? words.chartQuiet : words.notKnown;
    const [line, area] = curve(rates, top), from_s = chart.until_s - (rates.length - 1) * chart.step_s;
    chart.shown = {rates, from_s, isEmpty};
    setAttribute(byId("line"), "d", isEmpty ? "" : line);
    setAttribute(byId("area"), "d", isEmpty ? "" : area);
    setText(byId("scale-top"), isEmpty ? "" : say(words.perSecond, top));
    setText(byId("scale-mid"), isEmpty ? "" : say(words.perSecond, top / 2));
    setText(byId("plot-empty"), isEmpty ? empty : "");
    setText(byId("chart-from"), chart.until_s > 0 ? timeOf(from_s * 1000) : "");
    setText(byId("chart-until"), chart.until_s > 0 ? timeOf(chart.until_s * 1000) : "");
    setText(byId("chart-said"), isEmpty ? empty : saidChart(rates, from_s));
    showReading();
}

// What the curve is at one moment: chart.at_s, where the pointer is or the keys have gone to, else the last. An empty one is
// a picture that has nothing to be read.
function showReading() {
    const {rates, from_s, isEmpty} = chart.shown, plot = byId("plot"), node = byId("reading"), last = rates.length - 1;
    const isRead = !isEmpty && chart.at_s !== null, at = isRead ? stepAt(chart.at_s) : last;
    const said = `${timeOf((from_s + at * chart.step_s) * 1000)} · ${saidRate(rates[at])}`;
    setAttribute(plot, "role", isEmpty ? "img" : "slider");
    setAttribute(plot, "tabindex", isEmpty ? "-1" : "0");
    for (const [name, value] of [["min", 0], ["max", last], ["now", at], ["text", said]]) {
        if (isEmpty) {
            plot.removeAttribute(`aria-value${name}`);
        } else {
            setAttribute(plot, `aria-value${name}`, String(value));
        }
    }
    setHidden(node, !isRead);
    if (isRead) {
        setText(node, said);
        node.style.left = `${100 * at / last}%`;
        node.dataset.side = at > last / 2 ? "left" : "right";
    }
}

function stepAt(moment_s) {
    const {rates, from_s} = chart.shown;
    return Math.min(rates.length - 1, Math.max(0, Math.round((moment_s - from_s) / chart.step_s)));
}

// A moment, and no place: the curve goes on below it.
function readStep(at) {
    const {rates, from_s} = chart.shown;
    chart.at_s = from_s + Math.min(rates.length - 1, Math.max(0, at)) * chart.step_s;
    showReading();
}

function readNothing() {
    chart.at_s = null;
    showReading();
}

function readPointer(event) {
    const box = byId("plot").getBoundingClientRect();
    readStep(Math.round((event.clientX - box.left) / box.width * (chart.shown.rates.length - 1)));
}

const CHART_MOVES = {ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -6, PageUp: 6, Home: -CHART_STEPS_MAX, End: CHART_STEPS_MAX};

function readKey(event) {
    const isMove = Object.hasOwn(CHART_MOVES, event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (isMove && !chart.shown.isEmpty) {
        event.preventDefault();
        readStep((chart.at_s === null ? chart.shown.rates.length - 1 : stepAt(chart.at_s)) + CHART_MOVES[event.key]);
    }
}

function beginChart() {
    const plot = byId("plot");
    plot.addEventListener("pointermove", readPointer);
    plot.addEventListener("pointerdown", readPointer);
    plot.addEventListener("pointerleave", event => {
        if (event.pointerType !== "touch") { // a finger leaves when it is lifted
            readNothing();
        }
    });
    addEventListener("pointerdown", event => {
        if (!plot.contains(event.target)) {
            readNothing();
        }
    });
    plot.addEventListener("keydown", readKey);
    plot.addEventListener("focus", () => readStep(chart.at_s === null ? chart.shown.rates.length - 1 : stepAt(chart.at_s)));
    plot.addEventListener("blur", readNothing);
}
