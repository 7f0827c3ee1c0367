"""Where a batch is at home is where every client puts its records."""

from kafka.partitioner.default import murmur2

from streams.fences import partition_of


def test_a_batch_is_at_home_where_the_other_client_puts_its_records() -> None:
    names = [f"batch-{number:04d}" for number in range(500)]

    homes = [partition_of(name, 4) for name in names]

    assert homes == [(murmur2(name.encode()) & 0x7FFFFFFF) % 4 for name in names]
    assert set(homes) == {0, 1, 2, 3}
