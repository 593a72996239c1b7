"""The Zabbix agents of this host: found, set up for psdiff-zbx, examined."""
