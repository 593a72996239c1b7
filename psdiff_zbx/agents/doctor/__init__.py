"""``psdiff-zbx doctor``: a check for each thing that a good answer needs."""
