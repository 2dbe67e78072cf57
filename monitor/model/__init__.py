"""Frozen domain types: the vocabulary of the project. They know no database, network or clock."""
