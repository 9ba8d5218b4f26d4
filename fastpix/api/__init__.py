"""The operations of the API: a module for each noun, its structs first, then its functions.

Importing one noun loads no other, so import from the noun: ``from fastpix.api.live_streams import …``.
"""
