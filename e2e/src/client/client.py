"""Fetches each address that comes in, and prints a line of JSON for it."""

import http.client
import http.cookiejar
import json
import ssl
import sys
import urllib.error
import urllib.request

opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=sys.argv[1])),
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
)


def fetch(url):
    try:
        with opener.open(url, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return None, repr(error)


for line in sys.stdin:
    status, body = fetch(line.strip())
    print(json.dumps({"status": status, "body": body}), flush=True)
