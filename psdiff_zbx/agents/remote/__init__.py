"""The frontend's actions on this host: show what differs, accept it, start what is missing."""
