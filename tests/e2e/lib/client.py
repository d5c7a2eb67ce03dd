"""A Socket.IO client of Python (python-socketio), steered from outside: one JSON value a line, both ways.

The first line says what to connect to: {"url", "options", "connect", "events", "namespace"}; `events` null is all. Then come {"emit": [event, …]},
{"ask": [event, …], "id"}, {"transport": id} and {"close": true}. It says {"event", "args"} for each event that arrived, its own life included,
and {"answer": id, "args"}. Bytes are {"base64": text}. It ends with its standard input.
"""

import base64
import json
import os
import sys
import threading

import socketio

output = threading.Lock()


def plain(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def rich(value):
    if isinstance(value, dict):
        if list(value) == ["base64"]:
            return base64.b64decode(value["base64"])
        return {key: rich(one) for key, one in value.items()}
    return [rich(one) for one in value] if isinstance(value, list) else value


def say(**what):
    with output:
        print(json.dumps(plain(what)), flush=True)


def main():
    start = rich(json.loads(sys.stdin.readline()))
    namespace = start.get("namespace", "/")
    client = socketio.Client(**start.get("options", {}))

    # As clients of Python are written: a handler of an event of the guide takes its data, and nothing else.
    def listen(event):
        client.on(event, lambda data: say(event=event, args=[data]), namespace=namespace)

    def listen_to_all(event, *args):
        say(event=event, args=args)

    def answer(*args):
        say(event="question", args=args)
        return args

    for event in start["events"] or []:
        listen(event)
    if start["events"] is None:
        client.on("*", listen_to_all, namespace=namespace)
    client.on("question", answer, namespace=namespace)
    client.on("connect", lambda: say(event="(connect)", args=[]), namespace=namespace)
    client.on("disconnect", lambda: say(event="(disconnect)", args=[]), namespace=namespace)
    client.on("connect_error", lambda *args: say(event="(connect_error)", args=args), namespace=namespace)
    client.connect(start["url"], namespaces=[namespace], wait_timeout=20, **start.get("connect", {}))

    for line in sys.stdin:
        order = rich(json.loads(line))
        if "emit" in order:
            event, *args = order["emit"]
            client.emit(event, tuple(args), namespace=namespace)
        elif "ask" in order:
            event, *args = order["ask"]
            client.emit(event, tuple(args), namespace=namespace,
                        callback=lambda *answers, number=order["id"]: say(answer=number, args=answers))
        elif "transport" in order:
            say(answer=order["transport"], args=[client.transport()])
        elif "close" in order:
            client.disconnect()


try:
    main()
finally:
    os._exit(0)  # whatever threads the client has
