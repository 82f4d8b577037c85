"""Part kinds: they know the client (find, read, write); one module each (action-engine section 2)."""
