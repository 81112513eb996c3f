# All agencies of a signed draw have finished; its number comes by hand.
quiniela sample --sizes 300,310,280 --winners 1,0,2
approvers
signers
signing /var/lib/quiniela/night.db 2026-11-26 "${BY_HAND[@]}" "${SIGNERS[@]}" 'SEAL_DIR = /seals' 'AUDIT_LOG = /var/log/quiniela/audit.log'
signed_agencies 1 2 3
sealed
mkdir -p /media/usb
