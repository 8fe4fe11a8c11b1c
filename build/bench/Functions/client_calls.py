"""Calls and maps of the real client, with its own program in the container."""
import json
import sys
import time

import modal

app = modal.App("bench", image=modal.Image.from_registry(sys.argv[1]) if len(sys.argv) > 1 else None)


@app.function(min_containers=1, max_containers=1, serialized=True)
def square(number):
    return number * number


def timed(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1e6, result


with app.run():
    cold, answer = timed(lambda: square.remote(7))
    assert answer == 49, answer
    times = sorted(timed(lambda: square.remote(number))[0] for number in range(300))
    duration, answers = timed(lambda: list(square.map(range(2000))))
    assert answers == [number * number for number in range(2000)]

print(json.dumps({"cold": cold, "p50": times[150], "p99": times[297], "mapped": 2000 / duration * 1e6}))
