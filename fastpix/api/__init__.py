"""The operations of the API: a module for each resource, its structs first, then its functions.

Importing one resource loads no other, so import from the resource: ``from fastpix.api.live_streams import ...``.
"""
