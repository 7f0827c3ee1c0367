"""The commands about the broker of the data directory: start, stop, status."""
# ruff: noqa: PLC0415
# Kafka's client is only imported where it is used; see batches_commands.py.

import typer

from pressrun.cli.exits import FAILED

app = typer.Typer(no_args_is_help=True, help="The Kafka broker of the data directory.")


@app.command()
def start() -> None:
    """Start the broker, or find the one that runs, and print its address; it goes on when this command ends."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.startup import broker_settings_of
    from streams.devbroker import start_broker

    typer.echo(start_broker(broker_settings_of(read_settings()), log=say).address)


@app.command()
def stop() -> None:
    """Stop the broker that was started here; its data stays. One that was given by address is not ours to stop."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.startup import broker_settings_of
    from streams.devbroker import stop_broker

    was_running = stop_broker(broker_settings_of(read_settings()))
    say("The broker is stopped." if was_running else "No broker of ours is running.")


@app.command()
def status() -> None:
    """Say whether the broker runs, and where; exits 1 when it does not."""
    from pressrun.cli.configuration import read_settings
    from pressrun.cli.consoles import say
    from pressrun.startup import broker_settings_of
    from streams.devbroker import broker_status

    settings = read_settings()
    broker = broker_status(broker_settings_of(settings))
    if broker is None:
        say(f"no broker runs for {settings.home}: start one with `pressrun broker start`")
        raise typer.Exit(FAILED)
    typer.echo(broker.address)
    process = f", process {broker.pid}" if broker.pid else ""
    say(f"Kafka {broker.kafka_version} ({broker.engine}){process}")
