"""Alembic's folder; migrations are applied when a store is opened."""
