"""The PowerShell that runs on the PCs, as package data, and what delivers it."""
