// The language: the browser's first one, unless the address (#es, #en) or a button says another. It is kept nowhere else.

const LANGUAGES = {en: ENGLISH, es: SPANISH};

const language = {
    name: "en",
    words: ENGLISH,
    numbers: null,
    times: null,
    dates: null,
};

function chooseLanguage(name) {
    language.name = name;
    language.words = LANGUAGES[name];
    // Spanish leaves four digits together otherwise, and figures above each other differ.
    language.numbers = new Intl.NumberFormat(name, {useGrouping: "always", maximumFractionDigits: 1});
    language.times = new Intl.DateTimeFormat(name, {hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});
    language.dates = new Intl.DateTimeFormat(name, {day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
    document.documentElement.lang = name;
}

function languageAsked() {
    const asked = location.hash.slice(1);
    return Object.hasOwn(LANGUAGES, asked) ? asked : navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
}

// Puts fields into a sentence of words_*.js; of a list, the sentence for so many: the first field, as a number.
function say(words, ...fields) {
    const sentence = Array.isArray(words) ? words[fields[0] === 1 ? 0 : 1] : words;
    return sentence.replace(/\{(\d)\}/g, (_, at) => typeof fields[at] === "number" ? figure(fields[at]) : fields[at]);
}

function figure(number) {
    return language.numbers.format(number);
}

// Fewer digits for what changes all the time: 12.5, but 1,234.
function roundFigure(number) {
    return figure(number < 100 ? Math.round(number * 10) / 10 : Math.round(number));
}
