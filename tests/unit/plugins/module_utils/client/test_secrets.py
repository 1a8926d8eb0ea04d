# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: nothing of them is ever shown."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK, Secrets, mask_fields


def test_a_secret_is_masked_wherever_it_stands() -> None:
    secrets = Secrets(["p4ssword"])
    value = {
        "p4ssword": "key",
        "text": "user:p4ssword@host p4ssword",
        "list": ["p4ssword", {"deep": ("p4ssword", 1)}],
        "number": 4,
        "nothing": None,
        "flag": True,
    }
    redacted = secrets.redact(value)
    assert "p4ssword" not in json.dumps(redacted)
    assert redacted == {
        MASK: "key",
        "text": f"user:{MASK}@host {MASK}",
        "list": [MASK, {"deep": [MASK, 1]}],
        "number": 4,
        "nothing": None,
        "flag": True,
    }


SPELLINGS: dict[str, Callable[[str], str]] = {
    "URL": lambda text: quote(text, safe=""),
    "URL with slashes": quote,
    "form": quote_plus,
    "URL in small letters": lambda text: re.sub("%..", lambda match: match.group().lower(), quote(text, safe="")),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of any script": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON of Go": lambda text: re.sub(
        "[<>&]", lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False)[1:-1]
    ),
    "JSON of Java": lambda text: re.sub(
        "[<>&=']", lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False)[1:-1]
    ),
    "HTML": html.escape,
    "HTML with quotes": lambda text: html.escape(text, quote=False),
    "HTML with numbers": lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "HTML of XML": lambda text: html.escape(text).replace("&#x27;", "&apos;"),
    "URL of browsers": lambda text: quote(text, safe="!~*'()"),
    "address of browsers": lambda text: quote(text, safe="!~*'();/?:@&=+$,#"),
    "form of Java": lambda text: quote(text, safe="*").replace("~", "%7E").replace("%20", "+"),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize(
    "secret",
    ["vcd-Secret-66!", "p@ss w/rd?&=+", "q\"uote<>'s", "f\u00fcr ~~~ \u00ff\u00fe", "abc", '(a*b)!/\u6570#"c\\'],
)
def test_a_secret_is_masked_in_the_spellings_of_gateways(spell: Callable[[str], str], secret: str) -> None:
    spelt = spell(secret)
    shown = Secrets([secret]).redact({"text": f"The gateway refused {spelt} of a user.", "list": [spelt]})
    assert spelt.rstrip("=") not in json.dumps(shown, ensure_ascii=False)
    assert MASK in shown["text"]


@pytest.mark.parametrize("spell", [quote, lambda data: base64.b64encode(data).decode()], ids=["URL", "base64"])
def test_a_secret_is_masked_in_the_encoding_of_old_gateways(spell: Callable[[bytes], str]) -> None:
    spelt = spell("f\u00fcr \u00ff\u00fe".encode("latin-1"))
    assert spelt.rstrip("=") not in Secrets(["f\u00fcr \u00ff\u00fe"]).redact(f"refused: {spelt}")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("before", ["", "a", "ab", "someone else:", '{"vcdPassword": "'])
@pytest.mark.parametrize("after", ["", "x", "xy", '", "type": "vcdCredentials"}'])
@pytest.mark.parametrize("secret", ["password-1", "p\u00e4ssw\u00f6rd?>?", "\u00ff\u00fe" * 5])
def test_a_secret_is_masked_within_anything_that_is_in_base64(
    encode: Callable[[bytes], bytes], encoding: str, before: str, after: str, secret: str
) -> None:
    text = encode((before + secret + after).encode(encoding)).decode()
    shown = Secrets([secret]).redact(f"refused: {text}")
    assert MASK in shown
    left = [part for part in re.split("[^A-Za-z0-9+/_-]", shown.removeprefix("refused: ")) if part]
    # No whole byte of the secret can be read from what is left on both sides of the mask.
    assert len("".join(left)) <= len(text) - len(secret.encode(encoding)) * 8 // 6 + 2


@pytest.mark.parametrize("secret", ["site", "name", "test", "vm_name", "recovery", "replication", "source_site"])
def test_a_password_that_is_part_of_the_name_of_a_field_does_not_take_the_field_away(secret: str) -> None:
    item = {"vm_name": secret, "source_site": f"{secret}-1", "test": None, "replication": {"site": secret}}
    shown = Secrets([secret]).redact({"vm_replications": [item], "msg": secret})
    assert shown == {
        "vm_replications": [
            {"vm_name": MASK, "source_site": f"{MASK}-1", "test": None, "replication": {"site": MASK}},
        ],
        "msg": MASK,
    }


@pytest.mark.parametrize("key", ["site-secret-1", "s3cret", "secret!", "user:site", "x" * 41 + "site"])
def test_a_key_that_is_no_name_of_a_field_is_masked(key: str) -> None:
    assert key not in json.dumps(Secrets([key, "site"]).redact({"deep": [{key: 1}], "list": [1]}))
    assert key not in json.dumps(Secrets([key]).redact({key: 1}))


def test_the_original_is_left_alone() -> None:
    value = {"list": ["p4ssword"]}
    Secrets(["p4ssword"]).redact(value)
    assert value == {"list": ["p4ssword"]}


def test_a_secret_that_is_part_of_another_does_not_uncover_the_rest() -> None:
    secrets = Secrets(["abc", "abc-and-the-rest"])
    assert secrets.redact("abc-and-the-rest, abc") == f"{MASK}, {MASK}"


@pytest.mark.parametrize("value", [None, "", "a", "ab"])
def test_what_is_too_short_to_be_told_from_text_is_no_secret(value: str | None) -> None:
    secrets = Secrets([value])
    secrets.add(value)
    assert secrets.redact("abracadabra None") == "abracadabra None"


def test_a_secret_is_masked_however_it_is_quoted() -> None:
    secret = 'pass"word<\\é'
    request = json.dumps({"password": secret})
    shown = Secrets([secret]).redact({"msg": f"cannot read {request}", "page": f"<p>{html.escape(secret)}</p>"})
    assert shown == {"msg": f'cannot read {{"password": "{MASK}"}}', "page": f"<p>{MASK}</p>"}


def test_a_secret_may_be_learnt_while_another_thread_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets(["token-1", "token-2"])
    plain = json.dumps

    def learning(value: Any) -> str:
        if isinstance(value, str) and value.startswith("token-"):
            secrets.add(f"learnt with {value}")
        return plain(value)

    monkeypatch.setattr("json.dumps", learning)
    assert secrets.redact([{"msg": "nothing"}]) == [{"msg": "nothing"}]


def test_a_secret_can_be_learnt_later() -> None:
    secrets = Secrets()
    assert secrets.redact("token-1") == "token-1"
    secrets.add("token-1")
    assert secrets.redact("token-1") == MASK


@pytest.mark.parametrize(
    "field",
    [
        "adminPassword",
        "domainUserPassword",
        "password",
        "customizationScript",
        "clientSecret",
        "accessToken",
        "vcdCookie",
        "stacktrace",
    ],
)
def test_fields_that_are_named_like_a_secret_are_masked(field: str) -> None:
    document = {"guestCustomization": {field: "text in clear"}, "list": [{field: "text in clear"}]}
    assert mask_fields(document) == {"guestCustomization": {field: MASK}, "list": [{field: MASK}]}


@pytest.mark.parametrize("value", [123456, ["first", "second"], {"value": "text in clear"}])
def test_a_secret_field_is_masked_whatever_its_form(value: Any) -> None:
    assert mask_fields({"adminPassword": value}) == {"adminPassword": MASK}


@pytest.mark.parametrize("value", [None, "", True, False])
def test_what_tells_only_whether_there_is_a_secret_stays(value: Any) -> None:
    assert mask_fields({"adminPassword": value, "adminPasswordAuto": True}) == {
        "adminPassword": value,
        "adminPasswordAuto": True,
    }


def nested(depth: int, inside: Any) -> Any:
    return inside if depth == 0 else {"a": nested(depth - 1, inside)}


def test_what_is_nested_too_deep_is_not_shown() -> None:
    document = {"vmName": "web-01", "x": nested(600, "text"), "list": [nested(30, "shown")]}
    assert json.dumps(mask_fields(document)).count('"a"') < 100
    assert mask_fields(document)["list"] == document["list"]


def test_a_secret_that_is_nested_too_deep_is_masked_with_what_is_around_it() -> None:
    assert "p4ssword" not in json.dumps(Secrets(["p4ssword"]).redact([nested(600, "p4ssword")]))


def test_ordinary_fields_are_shown() -> None:
    document = {"vmName": "web-01", "resetPasswordRequired": False, "progress": 40, "warnings": ["x"], "n": None}
    assert mask_fields(document) == document
    assert mask_fields("text") == "text"


@pytest.mark.parametrize("places", [[], [0], [99], [100], [0, 99, 100, 249], list(range(250))])
def test_items_of_a_list_are_masked_wherever_they_stand_and_the_others_are_not_copied(places: list[int]) -> None:
    items = [{"name": "p4ssword" if number in places else f"vm-{number}"} for number in range(250)]
    redacted = Secrets(["p4ssword"]).redact({"items": items})["items"]
    assert [number for number, item in enumerate(redacted) if item["name"] == MASK] == places
    assert [number for number, item in enumerate(redacted) if item is not items[number]] == places


def test_an_item_that_json_cannot_hold_uncovers_no_other() -> None:
    deep: Any = "p4ssword"
    for _level in range(5000):
        deep = [deep]
    redacted = Secrets(["p4ssword"]).redact([{"name": "p4ssword"}, {"name": "vm"}, deep, {1, 2}, {"name": "p4ssword"}])
    assert [item["name"] for item in (redacted[0], redacted[1], redacted[4])] == [MASK, "vm", MASK]
    assert redacted[3] == {1, 2}
