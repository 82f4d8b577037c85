# Whose PC has a client of the pilot wave that is to be done now. The groups are those of the inventory.
base:
  'notesfleet:groups:wave_pilot':
    - match: pillar
    - notesfleet.migrate
