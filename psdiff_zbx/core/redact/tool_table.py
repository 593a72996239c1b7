"""The table of tools that take a secret in an option whose name does not say so, or at a fixed
place.  Nothing else: ``tools.py`` reads it."""

from __future__ import annotations

from typing import Mapping, Tuple

Samples = Tuple[str, ...]
LOGIN = "login( (?!-p)-*WORD){0,9} -p ?SECRET"
NO_PORT = r"(?!\d{1,5}(?![^\s\\]))"
NO_URL = r"(?!\S*//)"
STATIONS = "youtube|twitch|facebook|live-video|restream"
# Programs, and where SECRET is in their arguments.  A blank separates two arguments, WORD is one
# argument, USER is text without ``:``, ``%`` and ``,``; the rest is a regular expression.  A name
# that ends in * is the beginning of names, of which the longest counts.
TOOLS: Mapping[str, Samples] = {
    "mysqlsh|mysqlrouter": ("-pSECRET", "USER:SECRET@"),
    "mysqladmin|mariadb-admin": ("-pSECRET", "password SECRET"),
    "mysql*|mariadb*|mariabackup|xtrabackup|innobackupex|mytop": ("-pSECRET",),
    "sshpass": (r"\A( -[evV]| -[fdP] ?WORD| --){0,9} -p ?SECRET",),
    "mydumper|myloader|mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|mongostat"
    "|mongotop|mongofiles|fs_cli|rabbitmqadmin|rdesktop|ncftp|ncftpget|ncftpput|openfortivpn"
    "|useradd|usermod|groupadd|groupmod|fence_*|pcs|supervisorctl|centreon|racadm|ilorest"
    "|redfishtool|upscmd|upsrw|cqlsh|cypher-shell|surreal|beeline|hdbsql|maxctrl|maxadmin|innotop"
    "|couchbase-cli|cbbackupmgr|cbq|cbimport|cbexport|elasticsearch-users|add-user.sh"
    "|add-user-keycloak.sh|testsaslauthd|ext_kerberos_ldap_group_acl|sendxmpp|cntlm|noip2|twine"
    "|yt-dlp|youtube-dl|librespot|spotifyd|megaget|megaput|megals|megadl|megacopy|megadf"
    "|nextcloudcmd|owncloudcmd|seaf-cli|duck|vncdo|vncdotool|mcrcon|brook|veracrypt|truecrypt"
    "|zuluCrypt-cli|steghide|aescrypt|unar|lsar|check_mysql*|check_pgsql*|check_mongodb*"
    "|check_radius*|check_disk_smb*|check_wmi*|check_esx3*|check_vmware*|check_ilo*|check_elastic*"
    "|check_es_*|check_rabbitmq*|check_pve*|check_nsc_web*": ("-p ?SECRET",),
    "pt-archiver|pt-config-diff|pt-deadlock-logger|pt-duplicate-key-checker|pt-find"
    "|pt-fk-error-logger|pt-heartbeat|pt-kill|pt-mysql-summary|pt-online-schema-change"
    "|pt-query-digest|pt-show-grants|pt-slave-delay|pt-slave-restart|pt-stalk|pt-table-checksum"
    "|pt-table-sync|pt-upgrade|pt-variable-advisor": ("-p ?SECRET", r"(\S*,)?p=SECRET"),
    "docker|podman|nerdctl|skopeo|buildah|crane|oras|regctl|helm|az|cf|ibmcloud": (LOGIN,),
    "ctr": ("(pull|push)( (?!-u|--user)-*WORD){0,9} (-u ?|--user( |=))USER:SECRET",),
    "crictl": ("--auth( |=)SECRET",),
    "sqlcmd|bcp|tsql|osql|fisql|agent-auth|cmk-agent-ctl|ipmiutil|iodine|iodined|microsocks|knife"
    "|p4|amulecmd|amuleweb|rspamc|mqttx|emqtt_bench|kdb5_util|cbc|check_ldap*|check_smtp*"
    "|check_imap_*|check_pop3_*|check_ipmi*": ("-P ?SECRET",),
    "isql|iusql": ("-P ?SECRET", r"\A( -\w+){0,9} [\w.]+ [\w.@]+ SECRET"),
    "mosquitto_pub|mosquitto_sub|mosquitto_rr|mosquitto_ctrl": (
        "-P ?SECRET",
        "--pw SECRET",
        "setClientPassword WORD SECRET",
    ),
    "mosquitto_passwd": (r"-(?=\w*b)\w+ WORD WORD SECRET",),
    "zip|unzip|zipcloak": ("-[a-z0-9]*P ?SECRET",),
    "7z|7za|7zr|7zz|rar|unrar": ("-h?pSECRET",),
    "curl": (
        "(-[a-tv-zA-Z]*u|-[a-zA-Z]*u |-U ?|--(proxy-)?user( |=))USER:SECRET",
        "(-[a-zA-Z]*?u ?|--user( |=)):SECRET",
        r"(-b ?|--cookie( |=))[\w.-]+=SECRET",
        "(-E ?|--(proxy-)?cert( |=))(?!pkcs11:)USER:SECRET",
        f"-x ?{NO_URL}USER:SECRET@",
    ),
    "curlftpfs": ("user=USER:SECRET",),
    "cifs|smb3|smbfs|mount.cifs|mount.smb3|mount_smbfs|smbmount": (
        r"(\S*,)?user(name)?=USER%SECRET",
    ),
    "etcdctl": ("(-u ?|--user( |=))USER:SECRET", "user add USER:SECRET"),
    "turnserver|coturn|rqlite|solr": ("(-u ?|--user( |=))USER:SECRET",),
    "turnadmin": ("-[ps] ?SECRET",),
    "turnutils_uclient|turnutils_peer|squidclient": ("-[wW] ?SECRET",),
    "http|https|httpie|xh|xhs|hey|oha|miniserve|dufs": (
        r"(-a ?|--auth( |=))(?![\d.]+:\d+(?![^\s\\]))USER:SECRET",
    ),
    "ab|siege": ("-[AP] ?USER:SECRET",),
    "transmission-remote": ("(-n ?|--auth( |=))USER:SECRET",),
    "transmission-daemon": ("-v ?SECRET",),
    "lynx": ("-p?auth=USER:SECRET",),
    "htc": ("(-A ?|--proxy-authorization( |=))USER:SECRET",),
    "proxytunnel": ("-[PR] ?USER:SECRET",),
    "ttyd|gotty|mjpg_streamer": ("-c ?USER:SECRET",),
    "webfsd": ("-b ?USER:SECRET",),
    "gost|govc": (f"-[FLu](=| ?){NO_URL}USER:SECRET@",),
    "syncthing": ("--?gui-authentication( |=)USER:SECRET",),
    "monerod|monero-wallet-rpc|monero-wallet-cli": ("--(rpc|daemon)-login( |=)USER:SECRET",),
    "cgminer|bfgminer|cpuminer|minerd|ccminer|xmrig": (
        "(-O ?|--userpass( |=))USER:SECRET",
        "-p ?SECRET",
    ),
    "bitcoin-cli|litecoin-cli|dogecoin-cli": ("(walletpassphrase|encryptwallet) SECRET",),
    "zkCli.sh|zkcli": ("addauth digest USER:SECRET",),
    "cvs": ("-d ?:pserver:USER:SECRET@",),
    "mpc|ncmpcpp": ("(-h ?|--host( |=))SECRET@",),
    "cfgmaker|braa": ("SECRET@",),
    "openRTSP": ("-u WORD SECRET",),
    # rtmp://live.twitch.tv/app/KEY: whoever knows the key can send
    "ffmpeg|avconv|gst-launch-1.0": (
        rf"(location=)?rtmps?://(?=[^\s/]*({STATIONS}))[^\s/]+/[^\s/]+/SECRET",
    ),
    "lftp|dbmcli": ("-u ?USER,SECRET",),
    "smbclient|smbget|smbcacls|smbcquotas|smbtree|rpcclient|winexe|wmic|net|wbinfo|samba-tool": (
        "(-[UaK] ?|--(user|authenticate|krb5auth|pam-logon|set-auth-user)( |=))USER%SECRET",
        "user (create|add) WORD SECRET",
    ),
    "ntlm_auth": ("--(nt|lm)-response( |=)SECRET",),
    "xfreerdp|xfreerdp3|wlfreerdp|wlfreerdp3|sdl-freerdp|sdl-freerdp3": ("/(g?p|pth):SECRET",),
    "redis-cli|redis-benchmark|valkey-cli|valkey-benchmark|keydb-cli": (
        "-a SECRET",
        "(AUTH|auth) WORD SECRET",
        "(AUTH|auth|requirepass|masterauth) SECRET",
    ),
    "memtier_benchmark": ("(-a ?|--authenticate( |=))SECRET",),
    "sipsak|jmeter": ("-a ?SECRET",),
    "ldapsearch|ldapmodify|ldapadd|ldapdelete|ldapmodrdn|ldapcompare|ldapwhoami|ldapexop": (
        "-[a-zA-Z]*?w ?SECRET",
    ),
    "ldappasswd": ("-[a-zA-Z]*?w ?SECRET", "-[as] ?SECRET"),
    # the first seven stay as long as squid does
    "basic_ldap_auth|digest_ldap_auth|ext_ldap_group_acl|basic_radius_auth|squid_ldap_auth"
    "|squid_ldap_group|squid_radius_auth|ldapvi|kadmin|ipa-client-install|dsconf|dsidm|cyradm"
    "|imtest|pop3test|smtptest|irssi|vsql|smbpasswd": ("-w ?SECRET",),
    "slappasswd|eapol_test|check_nt": ("-s ?SECRET",),
    "rad_eap_test": ("-[Sp] ?SECRET",),
    "tacc": ("-[kp] ?SECRET",),
    "radtest": (
        r"\A( -[dDPt] WORD| -[xh46]){0,9} WORD SECRET",
        r"\A( -[dDPt] WORD| -[xh46]){0,9} WORD WORD WORD WORD SECRET",
    ),
    "radclient": ("(auth|acct|status|disconnect|coa|auto) SECRET",),
    "sqlplus|sqlldr|exp|imp|expdp|impdp|dgmgrl": (
        r"(userid=)?[\w$#]+/SECRET@",
        r"(userid=)?[\w$#]+/SECRET",
    ),
    "rman": (
        r"(target|catalog|auxiliary) [\w$#]+/SECRET@",
        r"(target|catalog|auxiliary) [\w$#]+/SECRET",
    ),
    "brbackup|brarchive|brconnect|brspace|brrestore|brrecover": (r"-u ?[\w$#]+/SECRET",),
    "check_oracle*": (
        r"--(cache|tablespace) WORD WORD SECRET",
        r"--connect( |=)[\w$#]+/SECRET@",
    ),
    "hdbuserstore": ("(SET|Set|set) WORD WORD WORD SECRET",),
    "sapcontrol": ("-user WORD SECRET",),
    "db2": ("using SECRET",),
    "gbak|gfix|gsec|nbackup|isql-fb|fbsvcmgr": ("-pas SECRET",),
    "dsmc|dsmadmc": (r"-pa\w*=SECRET",),
    "neo4j-admin|grafana-cli|grafana": ("(set-initial|reset-admin)-password SECRET",),
    "influx": ("-[pt] SECRET",),
    "snmpget|snmpgetnext|snmpwalk|snmpbulkget|snmpbulkwalk|snmpset|snmptable|snmptrap|snmpinform"
    "|snmpdf|snmpstatus|snmpdelta|snmpusm|snmpvacm|snmptest": ("-[cAX] ?SECRET",),
    "check_snmp|check_if*|check_interface*|check_hpjd|check_wave|check_breeze": (
        "-[CAX] ?SECRET",
    ),
    "check_snmp_*": ("-[CxX] ?SECRET",),
    "check_http*|check_curl*": ("(-[46ELNSlnv]*[ab] ?|--(proxy-)?authorization( |=))USER:SECRET",),
    # -s 'AUTH hunter2\r\nPING\r\n'
    "check_tcp|check_udp|check_imap|check_simap|check_pop|check_spop": (
        "(AUTH|PASS|LOGIN WORD) SECRET",
    ),
    "check_mssql*|check_esxi*": (f"-[pP] ?{NO_PORT}SECRET",),
    "check_redis*": ("-x ?SECRET",),
    "check_*": ("--((ro|rw|snmp)-?)?community( |=)SECRET",),
    "icinga2": ("--(ticket|salt)( |=)SECRET",),
    "ipmitool": ("-[Pky] ?SECRET", r"password (\d+ )?SECRET"),
    "ipmipower|ipmiconsole|ipmi-chassis|ipmi-dcmi|ipmi-fru|ipmi-sel|ipmi-sensors|bmc-info": (
        "-[pk] ?SECRET",
    ),
    "openssl": ("-[kK] SECRET", r"passwd( -salt WORD| -(?!salt)\S+){0,9} SECRET"),
    "mkpasswd": (r"\A( -[mSRP] WORD| -(?![mSRP](?!\S))\S+){0,9} SECRET",),
    "oathtool": (r"\A( -[dswcNS] WORD| -(?![dswcNS](?!\S))\S+){0,9} (?!@)SECRET",),
    "ssh-keygen": ("-[NP] ?SECRET",),
    "nsupdate|dig|kdig|knsupdate": (r"-y ?(USER:)?USER:(?!\S*:)SECRET",),
    "pdnsutil": ("import-tsig-key WORD WORD SECRET",),
    "ss-local|ss-server|ss-redir|ss-tunnel|ss-manager|sslocal|ssserver|ssmanager|ssservice"
    "|dns2tcpc|dns2tcpd|udp2raw|edge|mcrypt|mdecrypt|logdna-agent": ("-k ?SECRET",),
    "ptunnel": ("-x ?SECRET",),
    "ccrypt|ccencrypt|ccdecrypt": ("-K ?SECRET",),
    "pk12util": ("-[KW] ?SECRET",),
    "swift": ("(-K ?|--key( |=))SECRET",),
    "rclone": (
        "--(b2|swift|azureblob|azurefiles|s3-sse-customer)-key( |=)SECRET",
        "obscure SECRET",
    ),
    "b2": ("(authorize-account|authorize) WORD SECRET",),
    "dislocker": ("-[pu] ?SECRET",),
    "qpdf": ("--encrypt SECRET", "--encrypt WORD SECRET", "--encrypt  SECRET"),
    "pdftk": ("(input|owner|user)_pw SECRET",),
    "pdftotext|pdfinfo|pdfimages|pdffonts|pdftohtml|pdftoppm|pdftops|pdftocairo": (
        "-[uo]pw SECRET",
    ),
    "nmcli|wpa_cli|pppd": (r"[\w.-]*(password|psk|wep[-_]key\d) SECRET",),
    "wpa_passphrase": (r"\A WORD SECRET",),
    "iwconfig": (r"(key|enc|encryption) (?!(on|off|open|restricted)(?![^\s\\]))SECRET",),
    "iw": (r"keys? (d:)?\d:SECRET",),
    # chat '' ATDT123 ogin: me sword: hunter2
    "chat": (r"(?=\S*word:)\S+ SECRET",),
    "openconnect": ("(-C ?|--cookie( |=))SECRET",),
    "htpasswd": (
        r"-(?=\w*b)(?=\w*n)\w+ (-\w+ ){0,3}WORD SECRET",
        r"-(?=\w*b)(?!\w*n)\w+ (-\w+ ){0,3}WORD WORD SECRET",
    ),
    "rabbitmqctl": ("(add_user|change_password|authenticate_user) WORD SECRET",),
    "emqx|emqx_ctl": ("admins (add|passwd) WORD SECRET",),
    "prosodyctl|ejabberdctl|mongooseimctl": (
        "(register|change_password|check_password|--auth) WORD WORD SECRET",
    ),
    "doveadm": (
        r"auth (test|login)( -[a-zA-Z] WORD){0,5} WORD SECRET",
        "pw( (?!-p)-*WORD){0,5} -p ?SECRET",
    ),
    "kamctl|opensipsctl": ("(add|passwd) WORD SECRET",),
    "drush": ("(upwd|user[-:]password) WORD SECRET",),
    "deluge-console": ("connect WORD WORD SECRET",),
    "steamcmd": (r"\+login WORD SECRET",),
    "mumble-server|murmurd": ("-supw SECRET",),
    "airflow": ("users create( (?!-p)-*WORD){0,15} -p ?SECRET",),
    "caddy": ("(-p|--plaintext)( |=)SECRET",),
    "mc": (
        "(alias set|config host add) WORD WORD WORD SECRET",
        "admin user add WORD WORD SECRET",
    ),
    "aws": ("(aws_secret_access_key|aws_session_token) SECRET",),
    "kubectl|oc": (r"--from-literal( |=)[\w.-]+=SECRET", LOGIN),
    "vault": (r"(login|unseal|unwrap|token (revoke|renew|lookup)) (?![\w-]+=)SECRET",),
    "consul|serf|nomad": (
        "-(install|use|remove|rpc-auth)( |=)SECRET",
        "keyring (install|use|remove) SECRET",
    ),
    "nats-server|gnatsd|nats-streaming-server": ("--?auth( |=)SECRET",),
    "frpc|frps|doctl": ("-t ?SECRET",),
    "cloudflared": ("service install SECRET",),
    "ngrok": ("(add-)?authtoken SECRET",),
    "gitlab-runner": ("-[rt] SECRET",),
    "hudson.remoting.jnlp.Main|jenkins-agent|jenkins-slave": (r"(?=[0-9a-f]{64}(?!\w))SECRET",),
    "org.apache.nifi.NiFi": ("-k SECRET",),
    "sonar-scanner|org.sonarsource.scanner.cli.Main|mvn|gradle": (r"-Dsonar\.login=SECRET",),
    "amazon-ssm-agent": ("-code( |=)SECRET",),
    "composer": (r"http-basic\.WORD WORD SECRET", r"[\w-]+-(oauth|token)\.WORD SECRET"),
    "npm|pnpm|yarn": (r"\S*:_auth(Token)?(=| )SECRET",),
    "cargo": ("login SECRET",),
    "dotnet|nuget": ("(setApiKey WORD|push( (?!-k)-*WORD){0,9} -k) SECRET", "setApiKey SECRET"),
    "iscsiadm": (r"(-n ?|--name( |=))(?=\S*password)\S+ (-v ?|--value( |=))SECRET",),
    "vmrun": ("-[gv]?p SECRET",),
    "teamviewer": ("passwd SECRET",),
    "sendemail|swaks|sipp": ("-[ax]p SECRET",),
    "qemu-*|kvm": (r"-object secret,([^\s]*,)?data=SECRET",),
    "ssh|scp|sftp|rsync|autossh": (),  # their -p is no password of a program named before
}
# Programs that show in their title what others have logged, and the word it stands after.
LOGS: Mapping[str, str] = {"runsvdir": "log:", "readproctitle": "errors:"}
