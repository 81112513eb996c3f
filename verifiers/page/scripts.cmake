# The page's scripts, in the order in which they stand in it: each uses what stands before it, and, once all are there, any other.
set(QUINIELA_PAGE_SCRIPTS
    fragment.js say.js bytes.js form.js crypto.js merkle.js notes.js rules.js records.js receipts.js bets.js proof.js json.js pulse.js certificate.js
    claims.js case.js checks_seal.js seal_json.js checks_number.js check.js spanish.js show.js intake.js answer.js page.js)
