"""An SMTP server for tests, which can be told to fail in various ways."""

import socketserver
import threading
import time
from email import message_from_bytes, policy

HANG, DROP = "hang", "drop"


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` maps a verb ("greeting" and "message", its end, are others) to another reply, HANG or DROP.
    `emails` are the accepted messages; `before_answer` is called after one is stored, before it is acknowledged."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.answers, self.emails, self.recipients, self.callers = {}, [], [], 0
        self.before_answer = lambda: None
        self.closing = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """Ignores errors: some tests kill the client."""


class Conversation(socketserver.StreamRequestHandler):
    PLAIN = {"greeting": "220 surat", "EHLO": "250 surat", "DATA": "354 go on", "message": "250 ok", "QUIT": "221 bye"}

    def handle(self):
        self.server.callers += 1
        if not self.say("greeting"):
            return
        recipients = []
        while line := self.rfile.readline():
            verb = line[:4].decode().upper().strip()
            if verb == "RCPT":
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
            if not self.say(verb) or verb == "QUIT":
                return
            if verb == "DATA" and "DATA" not in self.server.answers:
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                if "message" not in self.server.answers:
                    self.server.emails.append(message_from_bytes(text, policy=policy.default))
                    self.server.recipients.append(recipients)
                    recipients = []
                    self.server.before_answer()
                if not self.say("message"):
                    return

    def say(self, verb: str) -> bool:
        answer = self.server.answers.get(verb) or self.PLAIN.get(verb, "250 ok")
        if answer == HANG:
            self.server.closing.wait(60)
        if answer in (HANG, DROP):
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True


def wait(seconds: float):
    """For `before_answer`: a slow server."""
    return lambda: time.sleep(seconds)
