"""The commands and their options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from mfgcheck.cli.audit import run_audit
from mfgcheck.cli.budget import run_budget
from mfgcheck.cli.check import run_check
from mfgcheck.cli.equilibria import run_equilibria
from mfgcheck.cli.games import list_games, write_game
from mfgcheck.cli.learn import run_learn
from mfgcheck.cli.reproduce import add_options
from mfgcheck.cli.solve import run_solve
from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_EXIT_STATUS = """\
exit status:
  0  proved, or done         2  undecided                     70  a defect of mfgcheck
  1  refuted                64  bad input or wrong usage     130  interrupted
"""
_SOLVE_STATUS = """\
exit status:
  0  every run converged     2  a run met --max-steps         70  a defect of mfgcheck
  1  a run cycles           64  bad input or wrong usage     130  interrupted
"""
_EQUILIBRIA_STATUS = """\
exit status:
  0  all T-MFE are listed   64  bad input or wrong usage     130  interrupted
  2  there may be more      70  a defect of mfgcheck
"""
_LEARN_STATUS = """\
exit status:
  0  done                   70  a defect of mfgcheck
 64  bad input             130  interrupted
"""
_AUDIT_STATUS = """\
exit status:
  0  all evidence is as it says      64  bad input or wrong usage
  1  some of it is not               70  a defect of mfgcheck
  2  some of it was not decided     130  interrupted
"""
_BUDGET_STATUS = """\
exit status:
  0  a budget is certified  64  bad input or wrong usage     130  interrupted
  2  none was found         70  a defect of mfgcheck
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line and end as every bad input does."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message} (`{self.prog} --help` tells more)")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        # argparse's own one passes over a disk that is full.
        (file or sys.stdout).write(self.format_help())


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        import mfgcheck

        print(f"mfgcheck {mfgcheck.__version__}")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `options.run` is the command to call."""
    made = _Parser(
        prog="mfgcheck",
        description="Decide whether a finite mean field game has strategic complementarities,\n"
        "with a proof or a counterexample for every clause of the definition,\n"
        "find its trembling-hand equilibria, and say how many samples it takes to learn one.",
        epilog=_EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _check(commands)
    _solve(commands)
    _equilibria(commands)
    _budget(commands)
    _learn(commands)
    _audit(commands)
    _reproduce(commands)
    listing = commands.add_parser("games", help="list the gallery", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print the list as JSON")
    listing.set_defaults(run=list_games)
    starting = commands.add_parser("new", help="write a game to start from", allow_abbrev=False)
    starting.add_argument("file", metavar="FILE", help="the file to write, ending in .py")
    starting.set_defaults(run=write_game)
    return made


def _check(commands: Any) -> None:
    command = _on_a_game(
        commands, run_check, "check", "decide every clause for a game, over all mean fields"
    )
    command.add_argument(
        "--clause",
        action="append",
        metavar="ID",
        help="check this clause only, for example kernel.supermodular; may be repeated",
    )
    command.add_argument(
        "--levels",
        action="store_true",
        help="add what holds beyond the definition: is T-BR order-preserving, which equilibria "
        "are there, what does T-BR do; no part of the exit status",
    )
    command.add_argument(
        "--all-sizes",
        action="store_true",
        help="add for which numbers of states and actions each clause holds, where reward and "
        "transition are formulas of s and a; no part of the exit status",
    )
    command.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="stop deciding after so long; what is open then is UNDECIDED",
    )
    _html(command)


def _solve(commands: Any) -> None:
    command = _on_a_game(
        commands, run_solve, "solve", "run T-BR in floating point: what it does, not what is proved"
    )
    command.epilog = _SOLVE_STATUS
    command.add_argument(
        "--from",
        dest="start",
        default="both",
        metavar="START",
        help="least or greatest law, both (the default), or a JSON file: {state: mass}, where a "
        'mass is a number or a text like "1/3"',
    )
    command.add_argument(
        "--algorithm",
        choices=("t-br", "modified"),
        default="t-br",
        help="t-br: Algorithm 1 of the paper (the default); modified: Algorithm 6",
    )
    command.add_argument(
        "--accuracy",
        default="1e-8",
        metavar="NUMBER",
        help="largest ||z - Phi(z, mu)||_1 that counts as convergence; 1e-8 by default",
    )
    command.add_argument(
        "--max-steps", type=_count, default=10_000, metavar="N", help="10000 by default"
    )
    _plot(command)
    _html(command)


def _equilibria(commands: Any) -> None:
    command = _on_a_game(
        commands, run_equilibria, "equilibria", "enclose every T-MFE, or prove that there is none"
    )
    command.epilog = _EQUILIBRIA_STATUS
    command.add_argument(
        "--radius",
        default="1e-10",
        metavar="NUMBER",
        help="how far the mass of a state may be off at most; 1e-10 by default",
    )
    command.add_argument(
        "--max-strategies",
        type=_count,
        default=64,
        metavar="N",
        help="how many strategies to try at a tie before cutting on; 64 by default",
    )
    command.add_argument(
        "--max-boxes",
        type=_count,
        default=5_000,
        metavar="N",
        help="how many boxes of mean fields to look at; 5000 by default",
    )
    command.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="stop looking after so long; what is open then is listed",
    )
    _plot(command)
    _html(command)


def _budget(commands: Any) -> None:
    command = _on_a_game(
        commands, run_budget, "budget", "say how many samples are enough to learn the equilibrium"
    )
    command.epilog = _BUDGET_STATUS
    command.add_argument(
        "--accuracy",
        default="1/10",
        metavar="NUMBER",
        help="a learner is to end within twice this of the T-MFE, in ||.||_1; 1/10 by default",
    )
    command.add_argument(
        "--failure",
        default="1/20",
        metavar="NUMBER",
        help="the probability with which that may be missed; 1/20 by default",
    )
    command.add_argument(
        "--theorem",
        choices=("4", "5", "6", "all"),
        default="all",
        help="4: TMFQ-learning with a simulator, 5: online with a population, 6: GMBL, a model "
        "from samples; all by default",
    )
    command.add_argument(
        "--samples",
        type=_large_count,
        metavar="N",
        help="say also which accuracy N simulator calls buy",
    )
    command.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value for what the printed bounds leave open, or the game has none of: C3, C5, L, "
        "w, c_T4, c_T5, c_T6",
    )
    command.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="stop each part after so long: bounds may be less tight, or missing",
    )
    _plot(command)
    _html(command)


def _learn(commands: Any) -> None:
    command = _on_a_game(
        commands, run_learn, "learn", "run a learning algorithm: one run, which is chance"
    )
    command.epilog = _LEARN_STATUS
    command.add_argument(
        "--algorithm",
        choices=("tmfq", "gmbl", "o-tmfq", "iql", "mfq"),
        default="o-tmfq",
        help="tmfq: Algorithm 2, gmbl: Algorithm 5, o-tmfq: Algorithm 3 (the default), iql and "
        "mfq: the paper's baselines",
    )
    command.add_argument(
        "--iterations", type=_count, default=1000, metavar="N", help="of the mean field; 1000"
    )
    command.add_argument(
        "--agents", type=_count, metavar="N", help="o-tmfq, iql, mfq: how many; 1000 by default"
    )
    command.add_argument(
        "--seen", type=_count, metavar="N", help="mfq: how many agents one sees; 512 by default"
    )
    command.add_argument(
        "--samples", type=_count, metavar="N", help="gmbl: next states of each pair; 500 by default"
    )
    command.add_argument(
        "--rule",
        metavar="RULE",
        help="tmfq: when an iteration ends: 1000,1000 for so many updates and draws (the default), "
        "or printed:EPS1,EPS2 for the paper's rules, which stop too early",
    )
    command.add_argument(
        "--rate",
        metavar="FIRST[:LAST]",
        help="all but gmbl: the learning rate, from the first iteration to the last; 1e-2:1e-3 by "
        "default (the paper prints it the other way round)",
    )
    command.add_argument("--seed", type=_natural, default=0, metavar="N", help="0 by default")
    command.add_argument(
        "--no-reference",
        dest="reference",
        action="store_false",
        help="do not look for the T-MFE to compare with",
    )
    _plot(command)


def _audit(commands: Any) -> None:
    command = commands.add_parser(
        "audit",
        help="decide every claim of the paper, by evidence that is run",
        epilog=_AUDIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "claims",
        nargs="*",
        metavar="CLAIM",
        help="ids of claims, such as theorem-2; all by default",
    )
    command.add_argument("--full", action="store_true", help="run what takes long, too")
    command.add_argument("--json", action="store_true", help="print the audit as JSON")
    command.add_argument(
        "--quiet", action="store_true", help="no progress and no report: only the exit status"
    )
    command.set_defaults(run=run_audit)


def _reproduce(commands: Any) -> None:
    command = commands.add_parser(
        "reproduce",
        help="run the paper's experiments, and compare with what it says of its figures",
        epilog=_LEARN_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_options(command, _count, _natural)


def _on_a_game(
    commands: Any, run: Callable[[argparse.Namespace], int], name: str, what: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        epilog=_EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("game", metavar="GAME", help="a gallery name, file.py or file.py:name")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter of the game, exactly: 1/20, 0.05, 1e-3, true, a text",
    )
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.add_argument(
        "--quiet", action="store_true", help="no progress and no report: only the exit status"
    )
    command.set_defaults(run=run)
    return command


def _plot(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--plot",
        metavar="FILE",
        help="draw the result into an .svg, .png or .pdf file (needs matplotlib), in place of "
        "what is there",
    )


def _html(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--html",
        metavar="FILE",
        help="write the result with drawings as one page, an .html file that needs nothing else, "
        "in place of what is there",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return seconds


def _count(text: str, digits: int = 9) -> int:
    # int() itself would also read "1_000", and thousands of digits not at all.
    if not (text.isascii() and text.isdigit() and len(text) <= digits and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def _natural(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _large_count(text: str) -> int:
    return _count(text, 100)
