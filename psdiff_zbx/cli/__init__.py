"""The command line: words in, text and an exit code out."""

import gc

# Before anything else is loaded: that alone would take a tenth of a start.  The program ends
# before there is garbage worth collecting.
gc.disable()
