"""The loadable plugin of zabbix_agent2, which stays resident."""
