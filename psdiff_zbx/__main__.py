"""python -m psdiff_zbx"""

from .cli import run

run()
