"""The engines: what the scripts that travelled do on the model."""
