"""The service managers of a host: systemd, OpenRC, init scripts.

In: the name of a unit.  Out: in what state it is; it is asked to start, and its last words read.
"""
