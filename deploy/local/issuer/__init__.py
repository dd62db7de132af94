"""The local stack's own OIDC issuer: the demonstration's officers, no passwords."""
