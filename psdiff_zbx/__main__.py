"""python -m psdiff_zbx"""

from .cli.main import run

run()
