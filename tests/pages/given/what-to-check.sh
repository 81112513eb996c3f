# What bettor, agency and auditor have got.
HEX=$(sha256sum <folder/manifest.txt | cut -c -64)
until [ -s /seals/draw-2026-11-25/result.note ]; do sleep 0.02; done
cp /seals/draw-2026-11-25/result.note /seals/draw-2026-11-25/seal.json .
cp data/agency-3.* .
quiniela prove --seal-dir /seals --agency 3 --bet 7 --output bet.tlog-proof
quiniela prove --seal-dir /seals --key --agency 3 --output agency-3.salt-key --entry agency-3.entry
