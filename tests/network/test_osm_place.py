"""Overpass and Nominatim, against a local server that speaks their protocol with answers that we wrote."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from network.osm_worlds import overpass_json
from shapely import Point, box

from yrdgis import settings
from yrdgis.errors import InputError
from yrdgis.network.osm_place import Servers, import_place

SQUARE = box(120.99, 30.97, 121.07, 31.02)
PLACE = [
    {"display_name": "a point", "geojson": {"type": "Point", "coordinates": [121, 31]}},
    {
        "display_name": "安亭镇",
        "geojson": {"type": "Polygon", "coordinates": [list(map(list, SQUARE.exterior.coords))]},
    },
]


class Speaker:
    """A server with a list of answers: (status, body, headers), "break" or "sleep"; the last repeats."""

    def __init__(self) -> None:
        self.answers: list = []
        self.asked: list[dict] = []
        speaker = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args):
                pass

            def _speak(self, question):
                speaker.asked.append(
                    {"path": urlsplit(self.path).path, **{k: v[0] for k, v in parse_qs(question).items()}}
                )
                answer = speaker.answers.pop(0) if len(speaker.answers) > 1 else speaker.answers[0]
                if answer == "sleep":
                    speaker.waiting.wait(5)
                    return
                status, body, headers = (
                    answer if answer != "break" else (200, "x" * 50, {"Content-Length": "5000"})
                )
                raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                for key, value in {"Content-Length": str(len(raw)), **headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(raw)
                self.close_connection = True

            def do_GET(self):
                self._speak(urlsplit(self.path).query)

            def do_POST(self):
                self._speak(self.rfile.read(int(self.headers["Content-Length"])).decode())

        self.waiting = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def servers(self, **kwargs):
        address = f"http://127.0.0.1:{self.server.server_address[1]}"
        told = {"timeout_s": 5.0, "tries": 2, "pause_s": 0.01, **kwargs}
        return Servers(overpass=f"{address}/api", nominatim=address, **told)

    def close(self):
        self.waiting.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def speaker(tmp_path):
    speaker = Speaker()
    with settings.override(cache_dir=str(tmp_path)):
        yield speaker
    speaker.close()


def ok(body):
    return (200, body, {})


def test_a_polygon_is_asked_for_and_imported(speaker, layers):
    speaker.answers = [ok(overpass_json())]
    imported = import_place(SQUARE, layers=layers, servers=speaker.servers())
    assert len(imported.network.links) == 14
    question = speaker.asked[0]
    assert question["path"] == "/api/interpreter"
    assert 'way["highway"](poly:"30.970000 121.070000' in question["data"]
    assert question["data"].startswith("[out:json][timeout:5]")


def test_a_named_place_is_found_first(speaker, layers):
    speaker.answers = [ok(PLACE), ok(overpass_json())]
    imported = import_place("安亭镇", layers=layers, servers=speaker.servers())
    assert imported.network.label == "安亭镇"
    assert [q["path"] for q in speaker.asked] == ["/search", "/api/interpreter"]
    assert speaker.asked[0]["q"] == "安亭镇"


def test_whole_answers_are_kept(speaker, layers):
    speaker.answers = [ok(overpass_json())]
    for _ in range(2):
        import_place(SQUARE, layers=layers, servers=speaker.servers())
    assert len(speaker.asked) == 1
    import_place(SQUARE, layers=layers, servers=speaker.servers(), cache=False)
    assert len(speaker.asked) == 2


def test_a_busy_server_is_asked_again(speaker, layers):
    speaker.answers = [(429, "Too Many Requests", {"Retry-After": "0"}), ok(overpass_json())]
    assert len(import_place(SQUARE, layers=layers, servers=speaker.servers()).network.links) == 14
    assert len(speaker.asked) == 2


@pytest.mark.parametrize(
    ("answer", "words", "asked"),
    [
        ((429, "<html>rate_limited</html>", {}), r"is busy \(HTTP 429\), after 2 tries", 2),
        ((504, "Gateway Timeout", {}), r"is busy \(HTTP 504\)", 2),
        ("break", "broke the connection", 2),
        (
            ok({"elements": [], "remark": "runtime error: Query timed out after 5 seconds."}),
            "could not answer in full: runtime",
            1,
        ),
        (ok({"elements": [], "remark": "runtime error: out of memory"}), "out of memory", 1),
        (
            ok("<html><body>Error: line 1: parse error</body></html>"),
            "something else than JSON: Error: line 1",
            1,
        ),
        ((400, "<p>static error: bad poly</p>", {}), r"refused \(HTTP 400\): static error", 1),
        (ok({"elements": []}), "holds no ways", 1),
        (ok({"version": 0.6}), "holds no elements", 1),
        (ok({"elements": [{"type": "node", "id": 1}]}), "no OpenStreetMap data", 1),
    ],
)
def test_each_failure_has_one_clear_message_and_is_not_kept(answer, words, asked, speaker, layers, tmp_path):
    speaker.answers = [answer]
    with pytest.raises(InputError, match=words):
        import_place(SQUARE, layers=layers, servers=speaker.servers())
    assert len(speaker.asked) == asked
    if "remark" in str(answer):
        assert not list(tmp_path.rglob("*.json"))


def test_a_server_that_is_silent_is_given_up(speaker, layers):
    speaker.answers = ["sleep"]
    with pytest.raises(InputError, match=r"did not answer within 0.2 s, after 2 tries"):
        import_place(SQUARE, layers=layers, servers=speaker.servers(timeout_s=0.2))


def test_offline_is_told_with_a_way_out(speaker, layers):
    servers = speaker.servers()
    speaker.server.server_close()
    with pytest.raises(
        InputError, match=r"can't be reached; is this machine offline.*yrdgis network import osm"
    ):
        import_place(SQUARE, layers=layers, servers=servers)


@pytest.mark.parametrize(
    ("answer", "words"),
    [([], "is not known there"), (PLACE[:1], "has no area there"), ({}, "no list of places")],
)
def test_places_that_can_not_be_found(answer, words, speaker, layers):
    speaker.answers = [ok(answer)]
    with pytest.raises(InputError, match=words):
        import_place("无处", layers=layers, servers=speaker.servers())


def test_too_large_an_area_is_never_asked_for(speaker, layers):
    with pytest.raises(InputError, match="Download an extract"):
        import_place(box(118, 29, 123, 33), layers=layers, servers=speaker.servers())
    with pytest.raises(InputError, match="valid polygon"):
        import_place(Point(121, 31), layers=layers, servers=speaker.servers())
    assert speaker.asked == []


def test_too_long_an_answer_is_not_read_to_its_end(speaker, layers):
    from yrdgis.io.archives import Limits

    speaker.answers = [ok("x" * (2 << 20))]
    with pytest.raises(InputError, match="more than 1 MB"):
        import_place(SQUARE, layers=layers, servers=speaker.servers(), limits=Limits(json_mb=1))


@pytest.mark.network
@pytest.mark.skip(reason="asks the public servers; run by hand")
def test_public_servers(layers):
    assert len(import_place("Huangpu District, Shanghai", layers=layers).network.links) > 1000
