"""The controller's side of an exchange with a PC, shared by every door (Ansible, Salt)."""
