"""A folder's files on the web, in a process of its own, with an ETag as every object store has it."""

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Site(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("ETag", '"the only version"')
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def copyfile(self, source: object, outputfile: object) -> None:
        """Who has read enough goes, and that is fine."""
        with suppress(ConnectionError):
            self.connection.sendfile(source)  # type: ignore[arg-type]


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=sys.argv[1]))
    print(server.server_port, flush=True)
    server.serve_forever()
