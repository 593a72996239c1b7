"""Tests with real Zabbix agents: zabbix_agentd and zabbix_agent2, 6.0 and 7.0."""
