"""The client in one file, against a site that runs."""

import ast
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.test import Client

from client import hypotweet
from client.hypotweet import HypoTweet, HypoTweetError
from tests.demo_site import environment_of, run_in, served_demo
from tests.installation import ROOT, Installation
from tests.test_api_docs import KEY

pytestmark = [pytest.mark.processes, pytest.mark.any_database]
KEEPER, CRITIC = "gullrock_keeper", "VesperOnFilm"
SCHEMAS = {
    "PredictionOut": hypotweet.Prediction,
    "CandidateOut": hypotweet.Candidate,
    "NoneOfTheseOut": hypotweet.NoneOfThese,
    "HeldOutOut": hypotweet.HeldOut,
    "OthersOut": hypotweet.Others,
    "VerbatimOut": hypotweet.Verbatim,
    "EvidenceOut": hypotweet.Evidence,
    "ReasonOut": hypotweet.Reason,
    "ExampleOut": hypotweet.Example,
    "ChangeOut": hypotweet.Change,
    "VerificationOut": hypotweet.Verification,
    "SpanOut": hypotweet.Span,
    "UserOut": hypotweet.User,
    "TweetOut": hypotweet.Tweet,
    "SimilarOut": hypotweet.Similar,
    "TaskOut": hypotweet.Task,
    "ProblemField": hypotweet.FieldError,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("client")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served_demo(folder) as address:
        yield address


@pytest.fixture(scope="module")
def site(folder: Path, address: str) -> HypoTweet:
    installed = Installation.on(environment_of(folder)["DATABASE_URL"])
    return HypoTweet(address, key=installed.python(KEY).strip())


def test_it_is_one_file_of_the_standard_library() -> None:
    tree = ast.parse((ROOT / "client" / "hypotweet.py").read_text("utf-8"))
    imported = {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    } | {
        name.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("schema", SCHEMAS)
def test_its_types_are_those_of_the_api(client: Client, schema: str) -> None:
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"][
        schema
    ]
    assert set(get_type_hints(SCHEMAS[schema])) == set(described["properties"])


def test_it_asks_who_wrote_texts(site: HypoTweet) -> None:
    answer = site.predict("Log. Wind SW 6, lamp lit.", [KEEPER, CRITIC], save=True)
    assert answer["predicted"] == KEEPER
    assert answer["slug"]
    assert site.saved(answer["slug"])["text"] == answer["text"]
    texts = [f"Lamp {number} lit tonight." for number in range(hypotweet.TEXTS + 3)]
    answers = list(site.predict_many(iter(texts), "all", top=2))
    assert [answer["text"] for answer in answers] == texts
    assert {len(answer["candidates"]) for answer in answers} == {2}
    group: Any = iter([KEEPER, CRITIC])
    assert len(list(site.predict_many(texts, group))) == len(texts)


def test_it_verifies(site: HypoTweet) -> None:
    answer = site.verify("Log. Wind SW 6, lamp lit.", f"@{KEEPER}"[1:])
    assert answer["handle"] == KEEPER
    assert "evidence" in answer["words"]


def test_it_reads_users_page_by_page(
    site: HypoTweet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hypotweet, "PAGE", 5)
    handles = [user["handle"] for user in site.users()]
    assert len(handles) == len(set(handles)) > 5
    assert [user["handle"] for user in site.users("gullrock")] == [KEEPER]
    user = site.user(f"@{KEEPER}")
    assert len(list(site.tweets(KEEPER))) == user["tweets"]
    assert len(site.similar(KEEPER, limit=3)) == 3


def test_it_uploads(site: HypoTweet, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "tw\"e'ets ü.csv"
    table.write_text("user,text\nann,one two three\nann,four five six\n")
    waiting = [
        site.import_file(table),
        site.import_lines("bea", ["one lamp\nlit tonight", "two lamps lit tonight"]),
    ]
    run_in(folder, "from tests.working import work; work()")
    done = [site.wait(task) for task in waiting]
    assert [task["result"]["stored"] for task in done if task["result"]] == [2, 2]
    assert [tweet["text"] for tweet in site.tweets("bea")][-1] == "one lamp lit tonight"
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary,\ntea, again.\n")
    refused = site.import_file(diary)
    run_in(folder, "from tests.working import work; work()")
    with pytest.raises(HypoTweetError, match="no tweets in a known format"):
        site.wait(refused)
    with pytest.raises(IsADirectoryError):
        site.import_file(tmp_path)
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(HypoTweetError):
        site.wait(site.import_file(empty))


def test_a_refusal_says_why(site: HypoTweet, address: str) -> None:
    with pytest.raises(HypoTweetError, match="Pick at least two") as refused:
        site.predict("Lamp lit.", [KEEPER])
    assert refused.value.status == 422
    assert refused.value.errors[0]["field"] == "users"
    with pytest.raises(HypoTweetError) as missing:
        site.user("nobody/../of this name")
    assert missing.value.status == 404
    with pytest.raises(HypoTweetError) as closed:
        HypoTweet(address).import_lines("ann", ["one"])
    assert closed.value.status == 401


# A server that is not HypoTweet, or busy


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Answers(BaseHTTPRequestHandler):
    """Gives the answers in `answers`, one after the other, and notes the requests."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        self.server.seen.append((self.headers["Authorization"], body))  # type: ignore[attr-defined]
        status, headers, content = self.server.answers.pop(0)  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None: ...


def ask(server: HTTPServer, *answers: tuple[int, dict[str, str], bytes]) -> Any:
    server.answers, server.seen = list(answers), []  # type: ignore[attr-defined]
    address = f"http://127.0.0.1:{server.server_port}"
    return HypoTweet(address, key="secret", max_wait=1).predict("a", "all")


BUSY = (429, {"Retry-After": "0"}, b"")
LONG_BUSY = (503, {"Retry-After": "60"}, b"{}")


def test_it_waits_where_it_is_asked_to(server: HTTPServer) -> None:
    assert ask(server, BUSY, BUSY, (200, {}, b'{"predicted": "ann"}')) == {
        "predicted": "ann"
    }
    assert len({body for _, body in server.seen}) == 1  # type: ignore[attr-defined]
    with pytest.raises(HypoTweetError) as refused:
        ask(server, LONG_BUSY)
    assert refused.value.status == 503


def test_a_key_goes_nowhere_else(server: HTTPServer) -> None:
    elsewhere = f"http://127.0.0.1:{server.server_port}/other"
    with pytest.raises(HypoTweetError, match="/other") as refused:
        ask(server, (301, {"Location": elsewhere}, b""))
    assert refused.value.status == 301
    assert len(server.seen) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (500, {}, b"<html>"),
        (404, {}, b'{"a": 1}'),
    ],
)
def test_whatever_answers_it_fails_with_its_own_error(
    server: HTTPServer, answer: tuple[int, dict[str, str], bytes]
) -> None:
    with pytest.raises(HypoTweetError):
        ask(server, answer)


def test_an_answer_that_breaks_off_is_a_broken_connection(server: HTTPServer) -> None:
    with pytest.raises(ConnectionError, match="broke off"):
        ask(server, (200, {"Content-Length": "99"}, b'{"pre'))


def test_it_hears_a_refusal_in_the_middle_of_an_upload(tmp_path: Path) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(413)

        def log_message(self, *arguments: Any) -> None: ...

    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        site = HypoTweet(f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(HypoTweetError) as refused:
            site.import_file(large)
    assert refused.value.status == 413


def test_a_key_from_a_file_may_end_its_line(server: HTTPServer) -> None:
    server.answers, server.seen = [(200, {}, b"{}")], []  # type: ignore[attr-defined]
    address = f"http://127.0.0.1:{server.server_port}"
    HypoTweet(address, key="secret\n").predict("a", "all")
    assert server.seen[0][0] == "Bearer secret"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="no key has") as refused:
        HypoTweet(address, key="sec\nret")
    assert "ret" not in str(refused.value)


def test_mistakes_in_a_question_are_no_questions() -> None:
    site: Any = HypoTweet("http://127.0.0.1:9")
    with pytest.raises(TypeError, match="no option 'tops'"):
        site.predict("a", "all", tops=3)
    with pytest.raises(TypeError, match="a list of handles"):
        site.predict("a", "ann")
    with pytest.raises(TypeError, match="a list of texts"):
        next(site.predict_many("a", "all"))


@pytest.mark.parametrize("address", ["", "example.org", "file:///etc/passwd"])
def test_only_addresses_of_sites_are_taken(address: str) -> None:
    with pytest.raises(ValueError, match="not the address of a site"):
        HypoTweet(address)
