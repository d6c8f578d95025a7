"""The Kafka cluster that librdkafka keeps in memory for tests, by its C interface: the Python
package has the library and offers only a part of this.
"""

import ctypes
from pathlib import Path

import confluent_kafka

_PRODUCER = 0
_BROKER = 1
_REBALANCE_MS = 50
"""How long the first member of a consumer group waits for others."""
_ERROR = 512


class MockCluster:
    """One broker on a loopback port, which says that it is reached by another one."""

    def __init__(self, host: str, advertised_port: int) -> None:
        self._advertised = (host.encode(), advertised_port)
        self._library = _library()
        self._error = ctypes.create_string_buffer(_ERROR)
        # The cluster lives within a client, which takes no other part in it.
        self._client = self._library.rd_kafka_new(_PRODUCER, None, self._error, _ERROR)
        self._cluster: int | None = None
        self.port = 0
        """Where it listens."""

    def begin(self) -> None:
        """Be a new cluster, without anything that an earlier one knew."""
        if self._cluster is not None:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        listening = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        self.port = int(listening.rpartition(b":")[2])
        self._library.rd_kafka_mock_broker_set_host_port(self._cluster, _BROKER, *self._advertised)
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, _REBALANCE_MS)

    def create(self, topic: str, partitions: int) -> bool:
        """Make a topic, and say whether there was none of its name."""
        name = topic.encode()
        return not self._library.rd_kafka_mock_topic_create(self._cluster, name, partitions, 1)


def _library() -> ctypes.CDLL:
    """Return the librdkafka of the Python package, with the functions that are used here typed."""
    folder = Path(confluent_kafka.__file__).parent.with_name("confluent_kafka.libs")
    library = ctypes.CDLL(str(next(folder.glob("librdkafka-*.so*"))))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("rd_kafka_new", pointer, (number, pointer, text, ctypes.c_size_t)),
        ("rd_kafka_mock_cluster_new", pointer, (pointer, number)),
        ("rd_kafka_mock_cluster_destroy", None, (pointer,)),
        ("rd_kafka_mock_cluster_bootstraps", text, (pointer,)),
        ("rd_kafka_mock_broker_set_host_port", None, (pointer, ctypes.c_int32, text, number)),
        ("rd_kafka_mock_group_initial_rebalance_delay_ms", None, (pointer, ctypes.c_int32)),
        ("rd_kafka_mock_topic_create", number, (pointer, text, number, number)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
