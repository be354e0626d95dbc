"""An example of a service whose accounts users link with LINE: its login, and the signed exchange
with botbox. Python 3.11, nothing to install:

    LINK_SECRET=... python3 service.py --back https://bots.example.com/link/CHANNEL/done

docs/account-linking.md tells the whole sequence. This service knows two members, and forgets who
logged in as soon as it has sent them back; a real one has a login already, and adds `send_back`.
"""

import argparse
import base64
import hashlib
import hmac
import html
import os
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

MEMBERS = {"ann": "apple", "bob": "banana"}  # a real service keeps no passwords, but hashes
FORM_BYTES = 4096
STATE = re.compile(r"[A-Za-z0-9_-]{43}")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Coffee Club</title>
<h1>Coffee Club</h1><p>{note}</p><form method="post" action="/login">
<input type="hidden" name="state" value="{state}">
<p><label>Member <input name="member" autocomplete="username"></label>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label>
<p><button>Log in</button></form></html>"""


def sign(secret: str, state: str, account: str) -> str:
    """Says to botbox that in the browser with this state, this account logged in."""
    mac = hmac.digest(secret.encode(), f"{state}.{account}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        self.ask(parse_qs(urlsplit(self.path).query), "Log in to link your account with LINE.")

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), FORM_BYTES)
        form = parse_qs(self.rfile.read(length).decode(errors="replace"))
        member, password = (form.get(name, [""])[0] for name in ("member", "password"))
        state = form.get("state", [""])[0]
        known = MEMBERS.get(member, "")
        # With a dot in the state, the signature would be that of another account, too.
        if not STATE.fullmatch(state):
            self.send_error(HTTPStatus.BAD_REQUEST)
        elif known and hmac.compare_digest(known.encode(), password.encode()):
            self.send_back(state, member)
        else:
            self.ask(form, "That is not right.")

    def ask(self, query, note):
        state = query.get("state", [""])[0]
        if urlsplit(self.path).path != "/login" or not STATE.fullmatch(state):
            return self.send_error(HTTPStatus.NOT_FOUND)
        page = PAGE.format(state=html.escape(state), note=note).encode()
        self.answer(HTTPStatus.OK, {"Content-Type": "text/html; charset=utf-8"}, page)

    def send_back(self, state, account):
        signature = sign(self.server.secret, state, account)
        query = urlencode({"state": state, "account": account, "signature": signature})
        self.answer(HTTPStatus.SEE_OTHER, {"Location": f"{self.server.back}?{query}"})

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the paths have states in them."""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8090)
    options.add_argument("--back", required=True, help="botbox: PUBLIC_URL/link/CHANNEL/done")
    options = options.parse_args()
    service = ThreadingHTTPServer(("127.0.0.1", options.port), Service)
    service.secret, service.back = os.environ["LINK_SECRET"], options.back
    print(f"listening on http://127.0.0.1:{service.server_port}", flush=True)
    service.serve_forever()


if __name__ == "__main__":
    main()
