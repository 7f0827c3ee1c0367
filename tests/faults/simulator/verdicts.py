"""What a run can come to that it must not."""


class Broken(Exception):
    """A promise was broken; `code` names which, `trace` says how it came to it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.origin = ""
        self.trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.detail}", self.origin, *self.trace]
        return "\n".join(line for line in lines if line)


class Killed(Exception):
    """An item that kills its worker was worked on."""


def require(holds: object, code: str, *detail: object) -> None:
    """Raise Broken unless it holds; the detail is put in words only then."""
    if not holds:
        raise Broken(code, " ".join(map(str, detail)))
