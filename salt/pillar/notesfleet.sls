# For whom the state notesfleet.migrate is: a group of the inventory, such as a wave.
notesfleet_target: wave_pilot
# Variables of the roles, as a site would set them in group_vars.
notesfleet_variables:
  enable_local_replica_tolerance: 0
  switch_server_tolerance: 0
