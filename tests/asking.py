"""Requests to servers on loopback: as httpx makes them, but without reading the machine's authorities for each."""

import ssl
from functools import partial

import httpx

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Knows no authority, and is made once."""

get = partial(httpx.get, verify=NO_TLS)
post = partial(httpx.post, verify=NO_TLS)
request = partial(httpx.request, verify=NO_TLS)
stream = partial(httpx.stream, verify=NO_TLS)
