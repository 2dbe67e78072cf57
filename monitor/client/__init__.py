"""The one HTTP client: bounded in time and size, polite, and unable to be sent into the user's own network."""

from monitor.client.client import Client, Elsewhere, Leg
from monitor.client.response import Response

__all__ = ["Client", "Elsewhere", "Leg", "Response"]
