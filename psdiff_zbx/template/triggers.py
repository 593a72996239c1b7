"""The triggers, from the one that hides all others to those that only inform.

One fault makes one problem of high severity.  A missing daemon has a problem of its own (High),
and the host's list of missing lines is a Warning.  An agent that is silent, or a check that cannot
tell, makes no daemon missing: items keep their last values.
"""

from __future__ import annotations

from .calm import BOOT, BOOTING, GRACE, LOUD, UNPAUSED
from .records import ID, Trigger
from .states import CANNOT_TELL, STATE

NODATA = "psdiff: No data"
CANNOT_TELL_NAME = "psdiff: Cannot tell what runs"
NO_BASELINE = "psdiff: No baseline"
_FEWER = "psdiff: {#PSDIFF.NAME}: Fewer processes than expected"
_SAMPLES = "{$PSDIFF.SAMPLES}"
# Zabbix shows 20 characters of a text value, unless a macro function is applied to it.  In that
# function the frontend counts bytes, and half a character would make its whole answer invalid.
# So the pattern takes whole UTF-8 characters: a first byte and the bytes that continue it.
_FIRST = r"((?:[^\x80-\xbf][\x80-\xbf]*){1,500})"
_WHOLE = '{{ITEM.LASTVALUE%d}.regsub("' + _FIRST + '", "\\1")}'
# Operational data and each of these macros may have 255 characters.  These are expanded by the
# server, which counts characters, not bytes.  Of a macro that does not match nothing is left.
_CMDLINE = '{{#PSDIFF.CMDLINE}.regsub("^(.{1,150})", "\\1")}'
_SHORT_UNIT = '{{#PSDIFF.UNIT}.regsub("^(.{1,60})", " (\\1)")}'
_WHOLE_UNIT = '{{#PSDIFF.UNIT}.regsub("^(.+)$", " (\\1)")}'
# A unit of systemd, one of a user's own manager, several, or a service of another manager.
_REMEDIES = (
    (r"^([^/ ]+[.]service)$", "systemctl status \\1; its log: journalctl -u \\1"),
    (
        r"^([^/ ]+)/([^/ ]+)$",
        "systemctl --user -M \\1@ status \\2; its log: journalctl _SYSTEMD_USER_UNIT=\\2",
    ),
    (r"^([^/ ]+ [^/]+)$", "systemctl status \\1, which shows the ends of their logs, too"),
    (r"^([^/ ]+)(?<![.]service)$", "service \\1 status; its log is in /var/log"),
)
_REMEDY = "".join(
    f'{{{{#PSDIFF.UNIT}}.regsub("{pattern}", " On the host: {text}")}}'
    for pattern, text in _REMEDIES
)
# The daemon has too few processes in so many of the last samples.  Its own items do not tell: of
# equal values the first is stored only.  If the list is cut, each daemon may be in what is not
# shown: a pattern takes the id and that.
_RUNNING = f'/{{T}}/psdiff.daemon.running["{ID}"]'
_STARTED = f'/{{T}}/psdiff.daemon.started["{ID}"]'
_LISTED = f'count(/{{T}}/psdiff.missing.daemons,%s,"regexp","{ID}|and [0-9]+ more$")'

TRIGGERS = (
    Trigger(
        NODATA,
        "nodata(/{T}/psdiff.seconds,{$PSDIFF.NODATA})=1",
        "HIGH",
        "Nothing is known of this host's processes: the agent does not run or does not answer, "
        "or it does not know the key, or the document is none.",
        opdata="No data for {$PSDIFF.NODATA}",
        after=(CANNOT_TELL_NAME,),
    ),
    Trigger(
        CANNOT_TELL_NAME,
        f"max(/{{T}}/{STATE.key},{_SAMPLES})={CANNOT_TELL}"
        " and length(last(/{T}/psdiff.error))>0"
        ' and find(/{T}/psdiff.error,,"regexp","^no baseline")=0'
        " and {$PSDIFF.ERROR.ALERT}=1",
        "HIGH",
        "The check itself fails; the text says why and what to do.",
        opdata=_WHOLE % 2,
        scope="notice",
    ),
    Trigger(
        NO_BASELINE,
        'find(/{T}/psdiff.error,,"regexp","^no baseline")=1 and {$PSDIFF.ERROR.ALERT}=1',
        "WARNING",
        "This host has no baseline yet. Run 'psdiff-zbx write' on it, as root.",
        opdata=_WHOLE % 1,
        scope="notice",
    ),
    Trigger(
        "psdiff: Processes are missing",
        f"min(/{{T}}/psdiff.missing.count,{_SAMPLES})>{{$PSDIFF.MISSING.MAX}}"
        f" and length(last(/{{T}}/psdiff.missing.text))>0 and {LOUD}",
        "WARNING",
        "Processes of the baseline do not run. Each missing daemon has its own problem, too. "
        "If one is gone for good: psdiff-zbx accept.",
        opdata=_WHOLE % 2,
        after=(NODATA,),
    ),
    Trigger(
        "psdiff: Unexpected processes",
        f"min(/{{T}}/psdiff.extra.count,{_SAMPLES})>{{$PSDIFF.EXTRA.MAX}}"
        f" and length(last(/{{T}}/psdiff.extra.text))>0 and {LOUD}",
        "AVERAGE",
        "Processes run that are not in the baseline. If they are right: psdiff-zbx accept.",
        opdata=_WHOLE % 2,
        scope="security",
        after=(NODATA,),
    ),
    Trigger(
        "psdiff: Host has been restarted",
        f"last(/{{T}}/{BOOTING.key})=1",
        "INFO",
        f"The host has booted. What differs is no problem until it has been up for {GRACE}.",
        scope="notice",
    ),
    Trigger(
        "psdiff: Baseline has changed",
        "last(/{T}/psdiff.baseline.digest)<>last(/{T}/psdiff.baseline.digest,#2)"
        " and length(last(/{T}/psdiff.baseline.by))>=0"
        " and last(/{T}/psdiff.baseline.written)>=0"
        " and {$PSDIFF.BASELINE.ALERT}=1",
        "INFO",
        "The list of processes that this host should run has changed.",
        opdata="By {ITEM.LASTVALUE3}, {ITEM.LASTVALUE4}",
        scope="notice",
        manual_close=True,
    ),
)

TRIGGER_PROTOTYPES = (
    Trigger(
        _FEWER,
        f"last({_RUNNING})<{{#PSDIFF.EXPECTED}}"
        f" and {_LISTED % _SAMPLES}=count(/{{T}}/psdiff.missing.daemons,{_SAMPLES})"
        f" and {LOUD}"
        ' and {$PSDIFF.DAEMON.ALERT:"{#PSDIFF.NAME}"}=1',
        "HIGH",
        "{#PSDIFF.CMDLINE} of user {#PSDIFF.USER}: {#PSDIFF.EXPECTED} expected ({#PSDIFF.MODE})."
        f"{_REMEDY}",
        opdata=f"{{ITEM.LASTVALUE1}} of {{#PSDIFF.EXPECTED}}: {_CMDLINE}{_SHORT_UNIT}",
        event_name=f"{_FEWER}{_WHOLE_UNIT}",
    ),
    Trigger(
        "psdiff: {#PSDIFF.NAME}: Restarted",
        # The oldest process is younger than the one before, between which no sample found none,
        # or one sample: after two, the other problem has said it.
        f"(last({_STARTED},#2)>0 and last({_STARTED})>last({_STARTED},#2)"
        f" or last({_STARTED},#2)=0 and last({_STARTED},#3)>0"
        f" and last({_STARTED})>last({_STARTED},#3)"
        f" and {_LISTED % '#2'}=1 and {_LISTED % '#3'}=1)"
        # If the older of two processes ends, the younger becomes the oldest: that is no restart.
        " and last(/{T}/psdiff.started.recently)>0"
        # Seen twice: the values of one document come one after the other, and with the first
        # sample those that tell of a reboot or of planned work may not be there yet.  Not in the
        # second of the start: the sample before may be of that second, too.
        f" and last(/{{T}}/psdiff.started.recently,#2)>last({_STARTED})"
        f" and last(/{{T}}/psdiff.started.recently)-last({_STARTED})<{{$PSDIFF.RESTART.AGE}}"
        # What started with the host has not been restarted.
        f" and last({_STARTED})-last(/{{T}}/{BOOT.key})>{GRACE} and {LOUD}"
        # What was restarted by planned work is not told when that is over.
        f" and {UNPAUSED % '{$PSDIFF.RESTART.AGE}'}"
        # One that may run or not comes and goes: 0 are expected.
        " and {#PSDIFF.EXPECTED}>0"
        ' and {$PSDIFF.RESTART.ALERT:"{#PSDIFF.NAME}"}=1',
        "INFO",
        "All processes of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) have been restarted.",
        opdata="Since {ITEM.LASTVALUE1}",
        scope="notice",
        manual_close=True,
    ),
)
