"""Virtual PCs with Notes behind a real WS-Management endpoint on loopback."""
