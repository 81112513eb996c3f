// What is known of the draw (api/v1/draw): state, what it waits for, the number, the figures of all bets.

const drawCard = {draw: null};

// Draws of two nights may have one name.
function drawKey(draw) {
    return `${draw.opened_at} ${draw.draw}`;
}

const STEPS = [["opened", "opened_at"], ["closed", "closed_at"], ["sealed", "sealed_at"], ["drawn", "drawn_at"], ["erased", "erased_at"]];

function waitsText(draw) {
    const words = language.words.waits, agencies = draw.agencies;
    switch (draw.waits_for) {
        case "agencies":
            return say(words.agencies, agencies.missing, agencies.expected);
        case "telling": {
            const left = agencies.finished - agencies.told; // who was cut off may never ask
            return left > 0 ? say(words.telling, left) : agencies.cut_off > 0 ?
                say(words.toldSome, agencies.cut_off, agencies.told, agencies.expected) : words.tellingSome;
        }
        default:
            return words[draw.waits_for] ?? draw.waits_for;
    }
}

function stepNode(name, moment, isCurrent) {
    const node = make("li", {"data-done": moment ? "yes" : "no"}, make("span", {class: "step-name"}, language.words.steps[name]));
    if (isCurrent) {
        node.setAttribute("aria-current", "step");
    }
    node.append(make("span", {class: "step-time"}, moment ? whenWas(Date.parse(moment)) : "–"));
    return node;
}

function showSteps(draw) {
    const steps = STEPS.filter(([name, key]) => draw[key] || !["closed", "erased"].includes(name)); // which not every draw is
    const last = steps.findLastIndex(([, key]) => draw[key]);
    const state = JSON.stringify([language.name, dayOf(now_ms()), steps.map(([, key]) => draw[key])]);
    const list = byId("steps");
    if (list.shows !== state) {
        list.shows = state;
        list.replaceChildren(...steps.map(([name, key], at) => stepNode(name, draw[key], at === last)));
    }
}

function showCutOff(draw) {
    const node = byId("cut-off"), isShown = draw.state === "open" && draw.closes_at !== null;
    setHidden(node, !isShown);
    if (isShown) {
        const at_ms = Date.parse(draw.closes_at), left_s = Math.ceil((at_ms - now_ms()) / 1000), words = language.words;
        setText(node, left_s > 0 ? say(words.cutOff, atWhen(at_ms), countdown(left_s)) : say(words.cutOffPast, atWhen(at_ms)));
        setAttribute(node, "data-soon", left_s > 0 && left_s <= 300 ? "yes" : "no");
    }
}

function showNumber(draw) {
    setHidden(byId("number-box"), draw.number === null);
    if (draw.number !== null) {
        if (byId("number").textContent !== draw.number) {
            byId("number").replaceChildren(...[...draw.number].map(digit => make("span", {}, digit)));
        }
        setAttribute(byId("number"), "aria-label", `${language.words.number}: ${draw.number}`);
        setText(byId("winners"), draw.winners === null ? "" : say(language.words.winners, draw.winners));
    }
}

function showBets(draw) {
    setText(byId("bets"), figure(draw.bets));
    setText(byId("rate"), roundFigure(draw.bets_10s / 10));
    setText(byId("minute"), figure(draw.bets_60s));
}

// Whoever has been told may have been cut off: then only that is counted.
function endedText(draw) {
    const {expected, missing, told, cut_off: cutOff} = draw.agencies, words = language.words;
    if (told > 0) {
        return say(cutOff > 0 ? words.toldCutOff : words.toldOf, told, expected, cutOff);
    }
    return say(cutOff > 0 ? words.endedCutOff : words.ended, expected - missing - cutOff, expected, cutOff);
}

function showServer(draw) {
    const words = language.words, server = draw.server;
    const said = say(words.server, server.connections, dateOf(Date.parse(server.since)), draw.version);
    setText(byId("server"), server.shared ? `${said} · ${words.shared}` : said);
    setText(byId("read-at"), draw.store.read_at ? say(words.readAt, atWhen(Date.parse(draw.store.read_at))) : "");
    setHidden(byId("store-fails"), draw.store.ok);
    if (!draw.store.ok) {
        const known = draw.store.read_at ? ` ${say(words.storeKnown, atWhen(Date.parse(draw.store.read_at)))}` : "";
        setText(byId("store-fails"), say(words.storeFails, draw.store.error ?? "?") + known);
    }
}

function showDraw(draw) {
    const words = language.words, state = words.states[draw.state] ?? draw.state;
    const stage = draw.number !== null ? "drawn" : draw.seal !== null ? "sealed" : "open";
    setText(byId("draw-name"), say(words.draw, draw.draw));
    setAttribute(byId("board"), "data-stage", stage);
    setAttribute(byId("board"), "data-waits", draw.waits_for);
    setText(byId("state-name"), state);
    setText(byId("waits"), waitsText(draw));
    document.title = live.link === "paused" ? say(words.titlePaused, draw.draw) : say(words.title, draw.bets, draw.draw, state);
    setText(byId("agencies-ended"), endedText(draw));
    showNumber(draw);
    showBets(draw);
    showTimes(draw);
}

// Once a second, too: what depends on the clock, also after midnight.
function showTimes(draw) {
    showSteps(draw);
    showCutOff(draw);
    showServer(draw);
}
