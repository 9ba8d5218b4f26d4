"""A pytest plugin that is loaded first. After it, ``import httpx`` imports httpx2, and ``httpcore`` httpcore2."""

from httpx2 import alias_httpx

alias_httpx()
