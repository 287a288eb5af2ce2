"""What the documentation says of files, paths, numbers and defaults is so."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from notices import deployment, limits
from notices.engines import binaries
from notices.facts import catalogue, regions
from notices.settings import Settings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
PAGES = [
    *READMES, "CONTRIBUTING.md", "SECURITY.md",
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
]  # fmt: skip
ROOTS = ("", "notices", "docs")
"""Where a file may be looked for that a page names."""
WRITTEN = {
    "audit-<host>.json", "engines.json", "receipt.json", "manifest.json", "keys.json", "state.json",
    "retired.json",
}  # fmt: skip
"""Files that are no part of this project: a service or a command writes them."""


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def code(page: str) -> list[str]:
    """What a page sets as code within its sentences."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text(page), flags=re.DOTALL))


def there(path: str) -> bool:
    """A name alone is that of a file beside the one that the sentence named before."""
    beside = "/" not in path and any((ROOT / "notices").rglob(path))
    return beside or any((ROOT / root / path).exists() for root in ROOTS)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    named = {
        word
        for word in code(page)
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*\.(py|js|json|md|txt|go|yaml|sql|csv)", word)
        or re.fullmatch(r"(notices|search|tests|tools|docs|migrations|bench|campaign)/[\w/]*", word)
        or word.startswith(".ci/")
    }

    assert sorted(each for each in named - WRITTEN if not there(each)) == []


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    folder, lost = (ROOT / page).parent, []
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if ":" in target:
            continue
        file, _, place = target.partition("#")
        found = folder / file if file else ROOT / page
        if not found.exists():
            lost.append(target)
        elif place:
            headings = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.MULTILINE)
            if place not in map(anchor, headings):
                lost.append(target)

    assert lost == []


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_that_a_page_names_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    asked = r"^(?:[A-Z]+=\S+ )*make ([a-z]+)\b"
    lines = [*code(page), *text(page).splitlines()]
    named = {name for line in lines for name in re.findall(asked, line)}

    assert named <= targets


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[re.Pattern[str]]:
    """Every path that the application answers."""
    from notices.app import create_app

    nowhere = Settings(
        data=tmp_path_factory.mktemp("data"), demo=True,
        database_url="postgresql://nobody@127.0.0.1:1/none",
        meili_url="http://127.0.0.1:1", meili_search_key="none",
    )  # fmt: skip
    app = create_app(nowhere, deployment.load(nowhere))
    return [
        re.compile(re.sub(r"\\\{[^/]*?:path\\\}", ".*", re.sub(r"\\\{[^/]*?\\\}", "[^/]+",
            re.escape(route.path)) if ":path" not in route.path else re.escape(route.path)))
        for route in app.routes
    ]  # fmt: skip


OF_THE_MACHINE = ("/var/", "/usr/", "/etc/", "/dev/", "/proc")


def addresses(page: str) -> Iterator[str]:
    for word in code(page):
        found = re.fullmatch(r"(?:(?:GET|POST) )?(/[\w.{}/-]+)(?:\?.*)?", word)
        if found and not found[1].startswith(OF_THE_MACHINE):
            yield found[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_answered(page: str, paths: list[re.Pattern[str]]) -> None:
    named = set(addresses(page))

    assert not any(path.fullmatch("/no-such-page") for path in paths)
    assert sorted(
        each for each in named if not any(path.fullmatch(each) for path in paths)
    ) == []  # fmt: skip


def test_the_readmes_count_what_there_is() -> None:
    own = catalogue.load()
    kinds, matters = len(own.certificates), len(own.matters)

    assert f"{kinds} kinds\n  of certificates for {matters} government matters" in text("README.md")
    assert f"{kinds} 类证件、{matters} 个事项" in text("README.zh-CN.md")
    standard = regions.load()
    former = len(standard.former)
    known = f"{len(standard.names) - former:,} codes in force and {former:,} former ones"
    assert known in text("docs/regions.md")


DEFAULTS = {
    "PORT": "8000, 127.0.0.1", "DATA": "var", "MEILI_INDEX": "notices", "REGION": "370700",
    "SITE_NAME": "遗失声明公示", "WORKERS": "1", "SPARE": "1", "POOL_SIZE": "10",
}  # fmt: skip


@pytest.mark.parametrize("readme", READMES)
def test_the_defaults_of_the_settings_are_those_of_the_readmes(readme: str) -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]*\| ([^|]*) \|", text(readme), re.MULTILINE)
    own = Settings()
    values = {
        "PORT": f"{own.port}, {own.host}", "DATA": str(own.data), "MEILI_INDEX": own.meili_index,
        "REGION": own.region, "SITE_NAME": own.site_name, "WORKERS": str(own.workers),
        "SPARE": str(int(own.spare)), "POOL_SIZE": str(own.pool_size),
    }  # fmt: skip

    assert values == DEFAULTS
    said = {name: default.replace("`", "").replace("、", ", ") for name, default in rows}
    assert {name: said[name] for name in DEFAULTS} == DEFAULTS


def test_the_readmes_tell_the_same_settings_and_commands_in_the_same_order() -> None:
    rows = [re.findall(r"^\| `([^`]*)`", text(readme), re.MULTILINE) for readme in READMES]

    settings, _ = ([row for row in each if row.isupper()] for each in rows)
    assert len(settings) > 20
    first = [[row.split(" [")[0].split(" ")[:3] for row in each] for each in rows]
    assert [each[:2] for each in first[0]] == [each[:2] for each in first[1]]


def test_versions_are_the_same_wherever_they_are_named() -> None:
    meili, pinned = binaries.MEILI_VERSION, tomllib.loads(text("pyproject.toml"))["project"]
    short = meili.rpartition(".")[0]

    assert f"getmeili/meilisearch:v{meili}" in text("compose.yaml")
    for readme in READMES:
        assert f"Meilisearch {short}" in text(readme)
        assert "PostgreSQL 18" in text(readme)
        assert pinned["requires-python"].removeprefix(">=") in text(readme)
    assert "postgres:18" in text("compose.yaml")
    assert "3.11" in text("CONTRIBUTING.md")


def test_the_readmes_say_where_meilisearch_has_to_be_brought() -> None:
    """It is fetched where somebody has verified its digest, and nowhere else."""
    assert set(binaries.MEILI_DIGESTS) == {"linux-amd64"}
    for readme, words in zip(READMES, ("arm64 and on macOS", "arm64 和 macOS"), strict=True):
        needs = text(readme).split("## ")[0]
        assert words in needs
        assert needs.index("`MEILI_BIN`") > needs.index(words)


def test_the_fonts_that_the_readmes_name_are_on_the_list_of_packages() -> None:
    listed = {line.split()[0] for line in text(".ci/packages.txt").splitlines() if line}
    for readme in READMES:
        named = set(re.findall(r"`(fonts-[a-z-]+)`", text(readme)))
        assert len(named) == 4
        assert named <= listed


def test_no_module_is_longer_than_contributing_says() -> None:
    files = [*(ROOT / "notices").rglob("*.py"), *(ROOT / "search").glob("*.py")]
    most = max(len(file.read_text("utf-8").splitlines()) for file in files)

    assert "stays within 300 lines" in text("CONTRIBUTING.md")
    assert most <= 300


def test_as_many_mutations_and_examples_are_made_as_contributing_says() -> None:
    most = re.search(r'"FUZZ", "(\d+)"', text("tests/engines/test_fuzz.py"))
    tried = re.search(r'"EXAMPLES", "(\d+)"', text("tests/properties.py"))

    assert most is not None
    assert f"more mutations than the suite's {int(most[1]):,}" in text("CONTRIBUTING.md")
    assert tried is not None
    assert f"more examples of each property than the suite's {tried[1]}" in text("CONTRIBUTING.md")


ROWS = {
    "verify": "checks", "masked": "checks of masked numbers, which count above too",
    "search": "searches, feeds", "events": "pages of events", "print": "printed notices",
    "suggest": "suggestions",
}  # fmt: skip


@pytest.mark.parametrize("policy", ROWS)
def test_the_limits_are_those_of_their_page(policy: str) -> None:
    said = re.search(
        rf"^\| {re.escape(ROWS[policy])} \|(.*)\|$", text("docs/limits.md"), re.MULTILINE
    )
    most = limits.POLICIES[policy].most
    expected = [
        ", ".join(f"{n:,} {limits.WINDOWS[window].en}" for window, n in most.get(kind, {}).items())
        for kind in ("address", "account", "agency")
    ]

    assert said is not None
    cells = [cell.strip().replace("not counted", "") for cell in said[1].split("|")]
    assert cells == expected


@pytest.mark.parametrize("name", ["NOTICES", "MINUTES"])
def test_the_makefile_tells_its_own_defaults(name: str) -> None:
    default = re.search(rf"^{name} \?= (\d+)$", text("Makefile"), re.MULTILINE)

    assert default is not None
    assert f"{name} ({int(default[1]):,})" in text("Makefile")


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = {tuple(each.split("::")) for each in re.findall(r"tests/[\w/]+\.py::\w+", text(page))}
    known = {
        file: set(re.findall(r"^(?:async )?def (test_\w+)", text(file), re.MULTILINE))
        for file in {file for file, _ in named}
        if (ROOT / file).exists()
    }

    assert sorted(each for each in named if each[1] not in known.get(each[0], ())) == []


ASVS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4),
    5: (1, 3, 2, 3), 6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1),
    9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3), 11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5),
    14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3), 17: (1, 4, 2),
}  # fmt: skip
"""Of ASVS 5.0.0, how many requirements of levels 1 and 2 each section of a chapter has: the first
ones of each, since those of level 3 come last."""


def test_each_requirement_of_level_2_is_told_of_once() -> None:
    rows = re.findall(r"^\| (\d[\d., ]*) \|[^|]+\| (.*) \|$", text("docs/asvs.md"), re.MULTILINE)
    told = [number for numbers, _ in rows for number in numbers.split(", ")]
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in ASVS.items()
        for section, most in enumerate(sections, 1)
        for number in range(1, most + 1)
    ]
    short = {
        number for numbers, how in rows for number in numbers.split(", ") if "falls short" in how
    }
    summary = text("docs/asvs.md").split("What falls short, in one place: ")[1].split("\n\n")[0]

    assert len(wanted) == 253
    assert sorted(told) == sorted(wanted)
    assert [
        how for _, how in rows if not how.startswith(("holds", "not here", "operator", "falls"))
    ] == []
    assert set(re.findall(r"\d+\.\d+\.\d+", summary)) == short
