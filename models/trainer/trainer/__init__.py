"""Trains spoken-intent models and writes Earshot model packages."""
