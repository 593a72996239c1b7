"""Rules learnt by watching: samples of a host in, findings and narrow rules out."""
