"""WS-Management as `ansible.builtin.winrm` speaks it (winrm 1, 2, 4, 8)."""
