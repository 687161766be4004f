"""Every night the published network learns what the day has brought.

Needs apache-airflow-providers-apache-spark, a connection "fip_spark" to the cluster, and two
variables: fip_jar, the application's jar, and fip_root, a folder on a file system that all machines
see. There, nightly.yaml is the recipe, days/DATE holds the data of a day, and nights is the store,
which the first night makes from the recipe's network and anchors.

Nights run one after the other and in order. A night that is repeated goes on from its newest
waypoint, and changes nothing when it has ended. Only the last task fails when the gate refuses a
night: it is what to watch, and trying again does not help it.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

ROOT = "{{ var.value.fip_root }}"
NIGHTS = ROOT + "/nights"


def fip(task_id, *arguments, **settings):
    """A command of the application on the cluster."""
    return SparkSubmitOperator(
        task_id=task_id,
        name="fip " + arguments[0],
        conn_id="fip_spark",
        application="{{ var.value.fip_jar }}",
        java_class="org.fip.spark.cli.Main",
        application_args=list(arguments),
        conf={
            "spark.driver.defaultJavaOptions": "-Dai.djl.offline=true -DOPT_OUT_TRACKING=true",
            "spark.executor.instances": "4",
            "spark.executor.cores": "4",
            "spark.executor.memoryOverhead": "4g",
        },
        **settings,
    )


with DAG(
    dag_id="fip_nightly",
    description="Learns what the day has brought, keeps what was known before.",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=10),
    },
    tags=["fip"],
) as dag:
    preflight = fip("preflight", "doctor", "--path", ROOT)
    adapt = fip(
        "adapt",
        "adapt",
        ROOT + "/nightly.yaml",
        "--set",
        "output=" + NIGHTS,
        "--set",
        "night={{ ds }}",
        "--set",
        "tasks.0.name={{ ds }}",
        "--set",
        "tasks.0.train.path=" + ROOT + "/days/{{ ds }}",
    )
    verify = fip("verify", "paths", "verify", NIGHTS)
    prune = fip("prune", "paths", "prune", NIGHTS, "--keep-nights", "30")
    published = fip("published", "paths", "latest", NIGHTS, "--require", "{{ ds }}", retries=0)
    preflight >> adapt >> verify >> prune >> published
