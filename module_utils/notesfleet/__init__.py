"""notesfleet: audit and migrate fleets of HCL Notes clients."""

__version__ = "0.1.0"
