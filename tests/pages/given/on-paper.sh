# What the auditor has noted, and has got of an agency.
HEX=$(sha256sum <package/manifest.txt | cut -c -64)
cp data/agency-3.seal .
