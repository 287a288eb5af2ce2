"""People that tests begin with; no area code 379999 was ever assigned."""

ANNA = {
    "kind": "person",
    "name": "张三",
    "identifier": "37999919000101001X",
}
RESTAURANT = {
    "kind": "organisation",
    "name": "李四",
    "identifier": "379999190001020023",
    "organisation": {"name": "潍坊市奎文区某某餐饮店", "identifier": "92379999MA0000023B"},
}
OFFICER = {"kind": "officer", "name": "王五", "identifier": "379999190001020023"}
