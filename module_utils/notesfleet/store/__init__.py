"""The store: the database of PCs, clients, facts, campaigns, orders, reports and runs, and the spool before it."""
