"""What a report's page says where the model was trained again, and where it was not."""

from __future__ import annotations

from generator.kinds import Verdict
from generator.records import Claim, ClaimsRecord, FileDigest, SiblingCount, SiblingRecord
from tests.site import claims_for_pages as claims
from tests.site.test_site_claims import answer_of, groups_of, page_of, plain, row_of_air, rows_of

FILE = FileDigest(name="model.safetensors", size=9, sha256="c" * 64)


def again(*passed: bool) -> ClaimsRecord:
    """What held, asked of other training runs too; fuel_flow holds alone."""
    found = claims.make_held_record()
    runs = tuple(
        SiblingRecord(id=f"seed{at}", files=(FILE,), sha256="d" * 64, passed=good, words="")
        for at, good in enumerate(passed)
    )
    count = 1 + sum(passed)

    def told(claim: Claim) -> Claim:
        alone = claim.subject == ("fuel_flow",)
        changed = {"verdict": Verdict.SUPPORTED} if alone else {}
        return claim.model_copy(update={**changed, "siblings": SiblingCount(found=count, of=count)})

    told_again = tuple(map(told, found.claims))
    return found.model_copy(update={"siblings": runs, "claims": told_again})


def test_the_answer_names_a_sensor_that_holds_alone_in_every_run() -> None:
    """Beside its group, and in how many training runs."""
    said = answer_of(again(True, True, True, True))
    assert "Exchanged alone, fuel_flow held in 5 of 5 training runs of the model." in said
    assert "Exchanged alone" not in answer_of(claims.make_held_record())


def test_each_claim_says_in_how_many_training_runs_it_holds() -> None:
    """A column of its own; without other runs there is none."""
    found = again(True, True, False)
    assert "11 of 11 3 of 3 Tested and held" in row_of_air(found)
    assert "In how many training runs" in plain(groups_of(found))
    assert "In how many training runs" not in plain(groups_of(claims.make_held_record()))
    assert {row.count("3 of 3") for row in rows_of(groups_of(found)) if "Tested" in row} == {1}


def test_the_page_says_which_runs_were_asked_and_which_were_not() -> None:
    """Those that are no better than a simple rule are named, and why they were not asked."""
    said = plain(page_of(again(True, False)))
    assert "1 other training run of the model was asked the same." in said
    assert "this one and 1 other, each clearly better than a simple rule: seed0" in said
    assert "not asked, for they are not: seed1" in said
    assert "Other training run seed1 (SHA-256)" in said


def test_one_training_run_is_said_to_be_one() -> None:
    """No more is known."""
    said = plain(page_of(claims.make_held_record()))
    assert "One training run was looked at; no other was asked." in said
    assert "what another training of the same network would rest on is not known" in said
