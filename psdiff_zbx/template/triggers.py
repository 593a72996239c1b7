"""The triggers, from the one that hides all others to those that only inform.

One fault makes one problem of high severity: a daemon that is gone has its own (High); the
host's list of missing lines then is a Warning.  An agent that is silent, or a check that cannot
tell, makes no daemon missing: their items keep the values they had.
"""

from __future__ import annotations

from .items import ID, Trigger

NODATA = "psdiff: No data"
CANNOT_TELL = "psdiff: Cannot tell what runs"
NO_BASELINE = "psdiff: No baseline"
_SAMPLES = "{$PSDIFF.SAMPLES}"
# Zabbix shows 20 characters of a text, unless a macro function has gone over it.  There the
# frontend counts bytes, and an answer with half a character is none: so none is cut in two.
_FIRST = r"((?:[^\x80-\xbf][\x80-\xbf]*){1,500})"
_WHOLE = '{{ITEM.LASTVALUE%d}.regsub("' + _FIRST + '", "\\1")}'
# Operational data has room for 255 characters, and so has the command line.  Here the server
# counts, and it counts characters.
_CMDLINE = '{{#PSDIFF.CMDLINE}.regsub("^(.{1,180})", "\\1")}'
_RUNNING = f'/{{T}}/psdiff.daemon.running["{ID}"]'
_STARTED = f'/{{T}}/psdiff.daemon.started["{ID}"]'

TRIGGERS = (
    Trigger(
        NODATA,
        "nodata(/{T}/psdiff.seconds,{$PSDIFF.NODATA})=1",
        "HIGH",
        "Nothing is known of this host's processes: the agent does not run or does not answer, "
        "or it does not know the key, or the document is none.",
        opdata="No data for {$PSDIFF.NODATA}",
        after=(CANNOT_TELL,),
    ),
    Trigger(
        CANNOT_TELL,
        f'count(/{{T}}/psdiff.error,{_SAMPLES},"eq","")=0 and length(last(/{{T}}/psdiff.error))>0'
        ' and find(/{T}/psdiff.error,,"regexp","^no baseline")=0'
        " and {$PSDIFF.ERROR.ALERT}=1",
        "HIGH",
        "The check itself fails; the text says why and what to do.",
        opdata=_WHOLE % 1,
        scope="notice",
    ),
    Trigger(
        NO_BASELINE,
        'find(/{T}/psdiff.error,,"regexp","^no baseline")=1 and {$PSDIFF.ERROR.ALERT}=1',
        "WARNING",
        "Nobody has said yet what this host should run: psdiff-zbx write, as root.",
        opdata=_WHOLE % 1,
        scope="notice",
    ),
    Trigger(
        "psdiff: Processes are missing",
        f"min(/{{T}}/psdiff.missing.count,{_SAMPLES})>{{$PSDIFF.MISSING.MAX}}"
        " and length(last(/{T}/psdiff.missing.text))>0",
        "WARNING",
        "Processes of the baseline do not run. Each daemon has its own problem besides.",
        opdata=_WHOLE % 2,
        after=(NODATA,),
    ),
    Trigger(
        "psdiff: Unexpected processes",
        f"min(/{{T}}/psdiff.extra.count,{_SAMPLES})>{{$PSDIFF.EXTRA.MAX}}"
        " and length(last(/{T}/psdiff.extra.text))>0",
        "AVERAGE",
        "Processes run that are not in the baseline. If they are right: psdiff-zbx write -v.",
        opdata=_WHOLE % 2,
        scope="security",
        after=(NODATA,),
    ),
    Trigger(
        "psdiff: Baseline has changed",
        "last(/{T}/psdiff.baseline.digest)<>last(/{T}/psdiff.baseline.digest,#2)"
        " and length(last(/{T}/psdiff.baseline.by))>=0"
        " and last(/{T}/psdiff.baseline.written)>=0"
        " and {$PSDIFF.BASELINE.ALERT}=1",
        "INFO",
        "Somebody has said anew what this host should run.",
        opdata="By {ITEM.LASTVALUE3}, {ITEM.LASTVALUE4}",
        scope="notice",
        manual_close=True,
    ),
)

PROTOTYPES = (
    Trigger(
        "psdiff: {#PSDIFF.NAME}: Fewer processes than expected",
        f"max({_RUNNING},{_SAMPLES})<{{#PSDIFF.EXPECTED}}"
        ' and {$PSDIFF.DAEMON.ALERT:"{#PSDIFF.NAME}"}=1',
        "HIGH",
        "{#PSDIFF.CMDLINE} of user {#PSDIFF.USER}: {#PSDIFF.EXPECTED} expected ({#PSDIFF.MODE}).",
        # Operational data has room for 255 characters, and so has the command line.
        opdata=f"{{ITEM.LASTVALUE1}} of {{#PSDIFF.EXPECTED}}: {_CMDLINE}",
    ),
    Trigger(
        "psdiff: {#PSDIFF.NAME}: Restarted",
        # Younger than the one before, or than the one before a sample without any.
        f"(last({_STARTED},#2)>0 and last({_STARTED})>last({_STARTED},#2)"
        f" or last({_STARTED},#2)=0 and last({_STARTED},#3)>0"
        f" and last({_STARTED})>last({_STARTED},#3))"
        # When the older of two ends, the younger is the oldest: that is no restart.
        f" and now()-last({_STARTED})<{{$PSDIFF.RESTART.AGE}}"
        ' and {$PSDIFF.RESTART.ALERT:"{#PSDIFF.NAME}"}=1',
        "INFO",
        "All processes of {#PSDIFF.CMDLINE} (user {#PSDIFF.USER}) are new ones.",
        opdata="Since {ITEM.LASTVALUE1}",
        scope="notice",
        manual_close=True,
    ),
)
