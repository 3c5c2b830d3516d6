"""The hydraulic rig and the Tennessee Eastman process: which tables they give.

In: data read in place, beside the checkout. Out: tables; none where the data is not there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.known_causes import eastman
from benchmarks.known_causes.by_class import asked, graded, sensor_rows
from benchmarks.known_causes.eastman_model import model_folder
from benchmarks.known_causes.expected import known_causes
from benchmarks.known_causes.subject import Subject, subject_of, subjects
from benchmarks.known_causes.told import Row, told
from generator.build.plan import Run
from generator.datasets.windows import cut_windows
from generator.models.source import load_model
from generator.spec.schema import ModelSpec, ReportSpec

ROOT = Path(__file__).parents[2]
RIG = ROOT.parent / "shared" / "data" / "hydraulic_rig" / "hydraulic_rig_1hz.csv.gz"
RIG_REPORTS = ("cooler-by-sensor", "pump-by-sensor")
FAULTY = {"hydraulic-cooler": ("3", "20"), "hydraulic-pump": ("1", "2")}
LARGEST = 5  # groups listed beside the expected ones where there are very many
Tables = dict[str, list[Row]]


def absent() -> list[str]:
    """The data files that are not beside this checkout."""
    return [path.name for path in (RIG, eastman.DATA) if not path.exists()]


def whole(subject: Subject) -> Subject:
    """The same, asked about whole windows alone: nothing is known of when."""
    return replace(subject, budget=subject.budget.model_copy(update={"spans": 1}))


def rig_tables(most: int) -> Tables:
    """A cooler throttled and a pump that leaks, on a rig that was measured."""
    causes, rows, groups, sensors = known_causes(), [], [], []
    for subject in subjects(ROOT / "tests" / "real" / "reports.yaml", RIG_REPORTS):
        states = FAULTY[subject.dataset]
        for name, cause in causes[subject.dataset].causes.items():
            one = asked(whole(subject), name, cause, states, most)
            found = told(subject, one.explained)
            row, some = graded(one, found)
            rows.append(row)
            groups += some
            sensors += sensor_rows(one, found)
    return {
        "Hydraulic rig: expected groups": rows,
        "Hydraulic rig: every group": groups,
        "Hydraulic rig: sensors exchanged alone": sensors,
    }


def eastman_tables(most: int) -> Tables:
    """Four faults of a simulated chemical plant."""
    subject, rows, groups = whole(eastman_subject()), [], []
    for fault, cause in known_causes()[eastman.DATASET].causes.items():
        one = asked(subject, f"fault {fault}", cause, (fault,), most)
        row, some = graded(one, told(subject, one.explained))
        rows.append(row)
        groups += [each for at, each in enumerate(some) if at < LARGEST or each["expected"]]
    return {
        "Tennessee Eastman: expected groups": rows,
        f"Tennessee Eastman: the {LARGEST} largest groups and the expected ones": groups,
    }


def eastman_subject() -> Subject:
    """The model and its windows; trained first where its weights are not kept."""
    spec, table = eastman.read()
    folder = model_folder(cut_windows(spec, table).held(out=False))
    model = ModelSpec(source="safetensors", path=str(folder))
    run = Run(
        id=eastman.DATASET,
        report=ReportSpec(id=eastman.DATASET, model=eastman.DATASET, dataset=eastman.DATASET),
        manifest_folder=ROOT,
        dataset_id=eastman.DATASET,
        dataset=spec,
        dataset_files=(eastman.DATA,),
        dataset_digests=(),
        model_id=eastman.DATASET,
        model=model,
        model_folder=folder,
        model_digests=(),
        key="",
    )
    return subject_of(run, table, load_model("safetensors", folder, eastman.DATASET))
