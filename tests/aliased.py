"""A plugin for pytest, loaded before all others: from here on ``import httpx`` gives httpx2, and ``httpcore`` httpcore2."""

from httpx2 import alias_httpx

alias_httpx()
