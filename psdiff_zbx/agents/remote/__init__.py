"""The frontend's two actions on this host: show what differs, accept it."""
