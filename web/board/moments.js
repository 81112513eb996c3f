// Times: the server's clock, which may differ from the browser's, and how long ago something was.

const clock = {behind_ms: 0};

function setClock(server) {
    const behind_ms = Date.parse(server) - Date.now();
    // The server tells whole seconds: a smaller difference says nothing.
    if (Math.abs(behind_ms - clock.behind_ms) > 1500) {
        clock.behind_ms = behind_ms;
    }
}

function now_ms() {
    return Date.now() + clock.behind_ms;
}

function timeOf(moment_ms) {
    return language.times.format(moment_ms);
}

function dateOf(moment_ms) {
    return language.dates.format(moment_ms);
}

function dayOf(moment_ms) {
    return new Date(moment_ms).toDateString();
}

// With the day, unless it is today.
function whenWas(moment_ms) {
    return dayOf(moment_ms) === dayOf(now_ms()) ? timeOf(moment_ms) : dateOf(moment_ms);
}

// The same within a sentence: at 21:00:00, on Nov 25, 21:00.
function atWhen(moment_ms) {
    const words = language.words;
    return say(dayOf(moment_ms) === dayOf(now_ms()) ? words.atTime : words.onDay, whenWas(moment_ms));
}

function lasting(seconds) {
    const units = language.words.units;
    const [unit, of_s] = seconds < 60 ? ["s", 1] : seconds < 3600 ? ["min", 60] : seconds < 86400 ? ["h", 3600] : ["d", 86400];
    return say(units[unit], Math.floor(seconds / of_s));
}

// 1 day 1:02:03, 1:02:03 or 2:03.
function countdown(seconds) {
    const two = number => String(number).padStart(2, "0");
    const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24, minutes = Math.floor(seconds / 60) % 60;
    const left = days > 0 || hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    return days > 0 ? say(language.words.days, days, left) : left;
}

function longAgo(moment_s) {
    const seconds = Math.floor(now_ms() / 1000) - moment_s;
    return seconds < 2 ? language.words.justNow : say(language.words.ago, lasting(seconds));
}
