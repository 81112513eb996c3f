# What the files beside this one use. Each of them makes what a page takes for granted at that place, such as a store.

# serve LOG [OPTION...]: a server in the background, once it listens
serve() {
    local log=$1
    : >"$log" # an earlier server's, until the next one's process begins it anew
    quiniela server "${@:2}" >"$log" 2>&1 &
    until grep -q 'action: listen ' "$log"; do
        kill -0 $! || { cat "$log"; return 1; }
        sleep 0.02
    done
}

# settings LINE...: the server's own file
settings() {
    printf '%s\n' "$@" >/etc/quiniela/server.ini
    ln -sf server.ini /etc/quiniela/config.ini
}

# agencies NUMBER...: their programs, in the background
agencies() {
    local number
    for number in "$@"; do
        quiniela client --id "$number" >"agency-$number.log" 2>&1 &
    done
}

# until_said WORDS COMMAND...: once the command says that
until_said() {
    until "${@:2}" | grep -q -- "$1"; do
        sleep 0.02
    done
}

# part AGENCY COUNT: the first bets of its file are sent, and not its end
part() {
    python3 -B "$QUINIELA_ROOT/tests/pages/part.py" "data/agency-$1.csv" "$1" "$2"
}

# key FOLDER NAME: makes a signing key, and says its public one
key() {
    quiniela keys --dir "$1" --sign-name "$2" | sed -n 's/^public key: //p'
}

# signing STORE DRAW [SETTING...]: a server that signs the draw of three agencies; VKEY and CONFIG are set
signing() {
    VKEY=$(key keys lottery.example/central)
    CONFIG=/etc/quiniela/config.ini
    settings "STORE = $1" "DRAW = $2" 'AGENCIES = 3' "SIGN_KEY = $PWD/keys/sign.key" 'SIGN_NAME = lottery.example/central' "${@:3}"
    serve signing.log --config "$CONFIG"
}

# signed_agencies NUMBER...: their programs, which keep what is signed
signed_agencies() {
    local number
    for number in "$@"; do
        quiniela client --id "$number" --central-key "$VKEY" >"agency-$number.log" 2>&1 &
    done
}

# sealed: once the draw has its seal, and agency 3 a copy
sealed() {
    until quiniela seal --config "$CONFIG" >/dev/null 2>&1 && [ -s "${1:-data}/agency-3.seal" ]; do
        sleep 0.02
    done
}

# approvers: the keys of two of them, and the settings that name them
approvers() {
    printf '%s\n' "$(key mine inspector.example/garcia)" "$(key lopez notary.example/lopez)" >/etc/quiniela/approvers
}
BY_HAND=('NUMBER = manual' 'APPROVALS = 2' 'APPROVERS = @/etc/quiniela/approvers')

# approve FOLDER OUTPUT
approve() {
    quiniela approve --rules rules-0.note --seal seal.note --server-key "$VKEY" --number 7574 --key "$1/sign.key" --yes --output "$2"
}

# signers: a time-stamping authority at https://tsa.example, a witness at https://witness.example; SIGNERS has the settings for them
signers() {
    mkdir signers
    quiniela keys --agencies 1 --dir signers --names tsa.example,witness.example >/dev/null
    : >signers.log
    python3 -B "$QUINIELA_ROOT/tests/pages/signers.py" signers/server.crt signers/server.key signers >signers.log 2>&1 &
    until grep -q ready signers.log; do
        kill -0 $! || { cat signers.log; return 1; }
        sleep 0.02
    done
    export CURL_CA_BUNDLE=$PWD/signers/ca.crt
    SIGNERS=("TSA_CERTS = $PWD/signers/tsa.pem" "WITNESSES = $(cat signers/witness)")
}
