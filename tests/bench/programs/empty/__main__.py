"""A program that makes nothing: what the engine and the language host cost by themselves."""
