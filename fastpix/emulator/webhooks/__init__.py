"""Webhooks of the local FastPix: who gets the events, what is to be sent, and how it is sent."""
