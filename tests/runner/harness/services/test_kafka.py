import os
import socket
from contextlib import closing

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Consumer, Producer

from greenroom_runner.harness.services.protocol import ServiceError
from tests.support.beside import Start, Started
from tests.support.loops import run

HUGE = b"\x7f\xff\xff\xff" + b"x" * 100
QUIET = {"log_level": 0}
"""A client complains on standard error when its broker goes away, as it does at a test's end."""


@pytest.fixture
def kafka(start: Start) -> Started:
    return start("kafka")


def servers(kafka: Started) -> str:
    return kafka.environment["KAFKA_BOOTSTRAP_SERVERS"]


def consumer(kafka: Started, group: str) -> Consumer:
    return Consumer(
        {
            **QUIET,
            "bootstrap.servers": servers(kafka),
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )


def publish(kafka: Started, topic: str, value: bytes) -> None:
    producer = Producer({**QUIET, "bootstrap.servers": servers(kafka)})
    producer.produce(topic, value, b"key", headers=[("source", b"test"), ("none", None)])
    assert producer.flush(20) == 0


def consumed(kafka: Started, group: str, topic: str) -> bytes | str | None:
    with closing(consumer(kafka, group)) as reader:
        reader.subscribe([topic])
        message = reader.poll(20)
        assert message is not None
        reader.commit(asynchronous=False)
        return message.value()


async def sent_by_aiokafka(servers: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        await producer.send_and_wait(topic, value, key=b"key", headers=[("source", b"test")])


async def read_by_aiokafka(servers: str, group: str, topic: str) -> bytes:
    options = {"group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False}
    async with AIOKafkaConsumer(topic, bootstrap_servers=servers, **options) as reader:
        message = await reader.getone()
        await reader.commit()
        return bytes(message.value)


def test_what_confluent_kafka_publishes_is_told(kafka: Started) -> None:
    publish(kafka, "orders", "grün".encode())
    [found] = kafka.ask("records", "orders")
    assert 0 <= found.pop("partition") < 4
    headers = {"source": "test", "none": None}
    assert found == {"key": "key", "value": "grün", "offset": 0, "headers": headers}


def test_what_aiokafka_publishes_is_told(kafka: Started) -> None:
    kafka.ask("create", "orders", 1)
    run(sent_by_aiokafka(servers(kafka), "orders", b"\xff"))
    headers = {"source": "test"}
    told = {"key": "key", "value": "\\xff", "partition": 0, "offset": 0, "headers": headers}
    assert kafka.ask("records", "orders") == [told]


def test_clients_read_what_a_check_sends(kafka: Started) -> None:
    kafka.ask("create", "orders", 2)
    kafka.ask("send", "orders", "7", "paid")
    assert consumed(kafka, "first", "orders") == b"paid"
    assert run(read_by_aiokafka(servers(kafka), "second", "orders")) == b"paid"
    [sent] = kafka.ask("records", "orders")
    offset = {"partition": sent["partition"], "offset": 1}
    assert offset in kafka.ask("committed", "first", "orders")
    assert offset in kafka.ask("committed", "second", "orders")
    assert kafka.ask("committed", "third", "orders") == []


def test_records_without_key_or_value_are_sent_as_such(kafka: Started) -> None:
    kafka.ask("create", "orders", 1)
    kafka.ask("send", "orders", None, None)
    [sent] = kafka.ask("records", "orders")
    assert (sent["key"], sent["value"]) == (None, None)


def test_records_come_by_partition_and_offset(kafka: Started) -> None:
    kafka.ask("create", "orders", 3)
    for number in range(30):
        kafka.ask("send", "orders", str(number % 7), str(number))
    places = [(each["partition"], each["offset"]) for each in kafka.ask("records", "orders")]
    assert len(places) == 30
    assert places == sorted(places)


def test_a_topic_that_nobody_has_used_holds_nothing(kafka: Started) -> None:
    assert kafka.ask("records", "nowhere") == []
    assert kafka.ask("committed", "group", "nowhere") == []


def test_what_cannot_be_done_is_said(kafka: Started) -> None:
    kafka.ask("create", "orders", 1)
    with pytest.raises(ServiceError, match=r"^There is a topic 'orders' already\.$"):
        kafka.ask("create", "orders", 1)
    with pytest.raises(ServiceError, match=r"^A topic has 1 to 16 partitions, not 17\.$"):
        kafka.ask("create", "more", 17)
    with pytest.raises(ServiceError, match=r"^The Kafka broker cannot do that: "):
        kafka.ask("send", "orders", None, {"a": 1})


def test_a_reset_goes_back_to_what_was_kept(kafka: Started) -> None:
    kafka.ask("create", "orders", 2)
    publish(kafka, "orders", b"kept")
    kept = kafka.ask("records", "orders")
    kafka.keep()
    for _ in range(2):
        publish(kafka, "orders", b"forgotten")
        publish(kafka, "others", b"forgotten")
        kafka.reset()
        assert kafka.ask("records", "orders") == kept
        assert kafka.ask("records", "others") == []


def test_a_group_whose_member_is_gone_without_a_word_is_new_after_a_reset(kafka: Started) -> None:
    kafka.ask("create", "orders", 1)
    kafka.ask("send", "orders", None, "first")
    kafka.keep()
    member = consumer(kafka, "group")
    member.subscribe(["orders"])
    assert member.poll(20) is not None
    member.commit(asynchronous=False)
    kafka.reset()
    assert kafka.ask("committed", "group", "orders") == []
    assert consumed(kafka, "group", "orders") == b"first"
    member.close()


@pytest.mark.parametrize("noise", [b"", b"\0" * 64, b"GET / HTTP/1.1\r\n\r\n", HUGE])
def test_noise_is_no_end_of_it(kafka: Started, noise: bytes) -> None:
    host, port = servers(kafka).split(":")
    for sent in (noise, noise + os.urandom(200)):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(sent)
    publish(kafka, "orders", b"paid")
    assert len(kafka.ask("records", "orders")) == 1
