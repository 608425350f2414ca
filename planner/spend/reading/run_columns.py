"""What a run log may say, in the names in which people, Slurm, Kubernetes, W&B and MLflow write it."""

from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "run": ("run", "run_id", "run_uuid", "id", "job_id", "uid", "jobid"),
    "job": ("job", "job_name", "run_name", "name", "display_name", "experiment", "experiment_name", "jobname"),
    "scenario": ("scenario", "scenario_name", "plan", "planner_scenario"),
    "version": ("version", "model_version", "revision", "git_commit", "commit"),
    "method": ("method", "tuning", "fine_tuning_method", "finetuning_type", "peft_type", "peft"),
    "stack": ("stack", "framework", "trainer", "training_stack"),
    "gpu": ("gpu", "gpu_type", "gpu_name", "gpu_model", "gpu_id", "card", "accelerator", "accelerator_type",
            "accelerators"),
    "instance": ("instance", "instance_type", "machine_type", "machine", "node_type", "flavor", "sku"),
    "gpu_count": ("gpu_count", "n_gpus", "num_gpus", "gpus", "world_size", "ngpus", "gpu_num", "num_gpu"),
    "provider": ("provider", "cloud", "cloud_provider"),
    "region": ("region", "location", "zone", "availability_zone"),
    "tier": ("tier", "pricing", "pricing_model", "capacity_type", "purchase_option", "market", "spot"),
    "started": ("start", "started", "started_at", "start_time", "start_date", "began_at", "begin", "created_at",
                "created", "timestamp", "submit"),
    "ended": ("end", "ended", "ended_at", "end_time", "end_date", "finished", "finished_at", "finish_time",
              "completed_at", "completion_time", "stopped_at"),
    "hours": ("duration_hours", "hours", "train_hours", "training_hours", "runtime_hours", "wall_clock_hours",
              "duration_h", "elapsed_hours"),
    "seconds": ("duration_s", "duration_seconds", "runtime_s", "runtime_seconds", "train_runtime", "elapsed_s",
                "elapsed_seconds", "runtime", "elapsed", "wall_time_s"),
    "status": ("status", "state", "phase", "outcome", "run_status", "job_state", "result"),
    "epochs": ("epochs", "epoch", "num_epochs", "num_train_epochs", "n_epochs"),
    "samples": ("samples", "n_samples", "num_samples", "examples", "num_examples", "train_samples", "dataset_size"),
    "tokens": ("tokens", "tokens_total", "total_tokens", "train_tokens", "num_tokens", "num_input_tokens_seen"),
    "metric": ("metric", "metric_name", "metric_for_best_model"),
    "value": ("value", "metric_value", "score", "best_metric", "best_value"),
    "higher_is_better": ("higher_is_better", "greater_is_better", "maximize"),
    "cost": ("cost_usd", "cost", "total_cost", "total_cost_usd", "price_usd", "amount_usd", "spend_usd"),
    "storage_gib": ("storage_gib", "storage", "checkpoint_gib", "disk_gib"),
    "storage_gb": ("storage_gb", "checkpoint_gb", "disk_gb"),
    "egress_gib": ("egress_gib", "egress", "transfer_gib"),
    "egress_gb": ("egress_gb", "transfer_gb", "data_transfer_gb"),
    "history": ("history", "log_history", "metrics_history", "curve", "loss_curve"),
    "model": ("model", "model_id", "model_name", "base_model", "model_name_or_path", "name_or_path"),
    "team": ("team", "team_id", "team_name", "squad", "department", "owner_team"),
    "project": ("project", "project_id", "project_name"),
    "tenant": ("tenant", "tenant_id", "customer", "customer_id"),
    "feature": ("feature", "feature_name", "use_case"),
}  # fmt: skip
"""Column → its names. A duration without a unit is in seconds where W&B or Slurm write it, else not read."""
NEEDED: Final = (("run", "job"), "started")
METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    name: (f"eval_{name}", f"val_{name}", f"validation_{name}", f"test_{name}", name)
    for name in ("accuracy", "f1", "exact_match", "win_rate", "rouge_l", "rougel", "bleu", "pass_at_1", "auc",
                 "precision", "recall", "reward", "perplexity", "wer", "error_rate")
} | {"loss": ("eval_loss", "val_loss", "validation_loss", "test_loss")}  # fmt: skip
"""Metrics by which runs are told apart where none is named, the likeliest first."""
LOSSES: Final = ("eval_loss", "val_loss", "validation_loss", "test_loss", "loss", "train_loss", "training_loss")
"""Names of a loss, of held-out data first."""
LOWER_IS_BETTER: Final = ("loss", "perplexity", "ppl", "wer", "cer", "error", "mae", "mse", "rmse", "latency", "nll")
"""Parts of the names of metrics of which less is better."""
HISTORY: Final[Mapping[str, tuple[str, ...]]] = {
    "step": ("step", "global_step", "iteration", "iter"),
    "epoch": ("epoch",),
    "hours": ("hours", "elapsed_hours"),
    "seconds": ("seconds", "elapsed_s", "runtime", "runtime_s"),
    "time": ("timestamp", "time"),
    "loss": LOSSES,
    "value": ("value", "metric_value", "score"),
    "samples": ("samples", "samples_seen", "train_samples"),
}
"""Keys of an entry of a history."""


def higher_is_better(metric: str) -> bool | None:
    """Whether more of a metric is better, by its name; None without one."""
    words = metric.lower()
    return None if not words else not any(part in words for part in LOWER_IS_BETTER)
