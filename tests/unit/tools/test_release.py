# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release command: what stands against a release, and what it does in which order when nothing does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.tools import release

NOTES = "releases: {1.0.0: {}}\n"
FRAGMENT = "changelogs/fragments/7.yml"


class Checkout:
    """A small checkout with a history, and the commands that the release would have run outside of git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[tuple[str, ...]] = []
        self.environments: list[dict[str, str]] = []
        self.git("init", "--quiet")
        self.commit({"galaxy.yml": "version: 1.0.0\n", "changelogs/changelog.yaml": NOTES})

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ("git", *who, *arguments), cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str]) -> None:
        self.write(files)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "A change")

    def must_run(self, *command: Any, environment: dict[str, str] | None = None, **_others: Any) -> None:
        self.commands.append(tuple(map(str, command)))
        self.environments.append(environment or {})
        if command[:2] == ("git", "tag"):
            self.git("tag", command[-1])

    def output_of(self, *command: str) -> tuple[int, str]:
        answer = subprocess.run(command, cwd=self.root, check=False, capture_output=True, text=True)
        return answer.returncode, answer.stdout

    def build_release(self, number: str) -> Path:
        self.commands.append(("build", number))
        return self.root / "dist" / f"opendr-vcda-{number}.tar.gz"

    def programs(self) -> list[str]:
        return [" ".join(command[:2]) for command in self.commands]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    for name in ("must_run", "output_of", "build_release"):
        monkeypatch.setattr(release, name, getattr(made, name))
    return made


class TestState:
    @pytest.mark.usefixtures("checkout")
    def test_nothing_stands_against_a_committed_checkout_with_notes(self) -> None:
        assert release.check_state("1.0.0") == []

    def test_what_is_not_committed_does(self, checkout: Checkout) -> None:
        checkout.write({"new.txt": "new"})
        assert release.check_state("1.0.0") == ["not committed:\n?? new.txt"]

    @pytest.mark.usefixtures("checkout")
    def test_missing_notes_do(self) -> None:
        assert [line for line in release.check_state("1.1.0") if line.startswith("no release notes for 1.1.0")]

    def test_fragments_beside_the_notes_do(self, checkout: Checkout) -> None:
        checkout.commit({FRAGMENT: "bugfixes: [mended]\n"})
        assert release.check_state("1.0.0") == ["not in the release notes of 1.0.0: 7.yml"]

    def test_a_tag_at_another_commit_does_and_one_at_this_commit_does_not(self, checkout: Checkout) -> None:
        checkout.git("tag", "1.0.0")
        assert release.check_state("1.0.0") == []
        checkout.commit({"new.txt": "new"})
        assert release.check_state("1.0.0") == ["the tag 1.0.0 is at another commit"]


class TestRelease:
    def test_a_candidate_is_built_in_spite_of_all_and_nothing_else_is_done(
        self, checkout: Checkout, capsys: pytest.CaptureFixture[str]
    ) -> None:
        checkout.write({"new.txt": "new"})
        assert release.main([]) == 0
        assert checkout.programs() == ["build 1.0.0"]
        assert "not ready to publish: not committed" in capsys.readouterr().out

    @pytest.mark.parametrize("option", ["--tag", "--publish"])
    def test_what_others_see_is_refused_before_anything_is_done(self, checkout: Checkout, option: str) -> None:
        checkout.git("tag", "1.0.0")
        checkout.write({"new.txt": "new"})
        with pytest.raises(SystemExit, match="not committed"):
            release.main([option])
        assert checkout.commands == []

    def test_only_a_tagged_commit_is_published(self, checkout: Checkout) -> None:
        with pytest.raises(SystemExit, match=r"no tag 1\.0\.0"):
            release.main(["--publish"])
        checkout.git("tag", "1.0.0")
        release.main(["--publish"])
        assert checkout.programs() == ["build 1.0.0", "ansible-galaxy collection"]

    def test_all_of_it_in_one_command_with_what_cannot_be_undone_last(self, checkout: Checkout) -> None:
        release.main(["--publish", "--tag", "--sign", "KEY"])
        assert checkout.programs() == ["build 1.0.0", "gpg --armor", "git tag", "ansible-galaxy collection"]
        assert {"--sign", "KEY"} < set(checkout.commands[2])

    def test_a_second_attempt_does_not_tag_again(self, checkout: Checkout) -> None:
        release.main(["--tag"])
        release.main(["--tag", "--publish"])
        assert checkout.programs().count("git tag") == 1

    def test_the_changelog_is_for_review_and_nothing_is_built(self, checkout: Checkout) -> None:
        assert release.main(["--changelog"]) == 0
        assert checkout.commands == [("antsibull-changelog", "release", "--version", "1.0.0")]


def test_galaxy_is_reached_as_the_user_has_set_it_up(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ANSIBLE_GALAXY_SERVER_LIST": "ours", "ANSIBLE_GALAXY_SERVER_OURS_TOKEN": "token"}
    for name, value in {**given, "VCDA_PASSWORD": "production"}.items():
        monkeypatch.setenv(name, value)
    release.publish(Path("opendr-vcda-1.0.0.tar.gz"))
    assert given.items() <= checkout.environments[0].items()
    assert "VCDA_PASSWORD" not in checkout.environments[0]
    assert not any("token" in word for word in checkout.commands[0])
