"""What is measured of a tree, against small trees that were counted by hand."""

from __future__ import annotations

from pathlib import Path

from tests.house.functions import WORDS, begins_with_verb, has_participle_head, head_of, word_list
from tests.house.imports import file_graph, find_chain, find_circles, find_floors, room_graph
from tests.house.measurements import find_absent, measure
from tests.house.offenders import check_none
from tests.house.tree import ROOT, find_loose_files

FILES = {
    "generator/__init__.py": "",
    "generator/kinds.py": "",
    "generator/low/__init__.py": "",
    "generator/low/area.py": "from generator import kinds\nimport numpy\n",
    "generator/high.py": "def read():\n    from generator.low.area import size\n",
    "generator/starter/models.py": "import generator.high\n",
    "benchmarks/cost.py": "import generator.high\nfrom generator import kinds\n",
}
BODY = '''
class Reader:
    @property
    def seen(self): ...
    def __len__(self): ...
    def read(self, path): raise InputError(path)
def entropy(weights: np.ndarray) -> np.ndarray:
    """(heads, queries) of each row."""
    return weights.sum()
def entropy_of(record: Record) -> float:
    record.seen = True
    return 1.0
def held_out(rows: T) -> T:
    """Rows that were left out (all of them)."""
def load(path):
    """What it holds; InputError where it is none."""
    raise InputError(path)
def _asked(path): raise InputError(path)
T = np.ndarray
'''


def make_tree(root: Path, files: dict[str, str]) -> Path:
    """A checkout with these files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_rooms_and_floors_by_hand(tmp_path: Path) -> None:
    """A folder is a room, a loose file is one; data is none; imports in functions count."""
    root = make_tree(tmp_path, FILES)
    rooms = room_graph(root)
    loose = ["generator/__init__.py", "generator/high.py", "generator/kinds.py"]
    assert find_loose_files(root) == loose
    assert rooms["benchmarks"] == {"high", "kinds"}
    assert find_floors(rooms) == [["__init__", "kinds"], ["low"], ["high"], ["benchmarks"]]
    chain = ["generator.high", "generator.low.area", "generator.kinds"]
    assert find_chain(file_graph(root)) == chain
    assert find_circles(rooms) == find_circles(file_graph(root)) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    """A circle over three rooms is one line, whoever closes it; it is one floor."""
    late = "if TYPE_CHECKING:\n    from generator.high import read\n"
    root = make_tree(tmp_path, FILES | {"generator/kinds.py": late})
    files = "generator.high <-> generator.kinds <-> generator.low.area"
    assert find_circles(file_graph(root)) == [files]
    assert find_circles(room_graph(root)) == ["high <-> kinds <-> low"]
    assert len(find_floors(room_graph(root))) == 2


def test_names_and_docstrings_by_hand(tmp_path: Path) -> None:
    """No dunder, no property, no `entropy`; so read, entropy_of, held_out, load and _asked.

    On arrays: entropy says its shape, held_out does not. Raising in public: read is silent.
    """
    root = make_tree(tmp_path, FILES | {"generator/high.py": BODY})
    values = {each.name: each.value for each in measure(root)}
    assert values["generator: named by a participle"] == "40 % (2 of 5)"
    assert values["generator: begin with a verb"] == "40 % (2 of 5)"
    assert values["public on arrays, name the shape"] == "50 % (1 of 2)"
    assert values["public that raise, say so"] == "50 % (1 of 2)"


def test_what_a_name_is_named_by() -> None:
    """The last word before a preposition; particles at the end are passed over."""
    names = ("held_out", "share_of_cells", "_as_given", "mean_interval", "moved_by")
    assert [head_of(name) for name in names] == ["held", "share", "given", "interval", "moved"]
    assert begins_with_verb("label_rows")
    assert not begins_with_verb("label_of")
    assert not has_participle_head("load_checked")


def test_word_lists_are_in_order() -> None:
    """Each list is sorted, each word stands once, and no verb is a participle too."""
    lists = {path.stem: path.read_text().splitlines() for path in WORDS.glob("*.txt")}
    words = {name: [w for w in lines if not w.startswith("#")] for name, lines in lists.items()}
    check_none((n for n, w in words.items() if w != sorted(set(w))), "sort tests/house/words/")
    check_none(word_list("verbs") & word_list("participles"), "take it out of one of the lists")


def test_the_records_of_a_claim_are_there() -> None:
    """The records that are counted between an effect and its claim are in the code."""
    check_none(find_absent(ROOT), "name the records of today in CLAIM_RECORDS")
