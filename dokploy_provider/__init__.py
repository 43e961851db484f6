"""Dokploy as Pulumi resources: `client` → `models` → `crud`, `deploy` → `resources`; imports point left."""
