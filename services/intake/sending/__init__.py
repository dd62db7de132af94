"""Sending: messages that wait go out by what the deployment has, else by an officer."""
