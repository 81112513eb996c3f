// The connection: server-sent events. The browser connects again by itself, and says up to which event it knows; where it gives
// up, or nothing has come for too long, a new one is begun.

const SILENCE_MS = 20000; // the server tells the draw every 5 s
const TRY_AGAIN_MS = 3000;
const OLD_MS = 30000;
const AGAIN_SHOWN_MS = 60000;

const live = {source: null, link: "connecting", heard_ms: 0, lost_ms: 0, epoch: null, again_ms: 0, since_ms: 0, waits: 0,
    before: null}; // the draw as it was told last before the connection was lost

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

function lost() {
    if (live.link === "live") {
        live.link = "lost";
        live.lost_ms = Date.now();
        live.before = drawCard.draw;
    }
}

function connect() {
    live.waits = 0;
    live.source?.close();
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
        lost();
        if (source.readyState === EventSource.CLOSED && live.waits === 0) {
            live.waits = setTimeout(connect, TRY_AGAIN_MS); // refused: the browser does not try again
        }
        changed();
    });
}

function takeDraw(draw) {
    setClock(draw.now);
    if (drawCard.draw !== null && drawKey(drawCard.draw) !== drawKey(draw)) {
        forgetHistory();
        forgetMap();
        live.before = null;
        live.again_ms = 0;
    }
    drawCard.draw = draw;
}

// Once a second.
function watchConnection() {
    if (Date.now() - live.heard_ms > SILENCE_MS && live.waits === 0) {
        lost();
        connect();
    }
}

function showConnection() {
    const words = language.words, isLost = live.link === "lost", since_ms = Date.now() - live.lost_ms, isOld = isLost && since_ms > OLD_MS;
    setAttribute(byId("live"), "data-link", live.link);
    setText(byId("live-text"), isLost ? words.lostShort : words[live.link]);
    setAttribute(byId("board"), "data-old", isOld ? "yes" : "no");
    setHidden(byId("lost"), !isLost);
    if (isLost) {
        const at = atWhen(live.lost_ms + clock.behind_ms); // as all other times here, the server's
        setText(byId("lost"), isOld ? say(words.old, at, lasting(Math.floor(since_ms / 1000))) : say(words.lost, at));
    }
    const isAgain = !isLost && live.again_ms > 0 && Date.now() - live.again_ms < AGAIN_SHOWN_MS;
    setHidden(byId("again"), !isAgain);
    if (isAgain) {
        setText(byId("again"), say(words.again, atWhen(live.since_ms)));
    }
}
