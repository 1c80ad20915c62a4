"""The site sentinel sees what a hacked front shows to search engines, and to those who come from one, only."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from news.models import Finding
from portal.sentinel import served

pytestmark = pytest.mark.django_db
PAGE = "<html><head><title>Kabar</title></head><body><p>Layanan puskesmas</p><p>Dibaca {} kali</p>{}</body></html>"
ADVERT = '<div><a href="https://maxwin.example/">Situs slot gacor</a> bandar togel resmi</div>'


@pytest.fixture
def front(settings):
    """`front(page)`: a web server at SITE_URL whose answers `page(path, headers)` gives: a status with an address to
    go to, or HTML."""
    servers = []

    def start(page):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer = page(self.path, self.headers)
                if isinstance(answer, tuple):
                    self.send_response(answer[0])
                    self.send_header("Location", answer[1])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        servers.append(server)
        settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def scanned():
    """What the findings are about, without the page."""
    for _ in served.check():
        pass
    return {(finding.kind, finding.place.partition(" untuk ")[2]) for finding in Finding.objects.all()}


def is_engine(headers, name):
    return name in headers["User-Agent"]


def test_an_advert_for_one_search_engine_only_is_found(front):
    front(lambda path, headers: PAGE.format(1, ADVERT if is_engine(headers, "bingbot") else ""))
    assert scanned() == {
        (Finding.Kind.CLOAKING, "mesin pencari Bing"),
        (Finding.Kind.GAMBLING, "mesin pencari Bing"),
    }
    assert "maxwin.example" in Finding.objects.filter(kind=Finding.Kind.CLOAKING).first().excerpt


def test_a_redirect_of_those_who_come_from_a_search_engine_is_found_and_not_followed(front):
    reached = []

    def page(path, headers):
        if path.startswith("/judi"):
            reached.append(path)
        return (302, "/judi") if "google" in headers.get("Referer", "") else PAGE.format(1, "")

    front(page)
    assert scanned() == {(Finding.Kind.CLOAKING, "pengunjung dari mesin pencari")}
    assert "dialihkan ke /judi" in Finding.objects.first().excerpt
    assert not reached


def test_a_page_that_search_engines_are_denied_is_found(front):
    front(lambda path, headers: PAGE.format(1, "" if is_engine(headers, "Googlebot") else "<p>Kata wali kota</p>"))
    assert scanned() == {(Finding.Kind.CLOAKING, "mesin pencari")}
    assert Finding.objects.first().excerpt == "tidak untuk mesin pencari: Kata wali kota"


def test_a_page_that_changes_all_the_time_is_no_finding(front):
    """Numbers of reads, and an article that is published meanwhile."""
    requests = []

    def page(path, headers):
        requests.append(path)
        new = "<p>Berita baru saja terbit</p>" if len([each for each in requests if each == path]) > 2 else ""
        return PAGE.format(len(requests), new)

    front(page)
    assert scanned() == set()


def test_an_advert_for_everybody_is_reported_once(front):
    front(lambda path, headers: PAGE.format(1, ADVERT))
    assert scanned() == {(Finding.Kind.GAMBLING, "pengunjung")}


def test_a_site_that_is_out_of_order_is_no_finding(front):
    front(lambda path, headers: (503, "/"))
    assert scanned() == set()
