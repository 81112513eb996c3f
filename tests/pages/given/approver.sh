# An approver's folder, before the number is signed.
mkdir approver
cp -r mine rules-0.note seal.note approver/
cd approver
