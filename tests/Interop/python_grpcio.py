"""The grpcio client against the echo server at argv[1]; argv[2] is the folder of echo_pb2, argv[3] "gzip" to compress."""

import sys
import threading
import time

import grpc

sys.path.insert(0, sys.argv[2])
from echo_pb2 import EchoReply, EchoRequest  # noqa: E402

MEBIBYTE = 1024 * 1024
SERVICE = "/appliance.tests.Echo/"
compression = grpc.Compression.Gzip if sys.argv[3:] == ["gzip"] else grpc.Compression.NoCompression
channel = grpc.insecure_channel(
    sys.argv[1],
    options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    compression=compression,
)
codec = {"request_serializer": EchoRequest.SerializeToString, "response_deserializer": EchoReply.FromString}
unary = channel.unary_unary(SERVICE + "Unary", **codec)
client_stream = channel.stream_unary(SERVICE + "ClientStream", **codec)
server_stream = channel.unary_stream(SERVICE + "ServerStream", **codec)
duplex = channel.stream_stream(SERVICE + "Duplex", **codec)


def refused(call, code):
    try:
        call()
    except grpc.RpcError as failure:
        assert failure.code() == code, f"{failure.code()} {failure.details()}"
        return failure
    raise AssertionError(f"the call should have ended with {code}")


def check_kinds():
    assert unary(EchoRequest(text="hello")).text == "hello"
    assert client_stream(iter([EchoRequest(text=text) for text in "abc"])).text == "abc"
    replies = [reply.requests for reply in server_stream(EchoRequest(replies=200))]
    assert replies == list(range(1, 201)), replies
    answers = duplex(iter([EchoRequest(text="x"), EchoRequest(text="y", replies=2)]))
    assert [reply.text for reply in answers] == ["x", "y", "y"]


def check_metadata():
    sent = [("echo-word", "value"), ("echo-some-bin", b"\x00\xff"), ("trail-word", "end"), ("trail-some-bin", b"\x01\xfe")]
    _, call = unary.with_call(EchoRequest(), metadata=sent)
    headers, trailers = dict(call.initial_metadata()), dict(call.trailing_metadata())
    assert (headers["echo-word"], headers["echo-some-bin"]) == ("value", b"\x00\xff"), headers
    assert (trailers["trail-word"], trailers["trail-some-bin"]) == ("end", b"\x01\xfe"), trailers


def check_errors():
    text = 'no "Grüße" 🚀 100%\nhere'
    failure = refused(lambda: unary(EchoRequest(code=5, detail=text, details=b"\x08\x05")), grpc.StatusCode.NOT_FOUND)
    assert failure.details() == text, failure.details()
    assert dict(failure.trailing_metadata())["grpc-status-details-bin"] == b"\x08\x05"
    refused(lambda: unary(EchoRequest(throws=True)), grpc.StatusCode.UNKNOWN)
    refused(lambda: list(server_stream(EchoRequest(replies=2, code=15))), grpc.StatusCode.DATA_LOSS)
    refused(lambda: client_stream(iter([EchoRequest(code=10)])), grpc.StatusCode.ABORTED)
    missing = channel.unary_unary(SERVICE + "Missing", **codec)
    unknown = refused(lambda: missing(EchoRequest()), grpc.StatusCode.UNIMPLEMENTED)
    assert "appliance.tests.Echo/Missing" in unknown.details()


def check_deadlines():
    assert 20_000 < unary(EchoRequest(), timeout=30).deadline_ms <= 30_100
    for is_deaf in (False, True):
        start = time.monotonic()
        refused(lambda: unary(EchoRequest(delay_ms=4000, is_deaf=is_deaf), timeout=0.3), grpc.StatusCode.DEADLINE_EXCEEDED)
        assert time.monotonic() - start < 3


def check_cancellation():
    call = unary.future(EchoRequest(delay_ms=60_000))
    threading.Timer(0.2, call.cancel).start()
    try:
        call.result()
        raise AssertionError("the call should have been cancelled")
    except grpc.FutureCancelledError:
        pass
    assert call.code() == grpc.StatusCode.CANCELLED
    assert unary(EchoRequest(text="alive")).text == "alive"


def check_large_messages():
    payload = bytes(bytearray(range(256))) * (50 * MEBIBYTE // 256)
    assert unary(EchoRequest(payload=payload)).payload == payload
    failure = refused(lambda: unary(EchoRequest(payload=bytes(70 * MEBIBYTE))), TOO_LARGE)
    print("too large:", failure.code(), failure.details())


# Compressed, 70 MiB of zeros travel as a small message and are refused when they are unpacked.
TOO_LARGE = grpc.StatusCode.RESOURCE_EXHAUSTED
check_kinds()
check_metadata()
check_errors()
check_deadlines()
check_cancellation()
check_large_messages()
channel.close()
print("all checks passed")
