"""psdiff-zbx: a Linux host's daemons compared with their baseline, for Zabbix."""

__version__ = "1.0.0"
