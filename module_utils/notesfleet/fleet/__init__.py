"""The fleet: the list of PCs, the campaign file, its mailboxes and waves."""
