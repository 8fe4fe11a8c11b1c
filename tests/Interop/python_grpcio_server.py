"""An echo server on grpcio; argv[1] is the folder of echo_pb2. Says its port and serves until its input ends."""

import sys
import time
from concurrent import futures

import grpc

sys.path.insert(0, sys.argv[1])
from echo_pb2 import EchoReply, EchoRequest  # noqa: E402

cancelled = 0


def prepare(context):
    def count():
        global cancelled
        cancelled += 0 if ended else 1

    ended = []
    metadata = context.invocation_metadata()
    context.send_initial_metadata([(key, value) for key, value in metadata if key.startswith("echo-")])
    context.set_trailing_metadata([(key, value) for key, value in metadata if key.startswith("trail-")])
    context.add_callback(count)
    return ended


def obey(request, context):
    time.sleep(request.delay_ms / 1000)
    if request.code:
        if request.details:
            context.set_trailing_metadata([("grpc-status-details-bin", request.details)])
        code = next(code for code in grpc.StatusCode if code.value[0] == request.code)
        context.abort(code, request.detail)


def reply_to(request, requests):
    # A question that only the server can answer: how many calls were cancelled here?
    text = str(cancelled) if request.text == "cancelled?" else request.text
    payload = bytes(request.reply_bytes) if request.reply_bytes else request.payload
    return EchoReply(text=text, payload=payload, requests=requests)


def unary(request, context):
    ended = prepare(context)
    obey(request, context)
    ended.append(True)
    return reply_to(request, 1)


def client_stream(requests, context):
    ended = prepare(context)
    text, count = "", 0
    for request in requests:
        obey(request, context)
        text, count = text + request.text, count + 1
    ended.append(True)
    return EchoReply(text=text, requests=count)


def server_stream(request, context):
    ended = prepare(context)
    for number in range(max(request.replies, 1)):
        time.sleep(request.delay_ms / 1000)
        yield reply_to(request, number + 1)
    obey(request, context)
    ended.append(True)


def duplex(requests, context):
    ended = prepare(context)
    for number, request in enumerate(requests):
        obey(request, context)
        yield reply_to(request, number + 1)
    ended.append(True)


codec = {"request_deserializer": EchoRequest.FromString, "response_serializer": EchoReply.SerializeToString}
server = grpc.server(
    futures.ThreadPoolExecutor(max_workers=16),
    options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    compression=grpc.Compression.Gzip,
)
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("appliance.tests.Echo", {
    "Unary": grpc.unary_unary_rpc_method_handler(unary, **codec),
    "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream, **codec),
    "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream, **codec),
    "Duplex": grpc.stream_stream_rpc_method_handler(duplex, **codec),
})])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
