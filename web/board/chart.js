// Bets a second over time, as one curve: the bets stored in each step, oldest first.

const CHART_STEPS_MAX = 720; // as many as the server tells
const CHART_STEPS_LEAST = 60;

const chart = {step_s: 10, until_s: 0, bets: []};

function forgetHistory() {
    chart.until_s = 0;
    chart.bets = [];
}

// A server that was started again knows nothing of before: what the page knows of that stays. Nothing was stored in between.
function takeHistory(history) {
    const {step_s, until, bets} = history;
    if (until === 0 || bets.length === 0) {
        return;
    }
    const before = Math.round((until - bets.length * step_s - chart.until_s) / step_s); // steps that nobody knows; less than 0: that both know
    const known = chart.until_s === 0 ? [] : before > 0 ? [...chart.bets, ...Array(Math.min(before, CHART_STEPS_MAX)).fill(0)] :
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

// 1, 2, 2.5 or 5 times a power of ten that is not below it, so that the scale is seldom another.
function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
    return [1, 2, 2.5, 5, 10].map(times => times * power).find(round => round >= value);
}

function curve(rates, top) {
    const width = 100 / (rates.length - 1);
    return rates.map((rate, at) => `${at === 0 ? "M" : "L"}${(at * width).toFixed(2)} ${(100 - 100 * rate / top).toFixed(2)}`).join("");
}

// The steps since the first bet: a quiet day before the draw does not squeeze the night.
function shownRates() {
    const first = chart.bets.findIndex(bets => bets > 0);
    const count = first < 0 ? CHART_STEPS_LEAST : Math.max(CHART_STEPS_LEAST, chart.bets.length - first + 2);
    const padded = [...Array(Math.max(0, count - chart.bets.length)).fill(0), ...chart.bets];
    return padded.slice(-count).map(bets => bets / chart.step_s);
}

function showChart() {
    const rates = shownRates(), most = Math.max(...rates), top = roundUp(most), words = language.words, isEmpty = most === 0;
    const empty = drawCard.draw !== null && drawCard.draw.bets > 0 ? words.chartQuiet : words.chartEmpty;
    const line = curve(rates, top), from_s = chart.until_s - (rates.length - 1) * chart.step_s;
    chart.shown = {rates, from_s};
    setAttribute(byId("line"), "d", isEmpty ? "" : line);
    setAttribute(byId("area"), "d", isEmpty ? "" : `${line}L100 100L0 100Z`);
    setText(byId("scale-top"), isEmpty ? "" : say(words.perSecond, top));
    setText(byId("scale-mid"), isEmpty ? "" : say(words.perSecond, top / 2));
    setText(byId("plot-empty"), isEmpty ? empty : "");
    if (chart.until_s > 0) {
        const from = timeOf(from_s * 1000), until = timeOf(chart.until_s * 1000);
        setText(byId("chart-from"), from);
        setText(byId("chart-until"), until);
        const said = say(words.chart, from, until, roundFigure(most), roundFigure(rates[rates.length - 1]));
        setAttribute(byId("plot"), "aria-label", isEmpty ? empty : said);
    } else {
        setAttribute(byId("plot"), "aria-label", empty);
    }
}

// What the curve is at where the pointer is.
function readChart(event) {
    const box = byId("plot").getBoundingClientRect(), shown = chart.shown, node = byId("reading");
    if (!shown || chart.until_s === 0 || Math.max(...shown.rates) === 0) {
        return;
    }
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), at = Math.round(part * (shown.rates.length - 1));
    node.textContent = `${timeOf((shown.from_s + at * chart.step_s) * 1000)} · ${say(language.words.perSecond, roundFigure(shown.rates[at]))}`;
    node.style.left = `${100 * at / (shown.rates.length - 1)}%`;
    node.dataset.side = part > 0.5 ? "left" : "right";
    node.hidden = false;
}

function beginChart() {
    byId("plot").addEventListener("pointermove", readChart);
    byId("plot").addEventListener("pointerleave", () => { byId("reading").hidden = true; });
}
