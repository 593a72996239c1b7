"""A Zabbix frontend, through its API: from an administrator's workstation, with extra ``api``."""
