# The two files come to the agency's folder.
mv agency-3.salt-key agency-3.entry friday/
cd friday
