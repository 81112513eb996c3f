// What a screen reader says by itself: each thing once, as it begins. What changes all night (so many agencies, so long ago) is
// left out. The state is not here: its own place is read out.

function waitsAloud(draw) {
    const words = language.words.waits, {cut_off, finished, told} = draw.agencies;
    if (draw.waits_for === "telling" && finished === told && cut_off > 0) {
        return words.toldAloud;
    }
    return {agencies: words.agenciesSome, telling: words.tellingSome}[draw.waits_for] ?? words[draw.waits_for] ?? draw.waits_for;
}

function showAloud() {
    const words = language.words, {draw} = drawCard, store = draw?.store;
    setText(byId("said-waits"), draw === null ? "" : waitsAloud(draw));
    setText(byId("said-link"), live.link === "lost" ? words.lostShort : live.link === "asked" ? words.tooMany : live.link === "live" && live.lost_ms > 0 ? words.live : "");
    setText(byId("said-store"), !store || store.ok ? "" : say(words.storeFails, store.error ?? "?"));
    setText(byId("said-again"), byId("again").hidden ? "" : byId("again").textContent);
    setText(byId("said-fewer"), byId("fewer").hidden ? "" : byId("fewer").textContent);
}

// Only what somebody has asked for by a filter: the number of rows changes all night, too. A text that is no longer so goes.
function sayRows(isAsked) {
    const shown = byId("shown").textContent;
    if (isAsked) {
        setText(byId("said-rows"), shown);
    } else if (byId("said-rows").textContent !== shown) {
        setText(byId("said-rows"), "");
    }
}
