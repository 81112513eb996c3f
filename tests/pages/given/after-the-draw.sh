# The draw is made, and what an auditor takes afterwards is there.
cp /seals/draw-2026-11-26/rules-0.note /seals/draw-2026-11-26/seal.note .
approve mine approval-0.note
approve lopez approval-1.note
quiniela draw --config "$CONFIG" --number 7574 --approval approval-0.note --approval approval-1.note --yes
until [ -s /seals/draw-2026-11-26/result.note ]; do sleep 0.02; done
cp /seals/draw-2026-11-26/result.note .
quiniela export --config "$CONFIG" --output after.csv
quiniela winners --config "$CONFIG" --csv >winners.csv
