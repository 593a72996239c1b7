"""The pure core: processes and a baseline in, what is missing and what is extra out."""
