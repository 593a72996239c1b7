"""What is installed where, and the packages made of it: ``make packages``, ``make pyz``."""
