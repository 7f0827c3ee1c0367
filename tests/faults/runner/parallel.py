"""Several injectors at once: all are waited for, then the first error of any is raised."""

import threading
from collections.abc import Callable


def at_once(*strands: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run(strand: Callable[[], None]) -> None:
        try:
            strand()
        except BaseException as error:  # noqa: BLE001 - raised below, by the one who waits
            errors.append(error)

    threads = [threading.Thread(target=run, args=(strand,), daemon=True) for strand in strands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
