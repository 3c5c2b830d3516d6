"""The hydraulic rig and the Tennessee Eastman process: which tables they give.

In: data read in place, beside the checkout. Out: tables; none where the data is not there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.known_causes import eastman
from benchmarks.known_causes.assessments import Row, assess_windows
from benchmarks.known_causes.causes import read_causes
from benchmarks.known_causes.class_grades import grade_sample, rank_sensors, sample_cause
from benchmarks.known_causes.eastman_model import ensure_model
from benchmarks.known_causes.subject import Subject, build_subject, load_subjects
from generator.build.plan import Run
from generator.datasets.windows import cut_windows
from generator.models.source import load_model
from generator.spec.models import ModelSpec
from generator.spec.reports import ReportSpec

ROOT = Path(__file__).parents[2]
RIG = ROOT.parent / "shared" / "data" / "hydraulic_rig" / "hydraulic_rig_1hz.csv.gz"
RIG_REPORTS = ("cooler-by-sensor", "pump-by-sensor")
FAULTY = {"hydraulic-cooler": ("3", "20"), "hydraulic-pump": ("1", "2")}
LARGEST = 5  # groups listed beside the expected ones where there are very many
Tables = dict[str, list[Row]]


def list_absent() -> list[str]:
    """The data files that are not beside this checkout."""
    return [path.name for path in (RIG, eastman.DATA) if not path.exists()]


def drop_spans(subject: Subject) -> Subject:
    """The same, asked about whole windows alone: nothing is known of when."""
    return replace(subject, budget=subject.budget.model_copy(update={"spans": 1}))


def build_rig_tables(most: int) -> Tables:
    """A cooler throttled and a pump that leaks, on a rig that was measured."""
    causes, rows, groups, sensors = read_causes(), [], [], []
    for subject in load_subjects(ROOT / "tests" / "real" / "reports.yaml", RIG_REPORTS):
        states = FAULTY[subject.dataset]
        for name, cause in causes[subject.dataset].causes.items():
            one = sample_cause(drop_spans(subject), name, cause, states, most)
            found = assess_windows(subject, one.explained)
            row, some = grade_sample(one, found)
            rows.append(row)
            groups += some
            sensors += rank_sensors(one, found)
    return {
        "Hydraulic rig: expected groups": rows,
        "Hydraulic rig: every group": groups,
        "Hydraulic rig: sensors exchanged alone": sensors,
    }


def build_eastman_tables(most: int) -> Tables:
    """Four faults of a simulated chemical plant."""
    subject, rows, groups = drop_spans(load_eastman_subject()), [], []
    for fault, cause in read_causes()[eastman.DATASET].causes.items():
        one = sample_cause(subject, f"fault {fault}", cause, (fault,), most)
        row, some = grade_sample(one, assess_windows(subject, one.explained))
        rows.append(row)
        groups += [each for at, each in enumerate(some) if at < LARGEST or each["expected"]]
    return {
        "Tennessee Eastman: expected groups": rows,
        f"Tennessee Eastman: the {LARGEST} largest groups and the expected ones": groups,
    }


def load_eastman_subject() -> Subject:
    """The model and its windows; trained first where its weights are not kept."""
    spec, table = eastman.read_runs()
    folder = ensure_model(cut_windows(spec, table).select_held(out=False))
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
    return build_subject(run, table, load_model("safetensors", folder, eastman.DATASET))
