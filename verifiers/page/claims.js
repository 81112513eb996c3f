// What is said in the end: one claim a line, and what follows from all of them. The states are those of `quiniela verify`.

const OK = "ok", FALSE = "FALSE", NOT_CHECKED = "not checked", NOT_GIVEN = "not given", NOTE = "note";
const ALL_HOLD = 0, SOMETHING_IS_FALSE = 1, NOTHING_TO_CHECK = 2, NOT_ALL_CHECKED = 3;

class Claims {
    constructor() {
        this.list = []; // state, what, why
    }

    add(state, what, why) {
        this.list.push(Object.freeze({state, what, why}));
    }

    ok(what, why) {
        this.add(OK, what, why);
    }

    false(what, why) {
        this.add(FALSE, what, why);
    }

    notChecked(what, why) {
        this.add(NOT_CHECKED, what, why);
    }

    notGiven(what, why) {
        this.add(NOT_GIVEN, what, why);
    }

    note(what, why) {
        this.add(NOTE, what, why);
    }

    // Whatever is refused within makes the claim false.
    async about(what, work) {
        try {
            await work();
        } catch (refused) {
            if (!(refused instanceof Refused)) {
                throw refused;
            }
            this.false(what, refused.why);
        }
    }

    count(...states) {
        return this.list.filter(claim => states.includes(claim.state)).length;
    }

    get all() {
        return this.count(OK, FALSE, NOT_CHECKED);
    }

    get status() {
        if (this.count(FALSE) > 0) {
            return SOMETHING_IS_FALSE;
        }
        if (this.all === 0) {
            return NOTHING_TO_CHECK;
        }
        return this.count(NOT_CHECKED) > 0 ? NOT_ALL_CHECKED : ALL_HOLD;
    }

    get summary() {
        switch (this.status) {
        case SOMETHING_IS_FALSE:
            return say`${this.count(FALSE)} of ${this.all} claims are false.`;
        case NOT_ALL_CHECKED:
            return say`Nothing is false, but ${this.count(NOT_CHECKED)} of ${this.all} claims were not checked.`;
        case NOTHING_TO_CHECK:
            return say`Nothing was checked: what was given says nothing by itself.`;
        default:
            return say`Every claim holds (${this.all}).`;
        }
    }
}
