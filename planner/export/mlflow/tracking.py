"""What is asked of MLflow's client (mlflow.tracking.MlflowClient), and its figures in batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from planner.errors import SetupError
from planner.export.mlflow.figures import Figures

MISSING: Final = "logging to MLflow needs its client: pip install 'finetune-planner[mlflow]'"
MOST_PARAMETERS: Final = 100
"""In one request, as MLflow's REST API says; of metrics it takes 1,000."""


class Client(Protocol):
    """What is asked of the client."""

    def get_experiment_by_name(self, name: str) -> Any:  # noqa: ANN401 - MLflow's own types
        """The experiment, or None."""

    def create_experiment(self, name: str) -> str:
        """The id of a new one."""

    def search_runs(self, experiment_ids: list[str], filter_string: str, *, max_results: int) -> Any:  # noqa: ANN401
        """The runs that the filter lets through."""

    def create_run(self, experiment_id: str, *, tags: dict[str, str], run_name: str) -> Any:  # noqa: ANN401
        """A new run."""

    def log_batch(self, run_id: str, metrics: Sequence[Any], params: Sequence[Any]) -> object:
        """Metrics and parameters."""

    def log_artifact(self, run_id: str, local_path: str) -> object:
        """A file."""

    def set_terminated(self, run_id: str, status: str) -> object:
        """The end of a run."""


@dataclass(frozen=True, slots=True)
class Server:
    """A client, and MLflow's types of what is logged."""

    client: Client
    metric: Callable[[str, float, int, int], Any]
    """Of name, value, milliseconds since 1970 and step."""
    parameter: Callable[[str, str], Any]
    """Of name and value."""

    def log(self, run: Any, figures: Figures) -> None:  # noqa: ANN401 - MLflow's own type
        """Log the figures to a run, metrics as of its start."""
        metrics = [self.metric(key, value, run.info.start_time, 0) for key, value in figures.metrics.items()]
        parameters = [self.parameter(key, text) for key, text in figures.parameters.items()]
        self.client.log_batch(run.info.run_id, metrics, [])
        for start in range(0, len(parameters), MOST_PARAMETERS):
            self.client.log_batch(run.info.run_id, [], parameters[start : start + MOST_PARAMETERS])


def connect(uri: str) -> Server:
    """The server at a tracking URI; raises SetupError where the client is missing."""
    try:
        from mlflow.entities import Metric, Param  # an extra of its own
        from mlflow.tracking import MlflowClient
    except ImportError as error:
        raise SetupError(MISSING) from error
    return Server(MlflowClient(tracking_uri=uri), Metric, Param)
