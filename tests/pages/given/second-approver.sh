# The other approver has signed, too.
approve lopez lopez.note
