"""Seeing: traces, metrics and logs of a service, without a word about a person."""
