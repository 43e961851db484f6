"""A scheduled look at a standing stack: has reality moved away from its state, are its gates as declared?

It changes nothing but the life of Dokploy's token for Vault, and one issue. Drift and not having been able to
look are different results with different texts (G4).
"""
