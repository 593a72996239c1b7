"""``psdiff-zbx setup``: from an installed program to an agent that answers."""
