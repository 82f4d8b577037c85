"""Readers of what lies on a client: notes.ini, NSF headers, the replicator page, and the facts made of them."""
