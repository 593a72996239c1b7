"""python -m psdiff_zbx"""

import sys

from .cli import main

sys.exit(main())
