"""Who may object: not the declarant, in whichever part he comes, and everybody once."""

from typing import Any

import httpx
import pytest

from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA, RESTAURANT

LI = {"kind": "person", "name": "李四", "identifier": RESTAURANT["identifier"]}
ANNAS_SHOP = {
    **ANNA,
    "kind": "organisation",
    "organisation": {"name": "潍坊某某商贸有限公司", "identifier": "91379999MA0000015K"},
}
BIRTH = declaration(
    certificate="birth-medical-certificate", number="X990000001", matter=None, issued_on=None,
    holder={"kind": "person", "name": "张三", "identifier": ANNA["identifier"]},
)  # fmt: skip
SEAL = declaration(
    certificate="company-seal", document="company-seal", number="3799990000001", matter=None,
    copies=None, issuer=None, confirm_unusual_number=True,
)  # fmt: skip


async def object_to(client: httpx.AsyncClient, id: str, number: str) -> tuple[int, str]:
    body = {"number": number, "ground": "false", "text": "内容不实"}
    answer = await client.post(api.of(id, "objections"), json=body)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(
    ("declarant", "body", "objector"),
    [
        (ANNA, BIRTH, ANNA),
        (ANNA, BIRTH, ANNAS_SHOP),
        (RESTAURANT, declaration(), RESTAURANT),
        (RESTAURANT, declaration(), LI),
        (RESTAURANT, declaration(), {**RESTAURANT, "organisation": ANNAS_SHOP["organisation"]}),
        (RESTAURANT, declaration(), {**LI, "identifier": " 379999-19000102 0023"}),
    ],
)
async def test_nobody_objects_to_what_he_declared_in_whichever_part_he_comes(
    sign_in: SignIn, declarant: dict[str, Any], body: dict[str, Any], objector: dict[str, Any]
) -> None:
    id, number = (await api.declared(await sign_in(declarant), body)).id, body["number"]

    assert await object_to(await sign_in(objector), id, number) == (403, "own_notice")
    page = await (await sign_in(objector)).get(f"/notices/{id}/object")
    assert page.status_code == 403


async def test_a_person_objects_once_for_himself_or_for_his_company(sign_in: SignIn) -> None:
    id = (await api.declared(await sign_in(RESTAURANT))).id
    number = declaration()["number"]

    assert await object_to(await sign_in(ANNA), id, number) == (201, "")
    assert await object_to(await sign_in(ANNAS_SHOP), id, number) == (409, "already_objected")
    other = {"kind": "person", "name": "赵六", "identifier": "379999198803120137"}
    assert await object_to(await sign_in(other), id, number) == (201, "")
