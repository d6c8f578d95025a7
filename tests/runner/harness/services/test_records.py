from greenroom_runner.harness.services.inside.records import Records


def test_what_no_longer_fits_is_not_taken() -> None:
    records = Records(room=10)
    assert [records.add(each) for each in ("1234", "123", "1")] == [True, False, True]
    assert records.all() == ["1234", "1"]


def test_a_record_counts_as_it_is_written() -> None:
    assert not Records(room=10).add("\0\0")


def test_it_goes_back_to_what_was_kept() -> None:
    records = Records(room=12)
    records.add("1234")
    records.keep()
    for _ in range(2):
        records.remove(lambda record: record == "1234")
        assert records.add("123456789")
        records.reset()
        assert records.all() == ["1234"]
    assert not records.add("12345")


def test_what_is_removed_gives_its_room_back() -> None:
    records = Records(room=6)
    for number in ("1111", "2222", "3333"):
        records.remove(lambda record: record != "x")
        assert records.add(number)
    assert records.all() == ["3333"]
