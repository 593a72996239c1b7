"""This host: its processes, its configuration, its baseline."""
