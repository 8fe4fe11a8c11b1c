"""A plain gRPC echo of grpcio, as a server or as a client that tells how long its calls take."""
import json
import sys
import time
from concurrent import futures

import grpc

METHOD = "/bench.Echo/Echo"


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), handlers=[Echo()])
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.read()


def call(port, count):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        echo = channel.unary_unary(METHOD)
        times = []
        for _ in range(count):
            start = time.perf_counter()
            echo(b"0123456789")
            times.append((time.perf_counter() - start) * 1e6)
    times = sorted(times[count // 10:])
    print(json.dumps({"p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}))


if sys.argv[1] == "serve":
    serve()
else:
    call(int(sys.argv[2]), int(sys.argv[3]))
