// The connection: server-sent events. The browser connects again by itself, and says up to which event it knows; where it gives
// up, or nothing has come for too long, a new one is begun. Where the server has no stream left, it is asked every few seconds.

const SILENCE_MS = 20000; // the server tells the draw every 5 s
const TRY_AGAIN_MS = 4000;
const OLD_MS = 30000;
const AGAIN_SHOWN_MS = 60000;
const HIDDEN_MS = 30000; // so long a page that nobody sees keeps one of the browser's few connections to the server

// link: connecting, live, asked (no stream, see asking.js), lost, or paused (hidden)
const live = {source: null, link: "connecting", heard_ms: 0, lost_ms: 0, hidden_ms: 0, begun_ms: Date.now(), epoch: null, again_ms: 0, since_ms: 0,
    waits: 0, before: null}; // the draw as it was told last before the connection was lost

// Another epoch may be another server's, of several on one store: that one has been there all the time.
function wasStartedAgain() {
    const {before} = live, server = drawCard.draw?.server;
    return before !== null && server !== undefined && (!server.shared || Date.parse(server.since) >= Date.parse(before.now));
}

function heard(event) {
    live.heard_ms = Date.now();
    live.link = "live";
    const epoch = event.lastEventId.split("-")[0]; // "" before the first event that has one
    if (epoch !== "") {
        if (live.epoch !== null && epoch !== live.epoch && wasStartedAgain()) {
            live.again_ms = Date.now();
            live.since_ms = Date.parse(drawCard.draw.server.since);
        }
        live.epoch = epoch;
    }
}

// What is shown is from now on that of before.
function leave(link) {
    if (live.link === "live" || live.link === "asked") {
        live.lost_ms = Date.now();
        live.before = drawCard.draw;
        fewer.before ??= drawCard.draw;
    }
    live.link = link;
}

// Of a page that has never shown anything there is nothing to lose.
function lost() {
    if (live.link !== "lost" && drawCard.draw !== null) {
        leave("lost");
    }
}

function disconnect() {
    clearTimeout(live.waits);
    live.waits = 0;
    live.source?.close();
}

function connect() {
    disconnect();
    live.heard_ms = Date.now();
    const source = live.source = new EventSource("api/v1/events");
    const listen = (name, take) => source.addEventListener(name, event => {
        heard(event);
        take(JSON.parse(event.data));
        changed();
    });
    listen("draw", takeDraw);
    listen("agencies", takeRows);
    listen("history", takeHistory);
    listen("step", takeStep);
    source.addEventListener("error", () => {
        if (source.readyState !== EventSource.CLOSED) {
            lost();
        } else if (live.waits === 0) { // refused: the browser does not try again
            live.waits = setTimeout(connect, TRY_AGAIN_MS);
            askInstead();
        }
        changed();
    });
}

async function askInstead() {
    if (live.link === "live") {
        lost();
    }
    if (asking.isUnderWay) {
        return;
    }
    const told = await askAll();
    if (live.link === "live" || live.link === "paused") {
        return; // meanwhile it has a stream, or is hidden
    }
    if (told === null) {
        lost();
    } else {
        live.heard_ms = Date.now();
        live.link = "asked";
        takeDraw(told.draw);
        takeRows({reset: true, rows: told.rows});
    }
    changed();
}

function takeDraw(draw) {
    setClock(draw.now);
    if (drawCard.draw !== null && drawKey(drawCard.draw) !== drawKey(draw)) {
        forgetHistory();
        forgetMap();
        forgetFewer();
        live.before = null;
        live.again_ms = 0;
    }
    compareWithBefore(draw);
    drawCard.draw = draw;
}

// Once a second.
function watchConnection() {
    if (live.link === "paused") {
        return;
    }
    if (document.hidden && live.hidden_ms > 0 && Date.now() - live.hidden_ms > HIDDEN_MS) {
        disconnect();
        leave("paused");
        changed();
    } else if (Date.now() - live.heard_ms > SILENCE_MS && live.waits === 0) {
        lost();
        connect();
    }
}

function seenOrHidden() {
    live.hidden_ms = document.hidden ? Date.now() : 0;
    if (!document.hidden && live.link === "paused") {
        live.link = "connecting";
        live.begun_ms = Date.now();
        connect();
        changed();
    }
}

function linkText() {
    const words = language.words, isAway = drawCard.draw !== null && !drawCard.draw.store.ok && ["live", "asked"].includes(live.link);
    return isAway ? words.storeAway : live.link === "lost" ? words.lostShort : words[live.link];
}

// The time at which the connection was lost is, as all other times here, the server's.
function lostText() {
    const words = language.words, since_ms = Date.now() - live.lost_ms, at = atWhen(live.lost_ms + clock.behind_ms);
    return since_ms > OLD_MS ? say(words.old, at, lasting(Math.floor(since_ms / 1000))) : say(words.lost, at);
}

function troubleText() {
    const words = language.words, isUnanswered = live.link === "connecting" && Date.now() - live.begun_ms > ASK_MS;
    return live.link === "lost" ? lostText() : live.link === "asked" ? words.tooMany : isUnanswered ? words.noAnswer : "";
}

function showConnection() {
    const trouble = troubleText(), isOld = live.link === "lost" && Date.now() - live.lost_ms > OLD_MS, isAway = drawCard.draw?.store.ok === false;
    setAttribute(byId("live"), "data-link", isAway && live.link !== "paused" ? "lost" : live.link);
    setText(byId("live-text"), linkText());
    setAttribute(byId("board"), "data-old", isOld ? "yes" : "no");
    setHidden(byId("lost"), trouble === "");
    setText(byId("lost"), trouble);
    const isAgain = live.link !== "lost" && live.again_ms > 0 && Date.now() - live.again_ms < AGAIN_SHOWN_MS;
    setHidden(byId("again"), !isAgain);
    if (isAgain) {
        setText(byId("again"), say(language.words.again, atWhen(live.since_ms)));
    }
    showFewer();
}
