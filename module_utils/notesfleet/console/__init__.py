"""The web console: pages behind a sign-in over the store, which it only reads."""
