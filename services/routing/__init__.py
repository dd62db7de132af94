"""Routing: who must do what by when, and no one is sent in circles."""
