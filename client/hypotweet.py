"""A client for the JSON API of a HypoTweet site.

One file without dependencies, for Python 3.11 and newer: copy it beside your script.

    from hypotweet import HypoTweet

    site = HypoTweet("http://localhost:8000")
    answer = site.predict("Log. Lamp lit.", ["gullrock_keeper", "VesperOnFilm"])
    print(answer["predicted"], answer["candidates"][0]["probability"])

Answers are the documents of the API as they are, with types; docs/api.md explains each
field. Where the site says that it is busy or being prepared, the client waits and asks
again.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
)
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, cast
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    Request,
    build_opener,
)

__all__ = [
    "HypoTweet",
    "HypoTweetError",
    "Options",
    "Prediction",
    "Task",
    "Tweet",
    "User",
]

Users = Sequence[str] | Literal["all"]
# So many texts to a request: each list is answered as a whole.
TEXTS = 50
PAGE = 200
CHUNK = 2**16
WAIT_AND_ASK_AGAIN = {429, 503}
NOT_THE_API = "This is not the API of a HypoTweet site."
DEFAULT_WAIT = 5.0  # seconds, where the site does not say how long


class Candidate(TypedDict):
    handle: str
    probability: float
    score: float


class NoneOfThese(TypedDict):
    flag: bool
    probability: float
    reason: str


class HeldOut(TypedDict):
    accuracy: float
    chance: float
    tweets: int


class Others(TypedDict):
    count: int
    probability: float


class Verbatim(TypedDict):
    handle: str
    posted_at: str | None
    url: str


class Reason(TypedDict):
    what: str
    habit: bool
    share: float
    share_of_others: float


class Example(TypedDict):
    handle: str
    text: str
    posted_at: str | None
    url: str


class Evidence(TypedDict):
    start: int
    end: int
    text: str
    weight: float
    toward: str
    strength: int
    why: list[Reason] | None
    tweets: list[Example] | None


class Change(TypedDict):
    start: int
    end: int
    text: str
    predicted: str
    smallest: bool


class Prediction(TypedDict):
    text: str
    engine: str
    predicted: str
    verbatim: Verbatim | None
    none_of_these: NoneOfThese
    candidates: list[Candidate]
    others: Others | None
    held_out: HeldOut
    evidence: list[Evidence]
    change: Change | None
    notices: list[str]
    slug: str | None
    url: str | None


class Span(TypedDict):
    start: int
    end: int
    text: str
    weight: float
    toward: str | None
    strength: int


class Verification(TypedDict):
    handle: str
    probability: float
    log_likelihood_ratio: float
    words: str
    flag: bool
    evidence: list[Span]
    notices: list[str]


class User(TypedDict):
    handle: str
    name: str
    bio: str
    source: str
    status: str
    tweets: int
    eligible_tweets: int
    predictable: bool
    in_everyone: bool
    refreshed_at: str | None


class Tweet(TypedDict):
    id: str | None
    text: str
    posted_at: str | None
    url: str | None


class Similar(TypedDict):
    handle: str
    name: str


class Task(TypedDict):
    id: str
    name: str
    status: str
    result: dict[str, Any] | None
    error: str | None
    url: str


class Options(TypedDict, total=False):
    """Options of a question, as the API names them."""

    engine: str
    style_only: bool
    top: int
    save: bool
    why: bool


class FieldError(TypedDict):
    field: str
    reason: str


class HypoTweetError(Exception):
    """The site refused a request, or answered something that is not of its API."""

    def __init__(self, status: int, detail: str, errors: list[FieldError]) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.errors = errors


class HypoTweet:
    """A site, at an address such as `https://hypotweet.example.org`.

    `key` is an API key; without one, what the site lets everybody do works. `timeout`
    is for each request, `max_wait` for waiting where the site asks for it, both in
    seconds. Every method raises HypoTweetError where the site refuses, and OSError
    where it cannot be reached.
    """

    def __init__(
        self, site: str, key: str = "", timeout: float = 120, max_wait: float = 120
    ) -> None:
        if urlsplit(site).scheme not in {"http", "https"}:
            raise ValueError(f"{site!r} is not the address of a site.")
        self.site = site.rstrip("/")
        self.timeout = timeout
        self.max_wait = max_wait
        self._headers = {"Authorization": f"Bearer {_key(key)}"} if key else {}
        self._opener = build_opener(_NoRedirects, _Http, _Https)

    def predict(
        self, text: str, users: Users, **options: Unpack[Options]
    ) -> Prediction:
        """Ask which of these users, or of `"all"`, most likely wrote a text."""
        question = _question(users, options) | {"text": text}
        return cast("Prediction", self._post("/predictions", question))

    def predict_many(
        self, texts: Iterable[str], users: Users, **options: Unpack[Options]
    ) -> Iterator[Prediction]:
        """Ask the same about many texts; yields the answers in their order.

        The texts are sent in parts, so that they need not fit into one request.
        """
        if isinstance(texts, str):
            raise TypeError("predict_many takes a list of texts; predict takes one.")
        question = _question(users, options)
        for part in _parts(texts):
            yield from _items(self._post("/predictions", question | {"text": part}))

    def saved(self, slug: str) -> Prediction:
        """Return a saved answer."""
        return cast("Prediction", self._get(f"/predictions/{quote(slug, safe='')}"))

    def verify(self, text: str, user: str) -> Verification:
        """Ask whether this one user would have written a text."""
        document = self._post("/verifications", {"text": text, "user": user})
        return cast("Verification", document)

    def users(self, search: str = "") -> Iterator[User]:
        """Yield the listed users, or those whose handle or name matches."""
        return self._pages("/users", {"q": search})

    def user(self, handle: str) -> User:
        return cast("User", self._get(f"/users/{_name(handle)}"))

    def tweets(self, handle: str) -> Iterator[Tweet]:
        """Yield a user's stored tweets, newest first."""
        return self._pages(f"/users/{_name(handle)}/tweets", {})

    def similar(self, handle: str, limit: int = 10) -> list[Similar]:
        """Return the users who write most like this one, the closest first."""
        found = self._get(f"/similar/{_name(handle)}?{urlencode({'limit': limit})}")
        return cast("list[Similar]", _items(found))

    # For keys with the scope `manage`

    def add_users(self, handles: Sequence[str]) -> Task:
        """Follow people on X, which costs money; see `wait`."""
        return cast("Task", self._post("/users", {"handles": list(handles)}))

    def refresh(self, handle: str) -> Task:
        """Read what a user posted since the last refresh; see `wait`."""
        return cast("Task", self._post(f"/users/{_name(handle)}/refresh", {}))

    def import_file(
        self, path: str | Path, handle: str = "", include_replies: bool = False
    ) -> Task:
        """Upload an X archive, JSON lines, JSON or CSV, gzipped or not; see `wait`.

        `handle` says whose tweets they are where the file does not.
        """
        fields = {"include_replies": str(include_replies).lower()}
        if handle:
            fields["handle"] = handle
        return cast("Task", self._send("/imports", _Upload(Path(path), fields)))

    def import_lines(self, handle: str, lines: Iterable[str]) -> Task:
        """Store texts of one user, each of them in one line; see `wait`."""
        texts = "\n".join(" ".join(line.split()) for line in lines)
        form = urlencode({"handle": handle, "lines": texts}).encode()
        return cast("Task", self._send("/imports", _Body(form, FORM)))

    def task(self, task_id: str) -> Task:
        return cast("Task", self._get(f"/tasks/{quote(task_id, safe='')}"))

    def wait(self, task: Task, timeout: float = 600) -> Task:
        """Wait until a task is done and return it, with its `result`.

        Raises HypoTweetError if it failed or if the file was refused, TimeoutError if
        it takes longer.
        """
        give_up = time.monotonic() + timeout
        while task["status"] in {"waiting", "running"}:
            if time.monotonic() > give_up:
                raise TimeoutError(f"Task {task['id']} is {task['status']} still.")
            time.sleep(0.5)
            task = self.task(task["id"])
        if task["status"] == "failed":
            raise HypoTweetError(200, task["error"] or "The task failed.", [])
        if refused := (task["result"] or {}).get("refused"):
            raise HypoTweetError(422, refused, [])
        return task

    # Requests

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Any]:
        offset = 0
        while True:
            window = query | {"limit": str(PAGE), "offset": str(offset)}
            page = self._get(f"{path}?{urlencode(window)}")
            items = _items(page)
            yield from items
            offset += len(items)
            if not items or offset >= page["count"]:
                return

    def _get(self, path: str) -> Any:
        return self._send(path, None)

    def _post(self, path: str, document: object) -> Any:
        return self._send(path, _Body(json.dumps(document).encode(), JSON))

    def _send(self, path: str, body: "_Body | None") -> Any:
        """Send a request, again where the site asks for patience."""
        waited = 0.0
        while True:
            try:
                return self._once(path, body)
            except _BusyError as busy:
                if waited + busy.seconds > self.max_wait:
                    raise busy.refusal from None
                time.sleep(busy.seconds)
                waited += busy.seconds

    def _once(self, path: str, body: "_Body | None") -> Any:
        headers = self._headers | {"Accept": "application/json"}
        content = None
        if body is not None:
            headers |= {"Content-Type": body.kind, "Content-Length": str(body.size)}
            content = body.content
        address = f"{self.site}/api/v1{path}"
        request = Request(address, content, headers)  # noqa: S310 - the scheme is checked
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return _document(answer)
        except HTTPError as error:
            with error:
                raise _refusal(error) from None
        except HTTPException as error:
            raise ConnectionError(f"The answer broke off: {error!r}") from None


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class _Body:
    """The content of a request."""

    def __init__(self, content: bytes, kind: str) -> None:
        self.content: bytes | Iterable[bytes] = content
        self.kind = kind
        self.size = len(content)


class _Upload(_Body):
    """A form with a file, which is read while it is sent."""

    def __init__(self, path: Path, fields: dict[str, str]) -> None:
        boundary = uuid.uuid4().hex
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="'
        texts = [f'{part}{name}"\r\n\r\n{fields[name]}\r\n' for name in fields]
        file = f'{part}file"; filename="{quote(path.name, safe=" +-_.,")}"\r\n\r\n'
        self._path = path
        self._start = ("".join(texts) + file).encode()
        self._end = f"\r\n--{boundary}--\r\n".encode()
        super().__init__(self._start + self._end, f"multipart/form-data; {boundary=!s}")
        # A folder is refused here, and not in the middle of the request.
        path.open("rb").close()
        self.content = self
        self.size += path.stat().st_size

    def __iter__(self) -> Iterator[bytes]:
        yield self._start
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
        yield self._end


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would send the key elsewhere."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


class _Hearing(HTTPConnection):
    """Hears the answer of a site that stops listening in the middle of an upload."""

    def send(self, data: Any) -> None:
        try:
            super().send(data)
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _HearingSecurely(_Hearing, HTTPSConnection):
    pass


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Hearing, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HearingSecurely, req)


class _BusyError(Exception):
    def __init__(self, seconds: float, refusal: HypoTweetError) -> None:
        super().__init__(str(refusal))
        self.seconds = seconds
        self.refusal = refusal


def _refusal(error: HTTPError) -> Exception:
    if 300 <= error.code < 400:
        target = urljoin(error.url, error.headers.get("Location", ""))
        return HypoTweetError(error.code, f"The site is at {target}", [])
    try:
        problem = json.load(error)
        refusal = HypoTweetError(error.code, problem["detail"], problem["errors"])
    except (ValueError, KeyError, TypeError):
        refusal = HypoTweetError(error.code, error.reason, [])
    if error.code not in WAIT_AND_ASK_AGAIN:
        return refusal
    try:
        seconds = float(error.headers.get("Retry-After", DEFAULT_WAIT))
    except ValueError:
        seconds = DEFAULT_WAIT
    return _BusyError(max(0.1, seconds), refusal)


def _document(answer: HTTPResponse) -> Any:
    try:
        document = json.load(answer)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise HypoTweetError(answer.status, NOT_THE_API, [])
    return document


def _items(document: dict[str, Any]) -> list[Any]:
    if not isinstance(document.get("items"), list):
        raise HypoTweetError(200, NOT_THE_API, [])
    items: list[Any] = document["items"]
    return items


def _parts(texts: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for text in texts:
        part.append(text)
        if len(part) == TEXTS:
            yield part
            part = []
    if part:
        yield part


def _question(users: Users, options: Options) -> dict[str, Any]:
    if unknown := options.keys() - Options.__annotations__.keys():
        raise TypeError(f"There is no option {min(unknown)!r}.")
    if isinstance(users, str) and users != "all":
        raise TypeError('The users are a list of handles, or "all".')
    sent = users if isinstance(users, str) else list(users)
    return {"users": sent, **options}


def _key(key: str) -> str:
    """Return a key without the line end that files have; never show it."""
    bare = key.strip()
    if not (bare.isascii() and bare.isprintable()):
        raise ValueError("The key holds characters that no key has.")
    return bare


def _name(handle: str) -> str:
    return quote(handle.removeprefix("@"), safe="")
