"""`python -m pressrun` and the `pressrun` command."""

from pressrun.cli.commands import app


def main() -> None:
    """Run the command line."""
    app(prog_name="pressrun")


if __name__ == "__main__":
    main()
