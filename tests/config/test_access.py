"""Second factors, sessions, lock-out and confirmation: what guards an access."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import kit, people

from canone.base.access import services
from canone.base.access.models import User
from canone.base.mail.models import OutgoingMail
from canone.config import devices, doors

pytestmark = pytest.mark.django_db
PASSWORD = "montagna-lago-7"
LOGIN = reverse("account_login")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/130 Safari/537"


@pytest.fixture
def owner() -> User:
    made = people.people().owner
    services.set_password(user=made, password=PASSWORD)
    return made


def enter(user: User, password: str = PASSWORD, **options: Any) -> Client:
    client = Client(**options)
    client.post(LOGIN, {"login": user.email, "password": password})
    return client


def code(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def set_up_codes(client: Client) -> str:
    kit.confirm(client)
    secret = str(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_codes_are_set_up_sealed_and_asked_for(
    owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = enter(owner)
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_codes(client)
    row = Authenticator.objects.get(type="totp")
    assert secret not in str(row.data)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10

    other = enter(owner)
    assert other.get("/")["Location"].startswith(LOGIN)
    assert other.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == "/"
    assert other.get("/").status_code == 200
    told = [mail.text for mail in OutgoingMail.objects.filter(to=owner.email)]
    assert any("codici" in text for text in told)


def test_codes_cannot_be_guessed_without_limit(owner: User, settings: Any) -> None:
    client = enter(owner)
    secret = set_up_codes(client)
    spare = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    colleague = User.objects.get(email="office@example.com")
    services.set_password(user=colleague, password=PASSWORD)
    theirs = set_up_codes(enter(colleague))
    asked = reverse("mfa_authenticate")

    for number in range(settings.AXES_FAILURE_LIMIT):
        # from another place and in another sitting each time: it is the person who counts
        guessing = enter(owner, REMOTE_ADDR=f"192.0.2.{number}")
        page = guessing.post(asked, {"code": "wrong-code" if number % 2 else "000000"})
        assert page.context["form"].errors["code"].as_data()[0].code == "incorrect_code"
    for right in (code(secret), spare[0]):
        page = guessing.post(asked, {"code": right})
        assert page.status_code == 200
        assert "Troppi codici sbagliati. Riprovi tra 15 minuti." in page.content.decode()
        assert guessing.get("/").status_code == 302
    # who is in already has the same count when asked again; allauth's pages stay closed too
    again = client.post(reverse("mfa_reauthenticate"), {"code": code(secret)})
    assert "Troppi codici" in again.content.decode()
    assert enter(colleague).post(asked, {"code": code(theirs)})["Location"] == "/"

    later = timezone.now() + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        assert enter(owner).post(asked, {"code": code(secret)})["Location"] == "/"


def test_the_right_code_starts_the_count_again(owner: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    client = enter(owner)
    set_up_codes(client)
    spare = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for right in spare[:2]:
        other = enter(owner)
        for _wrong in range(2):
            other.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert other.post(reverse("mfa_authenticate"), {"code": right})["Location"] == "/"


def test_a_role_may_need_a_second_factor(client: Client, owner: User) -> None:
    client.force_login(owner)
    kit.confirm(client)
    client.post(reverse("sign_in"), {"roles": ["owner"]})
    assert client.get(reverse("people"))["Location"] == reverse("mfa_index")
    page = client.get(reverse("mfa_index"))
    assert "cn-note is-todo" in page.content.decode()
    set_up_codes(client)
    assert client.get(reverse("people")).status_code == 200
    kit.confirm(client)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    technician = people.User.objects.get(email="tech@example.com")
    client.force_login(technician)
    assert client.get("/").status_code == 200


def test_an_owner_takes_lost_factors_away(client: Client, owner: User) -> None:
    colleague = User.objects.get(email="office@example.com")
    services.set_password(user=colleague, password=PASSWORD)
    set_up_codes(enter(colleague))
    client.force_login(owner)
    kit.confirm(client)
    client.post(reverse("person_factors", args=[owner.pk]))
    client.post(reverse("person_factors", args=[colleague.pk]))
    assert not Authenticator.objects.exists()
    assert OutgoingMail.objects.latest("pk").to == colleague.email
    assert enter(colleague).get("/").status_code == 200


def test_an_invitation_does_not_pass_by_the_second_factor(owner: User) -> None:
    set_up_codes(enter(owner))
    _made, secret = services.invite(user=owner, at=timezone.now(), by=None)
    client = Client()
    answer = client.post(reverse("invitation", args=[secret]), {"password": "tre cavalli blu"})
    assert answer["Location"] == LOGIN
    assert client.get("/").status_code == 302


def test_sessions_are_listed_and_ended(owner: User) -> None:
    here = enter(owner, headers={"User-Agent": CHROME})
    there = enter(owner, REMOTE_ADDR="192.168.1.7")
    shown = here.get(reverse("own_sessions")).context["sessions"]
    assert {(one.device, one.current) for one in shown} == {
        ("Chrome, Windows", True),
        (devices.name(""), False),
    }
    [other] = [one for one in shown if not one.current]
    assert "192.168.1.7" in other.place
    here.post(reverse("own_sessions_end"), {"session": other.pk})
    assert there.get("/").status_code == 302
    third = enter(owner)
    here.post(reverse("own_sessions_end"), {"session": "others"})
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert here.post(reverse("own_sessions_end"), {"session": "x"}).status_code == 404


def test_nobody_ends_the_sessions_of_others_but_owners(owner: User) -> None:
    technician = User.objects.get(email="tech@example.com")
    services.set_password(user=technician, password=PASSWORD)
    theirs, mine = enter(technician), enter(owner)
    row = UserSession.objects.get(user=owner)
    theirs.post(reverse("own_sessions_end"), {"session": row.pk})
    end = reverse("person_sessions_end", args=[owner.pk])
    assert theirs.post(end, {"session": row.pk}).status_code == 404
    assert mine.get("/").status_code == 200
    mine.post(reverse("person_sessions_end", args=[technician.pk]), {"session": "others"})
    assert theirs.get("/").status_code == 302


def test_last_seen_is_written_now_and_then(owner: User) -> None:
    client = enter(owner)
    UserSession.objects.update(ip="192.0.2.1")
    client.get("/")
    client.get("/")
    seen = UserSession.objects.get().last_seen_at
    client.get("/")
    assert UserSession.objects.get().last_seen_at == seen


def test_strangers_close_the_door_to_themselves_only(owner: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    known = enter(owner)
    known.post(reverse("account_logout"))
    stranger = Client()
    for _attempt in range(4):
        answer = stranger.post(LOGIN, {"login": owner.email, "password": "wrong"})
    assert answer.status_code == 429
    right = {"login": owner.email, "password": PASSWORD}
    assert stranger.post(LOGIN, right).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert elsewhere.post(LOGIN, right).status_code == 302
    assert known.post(LOGIN, right).status_code == 302


def test_many_tries_at_invented_addresses_close_nothing_to_others(owner: User) -> None:
    known = enter(owner)
    known.post(reverse("account_logout"))
    stranger = Client()
    for number in range(35):
        guess = {"login": f"nobody{number}@example.org", "password": "wrong"}
        assert stranger.post(LOGIN, guess).status_code == 200
        forgotten = {"email": f"nobody{number}@example.org"}
        assert stranger.post(reverse("account_reset_password"), forgotten).status_code == 302
        link = reverse("account_reset_password_from_key", args=["a", f"false-{number}"])
        assert stranger.post(link, {}).status_code == 200
    right = {"login": owner.email, "password": PASSWORD}
    assert known.post(LOGIN, right).status_code == 302
    assert enter(owner).get("/").status_code == 200
    asked = Client().post(reverse("account_reset_password"), {"email": owner.email})
    assert asked.status_code == 302


def test_one_address_gets_so_many_links_a_minute(owner: User) -> None:
    cache.clear()  # what other tests asked for counts, too
    asked = {"email": owner.email}
    answers = [Client().post(reverse("account_reset_password"), asked) for _time in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2


def test_a_known_device_has_a_count_of_its_own(owner: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    stolen = enter(owner)
    stolen.post(reverse("account_logout"))
    for _attempt in range(3):
        answer = stolen.post(LOGIN, {"login": owner.email, "password": "wrong"})
    assert answer.status_code == 429
    assert enter(owner).get("/").status_code == 200


def test_a_device_is_known_for_its_person_only(owner: User) -> None:
    client = enter(owner)
    request = people_request(client)
    assert doors.counted_as(request, {"email": owner.email}) != owner.email
    assert doors.counted_as(request, {"email": "office@example.com"}) == "office@example.com"
    client.cookies[doors.COOKIE] = "forged"
    assert doors.counted_as(people_request(client), {"email": owner.email}) == owner.email


def people_request(client: Client) -> Any:
    return client.get(LOGIN).wsgi_request


@pytest.mark.parametrize(
    "name", ["person_new", "token_new", "sign_in", "mail_server", "provider", "backup_plan"]
)
def test_what_matters_is_asked_for_again(owner: User, name: str) -> None:
    client = enter(owner)
    assert client.get(reverse(name)).status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session.save()
    asked = client.get(reverse(name))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    answer = client.post(asked["Location"], {"password": PASSWORD, "next": reverse(name)})
    assert answer["Location"] == reverse(name)
    assert client.get(reverse(name)).status_code == 200


def test_asking_again_is_no_failure_in_the_log(owner: User, caplog: Any) -> None:
    client = Client()
    client.force_login(owner)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        asked = client.get(reverse(name))
        assert asked["Location"].startswith(reverse("account_reauthenticate")), name
    assert [record for record in caplog.records if record.name == "canone.pages"] == []


def test_what_was_sent_goes_on_afterwards(owner: User) -> None:
    client = enter(owner)
    client.cookies.pop("sessionid")
    client.force_login(owner)
    technician = User.objects.get(email="tech@example.com")
    turn = reverse("person_turn", args=[technician.pk])
    asked = client.post(turn)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    technician.refresh_from_db()
    assert technician.is_active
    client.post(asked["Location"], {"password": PASSWORD, "next": turn})
    technician.refresh_from_db()
    assert not technician.is_active


def test_a_new_password_is_mailed_in_the_persons_language(owner: User) -> None:
    services.update(user=owner, language="fr")
    client = enter(owner, headers={"User-Agent": CHROME})
    typed = {
        "oldpassword": PASSWORD,
        "password1": "tre cavalli blu",
        "password2": "tre cavalli blu",
    }
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == (owner.email, "config/notice")
    assert "le mot de passe a été changé" in mail.text
    assert "Chrome, Windows" in mail.text


def test_the_stock_pages_are_ours(owner: User) -> None:
    client = enter(owner)
    for path in ("/accounts/sessions/", "/accounts/email/"):
        assert client.get(path).context["head"].title


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Mobile Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko/20100101 Firefox/140", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari/537", "Chrome, Android"),
    ],
)
def test_devices_have_names(agent: str, words: str) -> None:
    assert devices.name(agent) == words


def test_roles_that_are_not_there_are_refused(client: Client, owner: User) -> None:
    client.force_login(owner)
    kit.confirm(client)
    assert client.post(reverse("sign_in"), {"roles": ["king"]}).status_code == 422
