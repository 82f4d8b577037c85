"""One file a revision; the newest is `tables.REVISION`."""
