"""The console: officers', operators' and auditors' pages, rendered on the server."""
