"""Tells the story on the terminal: headings, tables and progress where there is one, plain lines where there is not."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


class Teller:
    """Prints, keeps the facts that were printed, and times each step."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.facts: dict[str, str | int] = {}
        self.seconds: list[tuple[str, float]] = []
        self._bar: tuple[Progress, TaskID, str] | None = None

    @contextmanager
    def step(self, number: int, title: str) -> Iterator[None]:
        """One step of the story."""
        heading = f"{number}. {title}"
        self.console.print(f"\n[bold]{heading}[/bold]" if self.console.is_terminal else f"\n{heading}", highlight=False)
        began = time.perf_counter()
        yield
        self.seconds.append((heading, time.perf_counter() - began))

    def say(self, sentence: str) -> None:
        """A sentence."""
        self.console.print(f"   {sentence}", highlight=False, markup=False, soft_wrap=True)

    def fact(self, name: str, value: str | int, sentence: str) -> None:
        """A sentence with an id or a count in it, kept under a name so that it can be read back and compared."""
        self.facts[name] = value
        self.say(sentence.format(value))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; without a terminal one line per row."""
        if not self.console.is_terminal:
            self.say(title)
            for row in rows:
                self.say("  " + " | ".join(str(cell) for cell in row))
            return
        table = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self.console.print(table)

    @contextmanager
    def progress(self, what: str, *, total: int, point: str) -> Iterator[None]:
        """A progress bar that moves each time that point is reached; without a terminal nothing."""
        bar = Progress(
            TextColumn("   {task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(), console=self.console, disable=not self.console.is_terminal, transient=True,
        )  # fmt: skip
        with bar:
            self._bar = (bar, bar.add_task(what, total=total), point)
            yield
            self._bar = None

    def listen(self, point: str) -> None:
        """Told every named point that is reached."""
        if self._bar is not None and point == self._bar[2]:
            bar, task, _ = self._bar
            bar.advance(task)
