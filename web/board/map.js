// How many bets were placed on each number, 0000 to 9999, as a square: rows by the first two digits, columns by the last two.
// The server tells it only once the number is known to all; until then nothing is asked, and there is no map.

const NUMBERS = 10000, SIDE = 100, ASK_AGAIN_S = 3, ASK_AGAIN_MOST_S = 60;

const numberMap = {key: null, counts: null, most: 0, drawn: 0, at: 0, isAsking: false, trouble: null};

function fourDigits(number) {
    return String(number).padStart(4, "0");
}

function mapKey(draw) {
    return `${draw.drawn_at} ${draw.number} ${drawKey(draw)}`;
}

function hasMap(draw) {
    return numberMap.key === mapKey(draw);
}

function forgetMap() {
    numberMap.key = null;
    byId("look-up").value = "";
    numberMap.trouble = null;
}

// As often as the server wants it. Until the pause is over, it counts as being asked.
async function askCounts(draw) {
    if (numberMap.isAsking || hasMap(draw) || draw.erased_at !== null) {
        return;
    }
    numberMap.isAsking = true;
    let again_s = ASK_AGAIN_S;
    try {
        const answer = await ask("api/v1/numbers"), told = answer.ok ? await answer.json() : null;
        numberMap.trouble = told !== null ? null : answer.status === 503 ? "counting" : "mapFails";
        again_s = Math.min(ASK_AGAIN_MOST_S, Math.max(1, Number(answer.headers.get("Retry-After")) || ASK_AGAIN_S));
        const isOfNow = mapKey(drawCard.draw) === mapKey(draw); // else another night has begun meanwhile
        if (told !== null && isOfNow && told.draw === draw.draw && told.counts.length === NUMBERS) {
            takeCounts(draw, told.counts);
        }
    } catch {
        numberMap.trouble = "mapFails"; // no connection, or none left for this page
    }
    const askAgain = () => {
        numberMap.isAsking = false;
        changed();
    };
    if (hasMap(draw)) {
        askAgain();
    } else {
        setTimeout(askAgain, again_s * 1000);
        changed();
    }
}

function takeCounts(draw, counts) {
    numberMap.key = mapKey(draw);
    numberMap.counts = counts;
    numberMap.most = Math.max(...counts);
    numberMap.drawn = numberMap.at = Number(draw.number);
    numberMap.painted = null;
}

// Two colours of the style sheet, mixed: the more bets, the more of the accent.
function shade(part) {
    const style = getComputedStyle(document.documentElement), channels = name => style.getPropertyValue(name).trim().match(/[\da-f]{2}/gi).map(digits => parseInt(digits, 16));
    const from = channels("--map-none"), to = channels("--map-most");
    return from.map((value, at) => Math.round(value + (to[at] - value) * part));
}

function paint(canvas, width, height, partAt) {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    const shades = Array.from({length: 65}, (_, step) => shade(step / 64));
    for (let at = 0; at < width * height; at++) {
        image.data.set([...shades[Math.round(64 * partAt(at))], 255], 4 * at);
    }
    context.putImageData(image, 0, 0);
}

function place(node, number) {
    node.style.left = `${number % SIDE}%`;
    node.style.top = `${Math.floor(number / SIDE)}%`;
}

function cellText(number) {
    const words = language.words, said = say(words.cell, numberMap.counts[number], fourDigits(number));
    return number === numberMap.drawn ? `${said} · ${words.drawnCell}` : said;
}

function moveTo(number) {
    numberMap.at = Math.min(NUMBERS - 1, Math.max(0, number));
    place(byId("cell"), numberMap.at);
    setText(byId("cell-text"), cellText(numberMap.at));
    setAttribute(byId("cells"), "aria-valuenow", String(numberMap.at));
    setAttribute(byId("cells"), "aria-valuetext", cellText(numberMap.at));
}

// What the picture shows, for whoever does not see it.
function summary() {
    const {counts} = numberMap, none = counts.filter(bets => bets === 0).length;
    const order = counts.map((_, number) => number).sort((a, b) => counts[b] - counts[a] || a - b);
    const most = order.slice(0, 5).filter(number => counts[number] > 0).map(number => `${fourDigits(number)} (${figure(counts[number])})`);
    return say(language.words.mapSummary, most.join(", ") || "–", none);
}

function showMap(draw) {
    const isKnown = draw.state === "drawn" && draw.number !== null;
    setHidden(byId("map"), !isKnown);
    if (!isKnown) {
        return;
    }
    askCounts(draw);
    const isThere = hasMap(draw), words = language.words;
    setHidden(byId("map-content"), !isThere);
    setText(byId("map-trouble"), isThere ? "" : draw.erased_at !== null ? words.mapErased : words[numberMap.trouble] ?? "");
    byId("look-up").disabled = !isThere;
    const painted = `${language.name} ${dark.matches}`;
    if (isThere && numberMap.painted !== painted) {
        numberMap.painted = painted;
        const most = Math.max(1, numberMap.most);
        paint(byId("canvas"), SIDE, SIDE, at => numberMap.counts[at] / most);
        paint(byId("shades"), 64, 1, at => at / 63);
        setText(byId("most"), figure(numberMap.most));
        setText(byId("map-summary"), summary());
        place(byId("drawn-cell"), numberMap.drawn);
        lookUp();
        moveTo(numberMap.at);
    }
}

const MOVES = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE, PageUp: -10 * SIDE, PageDown: 10 * SIDE, Home: -NUMBERS, End: NUMBERS};

function lookUp() {
    const asked = byId("look-up").value.trim(), isNumber = /^\d{1,4}$/.test(asked);
    if (isNumber) {
        moveTo(Number(asked));
    }
    setText(byId("found"), isNumber ? cellText(numberMap.at) : asked === "" ? "" : language.words.lookUpWants);
    setAttribute(byId("look-up"), "aria-invalid", String(!isNumber && asked !== ""));
}

function pointAt(event) {
    const box = byId("cells").getBoundingClientRect(), part = (at, size) => Math.min(SIDE - 1, Math.max(0, Math.floor(SIDE * at / size)));
    moveTo(part(event.clientY - box.top, box.height) * SIDE + part(event.clientX - box.left, box.width));
}

function beginMap() {
    const cells = byId("cells");
    cells.addEventListener("pointermove", pointAt);
    cells.addEventListener("pointerdown", pointAt); // a finger that only taps does not move
    cells.addEventListener("keydown", event => {
        if (Object.hasOwn(MOVES, event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
            event.preventDefault();
            moveTo(numberMap.at + MOVES[event.key]);
        }
    });
    byId("look-up").addEventListener("input", lookUp);
}
