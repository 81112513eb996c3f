# The lottery's public key, and a certificate like that of NIST's beacon.
VKEY=$(key keys lottery.example/central)
openssl req -x509 -newkey rsa:2048 -noenc -keyout beacon.key -out certificate.pem -subj /CN=beacon -days 2
