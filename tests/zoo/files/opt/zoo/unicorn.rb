listen "127.0.0.1:8086"
worker_processes 3
timeout 30
