"""Order, journal, report, states, identity: the documents of action-engine sections 4, 7 and 8."""
