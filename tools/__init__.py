"""The writers of the generated files.  They are not part of the package."""
