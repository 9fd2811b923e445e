"""The documents for operators, carried out word by word on a fresh Debian 12.

From deploy.md to the restore in operating.md, with systemd, nginx and PostgreSQL. What
is not as on a real machine: there is no network while the site runs, so packages and
libraries are brought before, the certificate is the machine's own, in certbot's place,
and an editor types what an operator would.
"""

import json
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.faults.site import some_tweets
from tests.machine.debian import ORIGIN, Debian, new_folder, why_not
from tests.machine.documents import commands
from tests.test_operation_wrapper import FILE, SETTINGS
from tweets.tests.cast import CRITIC, FAN, KEEPER

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.machine,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run"),
]
NAME = "hypotweet.example.org"
PASSWORD = "a lamp in the fog"
TYPED = {"Password: ": PASSWORD, "Once more: ": PASSWORD}
CERTIFICATE = f"/etc/letsencrypt/live/{NAME}/fullchain.pem"
CERTBOT = f"""#!/bin/sh
mkdir -p $(dirname {CERTIFICATE})
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} \\
    -addext subjectAltName=DNS:{NAME} -out {CERTIFICATE} \\
    -keyout $(dirname {CERTIFICATE})/privkey.pem 2>/dev/null
echo "$@" > /root/certbot-was-asked
"""
EDITOR = """#!/bin/sh
sed -i -e 's|^EMAIL_URL=.*|EMAIL_URL=smtp://localhost:25|' \\
    -e 's|^EMAIL_FROM=.*|EMAIL_FROM="HypoTweet <noreply@hypo.test>"|' "$1"
"""
# Asks the site through nginx, by https and each family of addresses.
ASK = """
import http.client, json, socket, ssl
def ask(address, method, path, body=None):
    trusted = ssl.create_default_context(cafile={certificate!r})
    there = socket.create_connection((address, 443), 60)
    connection = http.client.HTTPSConnection({name!r})
    connection.sock = trusted.wrap_socket(there, server_hostname={name!r})
    headers = {{"Content-Type": "application/json"}}
    connection.request(method, path, body and json.dumps(body), headers)
    answer = connection.getresponse()
    return [answer.status, answer.read().decode()]
print(json.dumps([ask(address, *{request!r}) for address in ("127.0.0.1", "::1")]))
"""


@pytest.fixture(scope="module")
def debian() -> Iterator[Debian]:
    folder = new_folder()
    made = Debian(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_documents_work_word_by_word(debian: Debian) -> None:
    for step in (
        install,
        the_site_answers,
        the_wrapper_works,
        people_come_from_a_file,
        nothing_works_on_another_database,
        timers_run,
        the_site_outlives_a_reboot,
        an_upgrade_arrives,
        going_back_works,
        a_lost_database_is_restored,
        the_server_copies_work,
    ):
        began = time.monotonic()
        step(debian)
        print(f"{time.monotonic() - began:4.0f} s  {step.__name__}")  # noqa: T201


def install(debian: Debian) -> None:
    written = commands("deploy.md", "One Debian machine")
    written = written.replace("<the repository>", ORIGIN)
    online = [line for line in written.splitlines() if line.startswith("apt-get ")]
    assert len(online) == 2
    debian.prepare("\n".join(online))
    debian.bring_libraries()
    debian.bring_repository()
    debian.write("/usr/local/bin/certbot", CERTBOT, 0o755)
    debian.write("/usr/local/bin/editor", EDITOR, 0o755)
    debian.start()
    offline = [line for line in written.splitlines() if line not in online]
    shown = debian.sh("\n".join(offline), TYPED)
    assert "The superuser ann was created." in shown
    assert "PROBLEM" not in shown
    assert PASSWORD not in shown
    assert f"-d {NAME} " in debian.out("cat /root/certbot-was-asked")


def ask(debian: Debian, *request: object) -> str:
    """What a visitor is answered; the same by IPv4 and IPv6."""
    code = ASK.format(certificate=CERTIFICATE, name=NAME, request=request)
    answers = debian.python(code)
    assert [status for status, _ in answers] == [200, 200], answers
    return str(answers[0][1])


def the_site_answers(debian: Debian) -> None:
    ask(debian, "GET", "/readyz")
    assert "HypoTweet" in ask(debian, "GET", "/")
    for unit in ("hypotweet", "hypotweet-worker", "nginx", "postgresql@15-main"):
        assert debian.out(f"systemctl is-active {unit}") == "active\n"
    assert debian.out("stat -c %U:%a /etc/hypotweet.env") == "root:640\n"
    owners = "stat -c %U /srv/hypotweet /srv/hypotweet/manage.py /srv/hypotweet/var"
    assert debian.out(owners).split() == ["root", "root", "hypotweet"]


def the_wrapper_works(debian: Debian) -> None:
    """As root and as the site's user, from any folder; and systemd reads settings as
    the wrapper does."""
    for who in ("", "su hypotweet -s /bin/sh -c "):
        command = "'cd /; hypotweet doctor --json'"
        found = json.loads(debian.out(f"{who or 'sh -c '}{command}"))["findings"]
        assert [f for f in found if f["state"] == "problem"] == []
    code, said = debian.fails("su www-data -s /bin/sh -c 'hypotweet doctor'")
    assert (code, "sudo hypotweet" in said) == (2, True)
    debian.write("/etc/of-a-test.env", FILE)
    unit = "systemd-run --quiet --pipe --wait --property=EnvironmentFile="
    lines = debian.out(f"{unit}/etc/of-a-test.env env -0").split("\0")
    theirs = dict(line.split("=", 1) for line in lines if line)
    assert {name: theirs.get(name) for name in SETTINGS} == SETTINGS
    assert "X" not in theirs


def people_come_from_a_file(debian: Debian) -> None:
    tweets = some_tweets(debian.folder).read_text()
    debian.write("/root/some tweets.jsonl", tweets, 0o600)
    code, said = debian.fails("cd /root && hypotweet import_tweets 'some tweets.jsonl'")
    assert (code, "may not read some tweets.jsonl" in said) == (1, True)
    debian.write("/srv/files/some tweets.jsonl", tweets)
    debian.out("cd /srv/files && hypotweet import_tweets 'some tweets.jsonl'")
    debian.out("cd /root && hypotweet build_signatures --jobs 2")
    debian.sh("hypotweet doctor")
    the_site_predicts(debian)


def the_site_predicts(debian: Debian) -> None:
    question = {"text": "Lamp lit.", "users": [KEEPER, CRITIC]}
    answer = json.loads(ask(debian, "POST", "/api/v1/predictions", question))
    assert answer["engine"] == "signature"
    assert len(answer["candidates"]) == 2


def nothing_works_on_another_database(debian: Debian) -> None:
    """In a shell that does not know the settings."""
    manage = "cd /srv/hypotweet && SECRET_KEY=x .venv/bin/python manage.py"
    for command in (
        "migrate",
        "doctor",
        "shell -c 'import tweets.models as m; m.User.objects.count()'",
    ):
        _, said = debian.fails(f"{manage} {command}")
        assert "hypotweet" in said
    assert debian.out("ls /srv/hypotweet | grep sqlite || true") == ""


def timers_run(debian: Debian) -> None:
    listed = debian.out("systemctl list-timers --no-legend 'hypotweet-*'")
    names = ("backup", "check", "prune", "refresh")
    assert [n for n in names if f"hypotweet-{n}.timer" not in listed] == []
    for name in names:
        debian.out(f"systemctl start hypotweet-{name}")
        journal = f"journalctl --no-pager -u hypotweet-{name}"
        assert ("X_BEARER_TOKEN is not set" in debian.out(journal)) == (
            name in {"check", "refresh"}
        )
    assert debian.out("ls /var/lib/hypotweet/*.zip | wc -l") == "2\n"
    # With a token they run: nobody is followed yet, and X is out of reach.
    token = "A" * 60
    debian.out(f"echo X_BEARER_TOKEN={token} >> /etc/hypotweet.env")
    debian.out("systemctl start hypotweet-refresh")
    debian.fails("systemctl start hypotweet-check")
    for name in ("refresh", "check"):
        show = f"systemctl show --value -p ExecMainExitTimestamp hypotweet-{name}"
        assert debian.out(show).strip()
    assert token not in debian.out("journalctl --no-pager")
    debian.out("sed -i /^X_BEARER_TOKEN=A/d /etc/hypotweet.env")


def the_site_outlives_a_reboot(debian: Debian) -> None:
    debian.stop()
    debian.start()
    the_site_predicts(debian)


def an_upgrade_arrives(debian: Debian) -> None:
    origin = debian.root / ORIGIN[1:]
    page = origin / "templates/base.html"
    page.write_text(page.read_text().replace("</head>", "<!-- The next. --></head>"))
    debian.commit("The next version")
    shown = debian.sh(commands("operating.md", "Upgrading"))
    assert "PROBLEM" not in shown
    assert "The next." in ask(debian, "GET", "/")
    the_site_predicts(debian)


def going_back_works(debian: Debian) -> None:
    debian.sh(commands("operating.md", "Going back"))
    assert "The next." not in ask(debian, "GET", "/")


def a_lost_database_is_restored(debian: Debian) -> None:
    """With whoever was here, but not whom somebody erased since."""
    debian.out("systemctl start hypotweet-backup")
    newest = debian.out("ls -t /var/lib/hypotweet/*.zip | head -1").strip()
    debian.out(f"hypotweet erase_user {FAN} --yes")
    debian.out("su postgres -c 'dropdb --force hypotweet'")
    debian.fails("hypotweet doctor")
    written = commands("operating.md", "Backup and restore")
    example = "/var/lib/hypotweet/2026-11-24-034000.zip"
    assert example in written
    debian.sh(written.replace(example, newest))
    the_site_predicts(debian)
    count = (
        "from tweets.models import User; print([u.handle for u in User.objects.all()])"
    )
    assert FAN not in debian.out(f'hypotweet shell -v0 -c "{count}"')
    password = (
        "from accounts.models import Account; "
        f"print(Account.objects.get(username='ann').check_password({PASSWORD!r}))"
    )
    assert debian.out(f'hypotweet shell -v0 -c "{password}"') == "True\n"


def the_server_copies_work(debian: Debian) -> None:
    backup, _, rest = commands("operating.md", "PostgreSQL").partition("createdb")
    restore, _, afterwards = ("createdb" + rest).partition("hypotweet migrate")
    debian.write(
        "/root/dump.sh",
        f"set -eux\ncd /tmp\nBACKUP=/tmp/site.dump\n{backup}{restore}",
        0o644,
    )
    debian.sh("su postgres -c 'sh -s' < /root/dump.sh")
    debian.sh("sed -i 's|@/hypotweet?|@/hypotweet_restored?|' /etc/hypotweet.env")
    debian.sh(f"hypotweet migrate{afterwards}")
    the_site_predicts(debian)
