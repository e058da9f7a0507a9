import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

PORT = 9000
SECRET = os.environ["QY_SECRET"]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = Webhook(SECRET).verify(body, headers)
        except (WebhookVerificationError, ValueError) as why:
            print("refused:", why, flush=True)
            self.send_response(401)
        else:
            print("verified:", event["type"], event["id"], flush=True)
            self.send_response(204)
        self.end_headers()


print(f"listening on http://127.0.0.1:{PORT}/webhooks", flush=True)
HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
