"""The numbers of real papers from declaring to print: named rightly, found however typed."""

import csv
from pathlib import Path
from typing import Any

import httpx
import pytest

from notices.deployment import Deployment
from notices.facts.notice_ids import printed
from tests.api import declaration
from tests.conftest import SignIn
from tests.printed import needs_poppler, text_of, unbroken
from tests.samples import ANNA, RESTAURANT

FILE = Path(__file__).parents[1] / "data" / "printed-numbers.csv"
ROWS = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
NAME = "潍坊市某某单位"

pytestmark = needs_poppler


def typed(number: str) -> list[str]:
    """Forms in which people type a printed number."""
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in number)
    bracketed = number.replace("(", "（").replace(")", "）").replace("〔", "[").replace("〕", "]")
    return [
        number,
        number.lower(),
        wide,
        bracketed,
        f"编号：{number}",
        f"No. {number}",
        f"{number}（副本）",
        number.replace("字", "").replace("第", "").replace("号", ""),
        " ".join(number[at : at + 4] for at in range(0, len(number), 4)),
    ]


async def declared(sign_in: SignIn, deployment: Deployment, row: dict[str, str]) -> Any:
    """The public notice of one printed number, as its holder declares it."""
    certificate = deployment.catalogue.certificates[row["certificate"]]
    number = row["number"]
    if certificate.holder_kind == "person":
        client = await sign_in(ANNA)
        holder: dict[str, Any] = {"kind": "person", "name": "张小三"}
    else:
        own = certificate.number_is == "holder_code" and len(number.split("(")[0]) == 18
        code = number[:18] if own else RESTAURANT["organisation"]["identifier"]
        client = await sign_in({**RESTAURANT, "organisation": {"name": NAME, "identifier": code}})
        holder = {"kind": "organisation", "name": NAME, "identifier": code}
    told = certificate.proposed_document(certificate.read(number), holder["kind"])
    wanted = row["document"] and certificate.document_named(row["document"])
    body = declaration(
        certificate=certificate.id,
        matter=None,
        number=number,
        holder=holder,
        relation="parent" if holder["kind"] == "person" else None,
        copies="duplicate" if certificate.parts else None,
        details={each.name: "12345678" for each in certificate.fields if each.required},
        document=None if told else (wanted or certificate.documents[0]).id,
    )
    answer = await client.post("/api/v1/notices", json=body)
    if answer.status_code == 422:
        assert {each["code"] for each in answer.json()["errors"]} <= {
            "number_unusual", "number_check_digit",
        }  # fmt: skip
        body["confirm_unusual_number"] = True
        answer = await client.post("/api/v1/notices", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(client: httpx.AsyncClient, certificate: str, number: str) -> dict[str, Any]:
    answer = await client.post(
        "/api/v1/verifications", json={"certificate": certificate, "number": number}
    )
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


@pytest.mark.parametrize("row", ROWS, ids=[row["number"] for row in ROWS])
async def test_a_printed_number_is_declared_checked_shown_and_printed(
    sign_in: SignIn,
    client: httpx.AsyncClient,
    deployment: Deployment,
    row: dict[str, str],
    tmp_path: Path,
) -> None:
    certificate = deployment.catalogue.certificates[row["certificate"]]

    notice = await declared(sign_in, deployment, row)

    paper = notice["document"]["name"]["zh"]
    assert paper == row["document"] or not row["document"]
    assert f"《{paper}》" in notice["statement"] or f"{paper}1枚" in notice["statement"]
    others = [each.name.zh for each in certificate.documents if each.name.zh not in paper]
    assert not [name for name in others if f"《{name}》" in notice["statement"]]
    for number in typed(row["number"]):
        answer = await ask(client, certificate.id, number)
        assert answer["notice"] == notice["id"], number
        assert answer["document"] == notice["document"]["id"]
    if "*" not in notice["number"]:
        answer = await client.post("/api/v1/verifications", json={"number": row["number"]})
        assert answer.json()["notice"] == notice["id"]
    page = (await client.get(f"/notices/{notice['id']}")).text
    assert paper in page
    assert notice["number"] in page
    pdf = await client.get(f"/notices/{notice['id']}.pdf")
    on_paper = text_of(pdf.content, tmp_path)
    assert unbroken(notice["statement"]) in unbroken(on_paper)
    assert printed(notice["id"]) in on_paper
