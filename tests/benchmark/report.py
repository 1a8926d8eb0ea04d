# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the documentation with the figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from .bare import CONNECTIONS
from .scenarios import DEBUG_TASKS, HOSTS, ROLE_FORKS, ROLE_WAYS, WAYS, Run
from .targets import Figures, Verdict

PAGE_TEXT = """# Performance

This page shows how much time, processor time, memory and requests the collection needs, compared with a playbook of
`ansible.builtin.uri` tasks. Four playbooks do the same work against the simulator on the same machine: they reverse the
replications of recovered VMs. A reverse takes {task_seconds:g} s at the service, however many run at the same time. The
overhead above that time is what is compared.

![Overhead in seconds of the first and the second run, by number of replications](images/benchmark.svg)

* **`ansible.builtin.uri`** is the playbook of [the comparison](uri.md): login, list, one request for each replication
  in a loop, then `until` for each in a loop.
* **the module in a loop** uses one session, starts one reverse per iteration, and then waits for all with one task.
* **the module on hosts** uses one host for each replication, as the inventory plugin provides them, and {forks} forks.
  The [role on hosts](#the-role-on-hosts) works on all of them together.
* **one task with a list** is the recommended use of the module: `vm_replication_ids` with all of them. With more than
  200 replications the result omits the objects of the service, unless `compact: false` is set.

Every playbook runs twice: first it reverses all replications, then there is nothing left to do (columns
"again"). The latency is the round-trip time of the network: every answer takes one round trip, and a new
connection two more, for TCP and TLS. *Above the service* is the run time of `ansible-playbook` without the
{task_seconds:g} s that the service needs. *Requests* is the number of requests that the service received.
Processor time is that of `ansible-playbook` and all its processes; that of the simulator has a column of its own.
Memory is the highest total of the processes of `ansible-playbook` at one time, with shared pages counted once.

## Targets

{targets}

The targets were checked with {repetitions}.

The physical limit is the time of one task, one login, one reading, and the start requests at the given latency over
{connections} connections, without any processor time. The simulator needs processor time for its answers, on the same
processors. The figure without it is an estimate: from the run time, the processor time of the simulator during the run
is subtracted, divided by the number of processors. Some of it delays nothing, because the module only waits then for
the tasks, and some delays an answer by all of it.

What keeps a figure from its target, where one is missed:

* **1,000 within the limit**: *the least with Ansible* is the time of one task at the service, of a playbook with one
  `debug` task, and of a client that sends nothing but the login and the start requests, with the standard library
  alone: it reads no replication, waits for no task and checks nothing. The module also reads the replications, the
  tasks and the recovery plans, uses the library `requests`, looks at the tasks until the last has ended, reads the
  replications once more, and ansible-core processes its result.
* **requests**: the budget is older than the look for recovery plans of the product, which is one more request.
* **the role on hosts**: a host without a task of its own has no line in the recap. Ansible needs the same time for that
  task whatever it does: *the list and one `debug` task a host* is the sum of the role with a list and a third of the
  row of `debug` tasks [below](#the-role-on-hosts), without the start of Ansible.
* **the role, nothing to do**: the library `requests` costs about 55 ms, and ansible-core compiles the 90 files that
  such a run needs in each run anew, which takes about 80 ms.

A look is one query of the tasks, with one request for each hundred of them. The role and a
playbook of {debug_tasks} `debug` tasks run alternately, {role_runs} times each, and the cheapest run of each is
compared, because other work on the machine can only make a run longer.

{tables}

## The role on hosts

The playbook `opendr.vcda.failover` fails VMs over, first with one list at `localhost`, then with one host for each of
them and {role_forks} forks: in one batch, and in ten slices that `ansible-runner` runs side by side, as AWX does on one
machine. A failover takes {hosts_task_seconds:g} s at the service, without latency. The rows of `debug` tasks are what
`ansible-playbook` needs for as many hosts if each runs three of them.

{hosts_table}

What the role does for all hosts together costs as much as with a list. What grows with the hosts is the work of
Ansible: each host runs one task of its own, so that the recap shows its outcome.

Which way to take, by the number of replications, is in [Replications as an inventory](inventory.md#which-way-to-take).

## Measure it yourself

```sh
make bench                       # all of it, about twelve minutes on two processors; writes this page
make bench ARGS="--runs 3"       # three times all of it
make bench SCENARIOS=lists       # lists against the other ways, about eight minutes; writes nothing
make bench SCENARIOS=hosts       # the role on hosts and with a list, about three minutes; writes nothing
make bench SCENARIOS=role        # the role if nothing is to be done, half a minute; writes nothing
make bench ARGS="--most 100"     # no more than 100 replications; writes nothing
```

The figures were measured with ansible-core {core} on Python {python}, with {processors} processors, on {system}. The
simulator, also in Python, ran on the same processors. The seconds differ from machine to machine and, on a shared
machine, by up to a third from run to run. The targets are therefore ratios and counts.
"""


def page(lists: Figures, hosts: Figures, verdicts: Sequence[Sequence[Verdict]], role_runs: int) -> str:
    """Return the page, in Markdown.

    :param lists: the figures of lists of the last run, which the tables show
    :param hosts: the figures of the role on hosts of the last run
    :param verdicts: for each run, whether it met the targets
    :param role_runs: number of runs of the role with nothing to do
    """
    return PAGE_TEXT.format(
        task_seconds=lists.task_seconds,
        forks=HOSTS.forks,
        role_forks=ROLE_FORKS,
        role_runs=role_runs,
        debug_tasks=DEBUG_TASKS,
        connections=CONNECTIONS,
        targets=_targets(verdicts),
        repetitions="one run" if len(verdicts) == 1 else f"{len(verdicts)} runs; tables and picture show the last",
        tables="\n\n".join(f"## At {latency:g} ms\n\n{table(lists, latency)}" for latency in lists.latencies),
        hosts_task_seconds=hosts.task_seconds,
        hosts_table=table(hosts, 0.0),
        core=version("ansible-core"),
        python=platform.python_version(),
        processors=os.cpu_count(),
        system=platform.system(),
    )


def _targets(verdicts: Sequence[Sequence[Verdict]]) -> str:
    measured = ["measured"] if len(verdicts) == 1 else [f"run {number}" for number in range(1, len(verdicts) + 1)]
    rows = [
        (of_one[0].target, *(verdict.figure for verdict in of_one), _word(all(verdict.is_met for verdict in of_one)))
        for of_one in zip(*verdicts, strict=True)
    ]
    return _table(("target", *measured, ""), rows)


def table(figures: Figures, latency_ms: float) -> str:
    """Return the table of the runs at one latency; a row has the first and the second run of a playbook."""
    headings = (
        "N",
        "way",
        "above the service, s",
        "times the list",
        "processor, s",
        "simulator, s",
        "memory, MiB",
        "requests",
        "logins",
        "again, s",
        "processor, s",
        "requests",
    )
    rows = []
    for count in sorted({run.count for run in figures.runs}):
        for way in (*WAYS, *ROLE_WAYS):
            cold = figures.find(way, count, latency_ms)
            if cold:
                rows.append(_row(figures, cold, figures.find(way, count, latency_ms, again=True)))
    return _table(headings, rows)


def _row(figures: Figures, cold: Run, again: Run | None) -> tuple[str, ...]:
    ours = figures.find(figures.baseline, cold.count, cold.latency_ms)
    times = figures.overhead(cold) / figures.overhead(ours) if ours else 1.0
    return (
        f"{cold.count:,}",
        cold.way.label,
        f"{figures.overhead(cold):.1f}",
        f"{times:.1f}",
        f"{cold.cost.cpu:.1f}",
        f"{cold.simulator_cpu:.1f}",
        f"{cold.cost.memory:.0f}",
        f"{cold.total_requests:,}",
        f"{cold.logins}",
        *((f"{again.cost.wall:.1f}", f"{again.cost.cpu:.1f}", f"{again.total_requests:,}") if again else ("", "", "")),
    )


def line(verdict: Verdict) -> str:
    """Return the line of a verdict for the terminal."""
    return f"{_word(verdict.is_met):6} {verdict.target}: {verdict.figure}"


def progress(run: Run) -> str:
    """Return the line of a run for the terminal."""
    when = "again" if run.again else "first"
    return (
        f"{run.latency_ms:5g} ms {run.count:6,} {run.way.label:29} {when} {run.cost.wall:7.2f} s, "
        f"processor {run.cost.cpu:6.2f} s (simulator {run.simulator_cpu:5.2f} s), {run.cost.memory:4.0f} MiB, "
        f"{run.total_requests:6,} requests, {run.logins} logins"
    )


def write(folder: Path, text: str, picture: str) -> None:
    """Write the page and its picture to the documentation."""
    (folder / "benchmark.md").write_text(text, encoding="utf-8")
    (folder / "images" / "benchmark.svg").write_text(picture, encoding="utf-8")


def _word(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
