base:
  '*':
    - notesfleet
