"""Where a review's figures come from: bills, runs, requests, samples of GPUs, deployments."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from planner.scenario.blocks import Block, Code, FileName, Name, Slug

Files = FileName | Annotated[list[FileName], Field(min_length=1, max_length=1000)]
"""One file or several, by their paths from here; * and ? stand for any signs of a name."""
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Columns = Annotated[dict[Name, Name], Field(max_length=200)]
"""Column that is meant → what the file calls it."""


class _Source(Block):
    """What all sources may say."""

    name: Slug | None = None
    """What reports call it; left out, after its kind."""
    columns: Columns = Field(default_factory=dict)
    """Columns of another name: the one that is meant, and what the file calls it."""


class Bill(_Source):
    """Cost and usage as providers export them in the FOCUS format, 1.0 to 1.3."""

    focus: Files
    """The exports: CSV (.csv, .csv.gz) or Parquet."""
    overlap: Literal["same_rows", "later_file"] = "same_rows"
    """What counts where files cover the same time. same_rows: a row that several files have counts once, all others
    count. later_file: of a billing account and billing period only the file that stands last counts, as where a
    provider exports a month anew."""
    invoices: Annotated[dict[Month, Annotated[float, Field(ge=-1e12, le=1e12)]], Field(max_length=600)] = Field(
        default_factory=dict
    )
    """What the provider's invoice says of a month, in the currency of the bill: {2026-10: 18204.11}; the rows are held
    against it."""


class Runs(_Source):
    """What training runs used and gave."""

    runs: Files | None = None
    """CSV or JSON lines, one run each: run, job, model, version, team, gpu, gpu_count, start, end, status, epochs,
    samples, tokens, metric, cost, storage, egress; `history` has a loss for every epoch or step."""
    mlflow: Name | None = None
    """An experiment of MLflow; where its server is says `--mlflow` or MLFLOW_TRACKING_URI, never the scenario."""

    @model_validator(mode="after")
    def _one_place(self) -> "Runs":
        if self.runs is None and self.mlflow is None:
            message = "name one of focus, runs, mlflow, requests, gpu_samples and deployments"
            raise ValueError(message)
        if self.runs is not None and self.mlflow is not None:
            message = "name either runs or mlflow, and the other as a source of its own"
            raise ValueError(message)
        return self


class Requests(_Source):
    """What was asked of models, request by request, or summed up by the hour or day."""

    requests: Files
    """CSV or JSON lines: timestamp, model, input_tokens, output_tokens and, where known, cached_tokens, prompt_hash,
    cost, status, latency_ms, team, tenant, user, feature, project, deployment; a row that stands for several has
    `requests` and `failed`."""
    currency: Code = "USD"
    """Currency of the cost that it logs."""


class GpuSamples(_Source):
    """How busy GPUs were: exports of nvidia-smi, DCGM or Prometheus."""

    gpu_samples: Files
    """CSV or JSON lines, as `planner gpus` reads them; the host's name joins them to resources of the bill."""


class Deployments(_Source):
    """What was deployed, and how many requests it answered."""

    deployments: Files
    """CSV or JSON lines: deployment, model, team, gpu, gpu_count, replicas, start, end and, where known, requests,
    failed, latency_ms."""


Source = Bill | Runs | Requests | GpuSamples | Deployments
