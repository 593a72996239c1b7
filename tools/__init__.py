"""What writes the generated files; it is no part of the package."""
