"""What is left when a provider is down."""

from dataclasses import replace

from planner.choose.portfolio.instance import Configuration, Instance


def without(instance: Instance, provider: str, region: str = "") -> Instance:
    """The instance without a provider, or a region of it; jobs that have nothing left are optional then.

    A job that runs there already has stopped: it is open again.
    """

    def down(configuration: Configuration) -> bool:
        return configuration.provider == provider and region in ("", configuration.region)

    jobs = []
    for job in instance.jobs:
        left = tuple(configuration for configuration in job.configurations if not down(configuration))
        names = {configuration.name for configuration in left}
        fixed = job.fixed if job.fixed is not None and job.fixed.configuration in names else None
        jobs.append(replace(job, configurations=left, fixed=fixed, required=job.required and bool(left)))
    return replace(instance, jobs=tuple(jobs))
