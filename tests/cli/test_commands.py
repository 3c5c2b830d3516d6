"""What each command prints where, and the code it ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from generator.doors.commands import app, main
from generator.errors import ExitCode

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCES}


def test_check_says_that_all_is_well_on_stderr(process: Command) -> None:
    """A right manifest: code 0, nothing on stdout, one line of log."""
    done = process("check")
    assert done.returncode == ExitCode.DONE
    assert done.stdout == ""
    assert done.stderr == "reports.yaml: 2 reports, 1 dataset, 1 model, 0 agents; no mistakes\n"


def test_check_is_silent_when_told_so(command: Command) -> None:
    """-q leaves errors only."""
    done = command("check", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_lists_all_mistakes_and_ends_with_2(process: Command, project: Path) -> None:
    """Mistakes go to stderr, one a line, with the file as typed."""
    wrong = (project / "reports.yaml").read_text().replace("length: 8", "length: 1")
    (project / "wrong.yaml").write_text(wrong.replace("count: 3", "count: -3"))
    done = process("check", "-f", "./wrong.yaml")
    assert done.returncode == ExitCode.USAGE
    assert done.stdout == ""
    assert done.stderr == (
        "./wrong.yaml:10:22: datasets.plant.window.length: must be at least 2 (found 1)\n"
        "./wrong.yaml:17:60: reports[1].windows.count: must be at least 1 (found -3)\n"
    )


@pytest.mark.parametrize("name", ["check", "plan", "build", "serve"])
def test_every_command_needs_its_manifest(command: Command, name: str) -> None:
    """A manifest that is not there is told with the next step."""
    done = command(name, "-f", "none.yaml")
    assert done.returncode == ExitCode.USAGE
    says = "none.yaml:1:1: no such file; 'attention-reports new DIR' writes a first one\n"
    assert done.stderr == says


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "No such command 'chek'"),
        (["check", "--fast"], "No such option: --fast"),
        (["build", "--jobs", "0"], "--jobs"),
        (["verify"], "Missing argument 'PATH'"),
        (["-f", "reports.yaml", "check"], "No such option: -f"),
    ],
)
def test_wrong_usage_ends_with_2(command: Command, arguments: list[str], said: str) -> None:
    """A slip on the command line is named, without a traceback."""
    done = command(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_only_takes_ids_of_reports(command: Command) -> None:
    """An unknown id is refused before anything is loaded."""
    done = command("build", "--only", "twoo")
    assert done.returncode == ExitCode.USAGE
    expected = "reports.yaml: no report is called \"twoo\" (did you mean 'two'?)\n"
    assert done.stderr == expected


def test_schema_prints_json(command: Command) -> None:
    """The schema is data: on stdout, and nothing else."""
    done = command("schema")
    assert done.returncode == ExitCode.DONE
    assert json.loads(done.stdout)["$schema"].endswith("2020-12/schema")
    assert done.stderr == ""


def test_verify_needs_a_folder(command: Command) -> None:
    """A site that is not there is a slip of usage, not a finding."""
    done = command("verify", "site")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == "site: no such folder; name a built site\n"


def test_verify_ends_with_4_when_something_is_wrong(command: Command, project: Path) -> None:
    """A folder that nobody published has findings: one a line, or as JSON."""
    (project / "site").mkdir()
    (project / "site" / "index.html").write_text("<img src='https://elsewhere/x.png'>")
    lines = command("verify", "site")
    assert lines.returncode == ExitCode.INTEGRITY
    found = json.loads(command("verify", "site", "--json").stdout)
    expected = [f"{f['kind']}: {f['file']}: {f['message']}" for f in found]
    assert lines.stdout.splitlines() == expected
    assert len(expected) == 1
    assert "name the folder that 'build' wrote" in expected[0]
    assert lines.stderr == "site: 1 finding\n"


def test_a_manifest_without_its_option_is_told(command: Command) -> None:
    """`build reports.yaml` says which option names a manifest; `build -f` takes it."""
    done = command("build", "reports.yaml")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == "reports.yaml: name a manifest with its option: -f reports.yaml\n"
    assert command("check", "-f", "reports.yaml").returncode == ExitCode.DONE


def test_the_version_is_told(command: Command) -> None:
    """`--version` prints the installed version."""
    done = command("--version")
    expected = f"attention-reports {version('attention-reports')}\n"
    assert (done.returncode, done.stdout) == (ExitCode.DONE, expected)


def test_plan_prints_a_row_per_report(command: Command) -> None:
    """Before the first build everything would run; JSON holds the whole keys."""
    done = command("plan")
    assert done.returncode == ExitCode.DONE
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["stale", "one"],
        ["stale", "two"],
    ]
    assert done.stderr == "2 of 2 reports would run\n"
    (row,) = json.loads(command("plan", "--json", "--only", "two").stdout)
    assert (row["id"], row["state"], row["model"], row["agent"]) == ("two", "stale", "net", None)
    assert len(row["key"]) == 64


def test_check_and_plan_mention_comparisons(command: Command, project: Path) -> None:
    """One is counted; the pair stands below the reports it is made from, and not in their JSON."""
    path = project / "reports.yaml"
    text = path.read_text().replace(", windows: {count: 3}", "")
    path.write_text(text + "comparisons: [[two, one]]\n")
    assert "0 agents, 1 comparison; no mistakes" in command("check").stderr
    last = command("plan").stdout.splitlines()[-1]
    assert last == "compare  two with one  after the runs, from the records of the two"
    assert [row["id"] for row in json.loads(command("plan", "--json").stdout)] == ["one", "two"]


def test_new_writes_a_project_that_check_accepts(command: Command, project: Path) -> None:
    """The starter is complete: its manifest has no mistakes where it was written."""
    done = command("new", "my plant")
    assert done.returncode == ExitCode.DONE
    assert "my plant/reports.yaml" in done.stdout.splitlines()
    assert done.stderr == "next: cd 'my plant' && attention-reports build\n"
    assert command("check", "-f", "my plant/reports.yaml").returncode == ExitCode.DONE


def test_the_starter_is_small(command: Command, project: Path) -> None:
    """At most 500 KB."""
    command("new", "first")
    files = [path for path in (project / "first").rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) <= 500_000
    assert not any(path.is_symlink() for path in files)


def test_new_overwrites_nothing(command: Command, project: Path) -> None:
    """A folder that holds something is refused and left as it was."""
    before = sorted(project.rglob("*"))
    done = command("new", ".")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == ". is not an empty folder; name a new one\n"
    assert sorted(project.rglob("*")) == before


LIGHT = """
import sys
from generator.doors.commands import main
code = main({arguments!r})
heavy = ["torch", "transformers", "mkdocs", "matplotlib", "scipy", "sklearn", "rich"]
print(code, [name for name in heavy if name in sys.modules])
"""


@pytest.mark.parametrize("arguments", [["check", "-q"], ["schema"], ["new", "-q", "x"]])
def test_light_commands_load_nothing_heavy(project: Path, arguments: list[str]) -> None:
    """Torch, transformers, MkDocs and the rest are not imported by `check`."""
    done = _python(LIGHT.format(arguments=arguments), project)
    assert done.stdout.splitlines()[-1] == "0 []"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX resource usage")
def test_check_takes_less_than_a_second(process: Command) -> None:
    """Processor time, the lowest of three starts: waiting for a busy machine does not count."""
    times = []
    for _ in range(3):
        before = os.times()
        process("check")
        after = os.times()
        times.append(after.children_user + after.children_system)
        times[-1] -= before.children_user + before.children_system
    assert min(times) < 1.0


BUG = """
import sys
import generator.manifest.load as load
del load.read_structure  # a bug of ours: a name that is not there
from generator.doors.commands import main
sys.exit(main({arguments!r}))
"""


def test_a_bug_of_ours_is_one_line_and_70(project: Path) -> None:
    """The unforeseen is called by its name; the traceback comes with -v only."""
    plain = _python(BUG.format(arguments=["check"]), project)
    assert plain.returncode == ExitCode.OUR_BUG
    assert plain.stderr.startswith("attention-reports: our bug: NameError: ")
    assert plain.stderr.endswith("; run it again with -v and send us what it prints\n")
    assert plain.stderr.count("\n") == 1
    told = _python(BUG.format(arguments=["check", "-v"]), project)
    assert told.returncode == ExitCode.OUR_BUG
    assert told.stderr.startswith("Traceback")


MISSING = """
import sys
sys.modules["generator.doors.starter"] = None
sys.modules["shutil_that_is_missing"] = None
from generator.doors.commands import app, main
@app.command()
def need() -> None:
    import shutil_that_is_missing.part
sys.exit(main(["need"]))
"""


def test_a_missing_package_is_named_and_5(project: Path) -> None:
    """A package that is not installed is told with the command that installs it."""
    done = _python(MISSING, project)
    assert done.returncode == ExitCode.MISSING_PROGRAM
    name = "shutil_that_is_missing"
    assert done.stderr == f"the package {name} is not installed; run: pip install {name}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_ends_with_130(project: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end a command alike, without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "wait"],
        cwd=project,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(0.3)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (ExitCode.INTERRUPTED, "")


INTERRUPTED = """
import sys, time
from generator.doors.commands import app, main
@app.command()
def wait() -> None:
    print("started", flush=True)
    time.sleep(60)
sys.exit(main(sys.argv[1:]))
"""


def test_main_returns_the_code(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called from Python, the command line ends in a number, never in SystemExit."""
    monkeypatch.chdir(project)
    assert main(["check", "-q"]) == 0
    assert main(["check", "-f", "none.yaml"]) == 2
    assert main(["--help"]) == 0


def test_the_commands_are_those_of_the_design() -> None:
    """A command that is not built yet is absent."""
    names = {
        info.name or info.callback.__name__ for info in app.registered_commands if info.callback
    }
    assert names == {"new", "check", "plan", "build", "serve", "doctor", "schema", "verify"}


def _python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
