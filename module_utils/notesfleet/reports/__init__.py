"""What people read: how each client of a fleet stands."""
