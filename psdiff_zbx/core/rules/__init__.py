"""The rules: which processes are daemons, and which parts of a command line vary."""
