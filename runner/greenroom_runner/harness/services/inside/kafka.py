"""A broker that speaks the Kafka protocol: librdkafka's own, which keeps everything in memory.

Answers reach it through a port that stays the same, while each reset begins a new cluster behind
it: a consumer group would otherwise wait for members whose process is gone.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from greenroom_runner.harness.services.inside.listening import Listener
from greenroom_runner.harness.services.inside.mock_cluster import MockCluster
from greenroom_runner.harness.services.inside.records import MAX_TEXT, Records
from greenroom_runner.harness.services.protocol import ServiceError

MAX_PARTITIONS = 16
MAX_READ = 2000
"""How many records of a topic are looked at."""
_SECONDS = 5.0
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class _Topic:
    name: str
    partitions: int
    messages: list[Message]


class Kafka:
    """One broker. A topic that is used before it is made gets four partitions."""

    def __init__(self, listening: socket.socket) -> None:
        self._listener = Listener(listening, self._pass_on)
        self._cluster = MockCluster(self._listener.host, self._listener.port)
        self._kept: list[_Topic] = []

    @property
    def questions(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "create": self._create,
            "send": self._send,
            "records": self._records,
            "committed": self._committed,
        }

    async def start(self) -> dict[str, str]:
        self._cluster.begin()
        self._listener.open()
        return {"KAFKA_BOOTSTRAP_SERVERS": f"{self._listener.host}:{self._listener.port}"}

    async def keep(self) -> None:
        """Remember topics and records. Committed offsets are a check's own doing."""
        self._kept = await asyncio.to_thread(self._topics)

    async def reset(self) -> None:
        await self._listener.drop()
        self._cluster.begin()
        for topic in self._kept:
            self._cluster.create(topic.name, topic.partitions)
            await asyncio.to_thread(self._replay, topic)

    def _create(self, topic: str, partitions: int) -> None:
        if not 1 <= partitions <= MAX_PARTITIONS:
            raise ServiceError(f"A topic has 1 to {MAX_PARTITIONS} partitions, not {partitions}.")
        if not self._cluster.create(topic, partitions):
            raise ServiceError(f"There is a topic {topic!r} already.")

    async def _send(self, topic: str, key: str | None, value: str | None) -> None:
        def send() -> None:
            with self._producer() as producer:
                producer.produce(topic, value, key)

        await asyncio.to_thread(send)

    async def _records(self, topic: str) -> list[dict[str, Any]]:
        def read() -> list[Message]:
            with self._consumer() as consumer:
                return _read(consumer, topic, _partitions(consumer).get(topic, 0))

        found = Records()
        for message in await asyncio.to_thread(read):
            found.add(_plain(message))
        return found.all()

    async def _committed(self, group: str, topic: str) -> list[dict[str, int]]:
        def look() -> list[TopicPartition]:
            with self._consumer(group) as consumer:
                count = _partitions(consumer).get(topic, 0)
                wanted = [TopicPartition(topic, number) for number in range(count)]
                return consumer.committed(wanted, timeout=_SECONDS) if wanted else []

        found = await asyncio.to_thread(look)
        return [
            {"partition": each.partition, "offset": each.offset}
            for each in found
            if each.offset >= 0
        ]

    def _topics(self) -> list[_Topic]:
        with self._consumer() as consumer:
            return [
                _Topic(name, count, _read(consumer, name, count))
                for name, count in _partitions(consumer).items()
            ]

    def _replay(self, topic: _Topic) -> None:
        with self._producer() as producer:
            for message in topic.messages:
                producer.produce(
                    topic.name,
                    message.value(),
                    message.key(),
                    partition=message.partition() or 0,
                    timestamp=message.timestamp()[1],
                    headers=_headers(message),
                )

    @contextmanager
    def _producer(self) -> Iterator[Producer]:
        """Give a client whose records have arrived at the end."""
        lost: list[KafkaError] = []
        producer = Producer(
            {
                "bootstrap.servers": self._address,
                "linger.ms": 0,
                "on_delivery": lambda error, _: lost.append(error) if error else None,
            }
        )
        with _told():
            yield producer
            left = producer.flush(_SECONDS)
        if left or lost:
            raise ServiceError("The Kafka broker did not take what was sent to it.")

    @contextmanager
    def _consumer(self, group: str = "greenroom") -> Iterator[Consumer]:
        settings = {"group.id": group, "enable.auto.commit": False, "fetch.wait.max.ms": 10}
        consumer = Consumer({"bootstrap.servers": self._address, **settings})
        try:
            with _told():
                yield consumer
        finally:
            consumer.close()

    @property
    def _address(self) -> str:
        return f"{self._listener.host}:{self._cluster.port}"

    async def _pass_on(self, connection: socket.socket) -> None:
        """Be a connection's way to the cluster that there is now."""
        near = await asyncio.open_connection(sock=connection)
        try:
            far = await asyncio.open_connection(self._listener.host, self._cluster.port)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pump(near[0], far[1]))
                    both.create_task(_pump(far[0], near[1]))
            finally:
                far[1].transport.abort()
        finally:
            near[1].transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError  # either end's closing is the end of both


def _partitions(consumer: Consumer) -> dict[str, int]:
    """Map each topic to the number of its partitions."""
    topics = consumer.list_topics(timeout=_SECONDS).topics
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _read(consumer: Consumer, topic: str, partitions: int) -> list[Message]:
    """Return a topic's records by partition and offset, up to as many as a grader can need."""
    found: list[Message] = []
    for number in range(partitions):
        place = TopicPartition(topic, number)
        low, high = consumer.get_watermark_offsets(place, timeout=_SECONDS)
        wanted = min(high - low, MAX_READ - len(found))
        if wanted > 0:
            consumer.assign([TopicPartition(topic, number, low)])
            found += consumer.consume(wanted, timeout=_SECONDS)
    return [message for message in found if message.error() is None]


def _plain(message: Message) -> dict[str, Any]:
    return {
        "key": _text(message.key()),
        "value": _text(message.value()),
        "partition": message.partition(),
        "offset": message.offset(),
        "headers": {name: _text(value) for name, value in _headers(message)},
    }


def _headers(message: Message) -> list[tuple[str, str | bytes | None]]:
    headers = message.headers() or []
    return list(headers.items()) if isinstance(headers, dict) else headers


def _text(data: str | bytes | None) -> str | None:
    """Return what an answer sent as text; bytes that are none stand as escapes."""
    if isinstance(data, bytes):
        return data[:MAX_TEXT].decode("utf-8", "backslashreplace")
    return data


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (KafkaException, BufferError, TypeError) as problem:
        raise ServiceError(f"The Kafka broker cannot do that: {problem}.") from None
