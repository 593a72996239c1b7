# What the packages' own scripts leave to the administrator; runs once, in the root, when built.
set -e
cp /opt/zoo/pools.conf /etc/php/*/fpm/pool.d/
a2enmod -q proxy_fcgi
postconf -e myhostname=zoo mydestination=zoo,localhost inet_interfaces=loopback-only
install -d -m 700 /root/.ssh
ssh-keygen -q -N '' -t ed25519 -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
for name in alice bob; do
    useradd --create-home --shell /bin/bash $name
    echo $name:secret | chpasswd
    install -d -m 700 -o $name -g $name /home/$name/.ssh
    install -m 600 -o $name -g $name /root/.ssh/id_ed25519.pub /home/$name/.ssh/authorized_keys
done
# The server's own database, over the socket: the network is the one of who builds this.
cluster=$(pg_lsclusters -h | cut -d' ' -f1,2)
pg_ctlcluster $cluster start -o '-c listen_addresses='
su postgres -c "psql -q -v ON_ERROR_STOP=1" << END
create role zabbix login password 'secret';
create database zabbix owner zabbix;
END
for part in schema images data; do
    zcat /usr/share/zabbix-server-pgsql/$part.sql.gz
done | PGOPTIONS='-c role=zabbix' su postgres -c 'psql -q -v ON_ERROR_STOP=1 -o /dev/null zabbix'
pg_ctlcluster $cluster stop
# What somebody has built for himself, where there is time for it.
if command -v tcc; then
    install -d /opt/stock/sbin
    tcc -o /opt/stock/sbin/stockd /opt/zoo/stockd.c
    install /opt/zoo/tickerd /usr/local/sbin
    echo 'exec sleep 60' > /home/alice/.xsession
    a2dismod -q passenger
    systemctl enable stunnel@zoo syncthing@alice
fi
# A domain controller that leaves to slapd and to the file server what is theirs.
if command -v samba; then
    samba-tool domain provision --realm=AD.ZOO --domain=ADZOO --host-name=zoo --host-ip=127.0.0.2 \
        --adminpass=Passw0rd.1 --server-role=dc --dns-backend=NONE --targetdir=/srv/ad \
        --option='interfaces=127.0.0.2' --option='bind interfaces only=yes' \
        --option='pid directory=/run/samba-ad' --option='ncalrpc dir=/run/samba-ad/ncalrpc'
    sed -i 's/server services = .*/server services = rpc, ldap, cldap, kdc, drepl, kcc/' \
        /srv/ad/etc/smb.conf
    sed -i 's,^SLAPD_SERVICES=.*,SLAPD_SERVICES="ldap://127.0.0.1/ ldapi:///",' /etc/default/slapd
fi
if command -v go; then
    GOCACHE=/var/cache/go GO111MODULE=off CGO_ENABLED=0 go run /opt/zoo/ticks.go once
fi
systemctl enable $(grep -l '^WantedBy' $(find /etc/systemd/system -maxdepth 1 -type f -name '*.service'))
