"""The vocabulary of actions: schemas, part kinds, `desired` functions, and the engine."""
