"""A Zabbix frontend, through its API, from any workstation; needs the extra ``api``."""
