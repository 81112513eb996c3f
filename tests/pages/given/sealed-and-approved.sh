# All agencies of a signed draw have finished, and the approvers have signed the number.
quiniela sample --sizes 300,310,280 --winners 1,0,2
approvers
signers
signing /var/lib/quiniela/night.db 2026-11-25 "${BY_HAND[@]}" "${SIGNERS[@]}" 'SEAL_DIR = /seals'
export STORE=/var/lib/quiniela/night.db DRAW=2026-11-25
signed_agencies 1 2 3
sealed
cp /seals/draw-2026-11-25/rules-0.note .
quiniela seal >sealed.note
quiniela approve --rules rules-0.note --seal sealed.note --server-key "$VKEY" --number 7574 --key mine/sign.key --yes --output garcia.note
quiniela approve --rules rules-0.note --seal sealed.note --server-key "$VKEY" --number 7574 --key lopez/sign.key --yes --output lopez.note
quiniela seal --timestamp-request asked.tsq
curl -s -H 'Content-Type: application/timestamp-query' --data-binary @asked.tsq https://tsa.example/ >answer.tsr
(printf 'old 0\n\n'; cat sealed.note) | curl -s --data-binary @- https://witness.example/add-checkpoint >line
cat sealed.note line >cosigned.note
quiniela package --config "$CONFIG" --output folder
