"""The one model of Windows, Notes and Domino (design section 8): strict where the real things are strict."""
