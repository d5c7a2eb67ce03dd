#!/usr/bin/env python3
"""A signaling relay that does one thing wrong: what the generator must notice.

    faulty_relay.py PORT FAULT      none, loses, misroutes, doubles, reorders, alters, renames, drops

Every fault befalls the tenth message of each sender. It ends with SIGTERM.
"""

import asyncio
import base64
import hashlib
import re
import sys

TENTH = 10


class Client:
    def __init__(self, relay, reader, writer):
        self.relay, self.reader, self.writer = relay, reader, writer
        self.room, self.messages, self.held = None, 0, None

    def send(self, text):
        data = text.encode()
        size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
        self.writer.write(b"\x81" + size + data)

    async def run(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        key = re.search(r"Sec-WebSocket-Key: (\S+)", head)[1]
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        self.send('0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
        while (text := await self.message()) is not None:
            self.on_packet(text)

    async def message(self):
        """The next text message, None at a close frame."""
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        mask = await self.reader.readexactly(4)
        data = await self.reader.readexactly(size)
        return None if first & 15 == 8 else bytes(b ^ mask[i % 4] for i, b in enumerate(data)).decode()

    def on_packet(self, text):
        if text == "40":
            self.send('40{"sid":"s"}')
        elif text.startswith('42["join_room"'):
            self.room = re.search(r'"room_id":"(\w+)"', text)[1]
            self.relay.rooms.setdefault(self.room, []).append(self)
            self.send(f'42["joined_room",{{"room_id":"{self.room}"}}]')
        elif text.startswith("42"):
            self.messages += 1
            self.relay.pass_on(self, text)


class Relay:
    def __init__(self, fault):
        self.fault, self.rooms = fault, {}

    def partner(self, client, room=None):
        return next(other for other in self.rooms[room or client.room] if other is not client)

    def pass_on(self, client, text):
        partner = self.partner(client)
        if self.fault == "reorders" and client.held:
            partner.send(text)
            text, client.held = client.held, None
        if client.messages == TENTH and not self.spoil(client, partner, text):
            return
        partner.send(text)

    def spoil(self, client, partner, text):
        """Whether the message itself is still to be sent."""
        if self.fault == "loses":
            return False
        if self.fault == "misroutes":
            self.partner(client, next(room for room in self.rooms if room != client.room)).send(text)
            return False
        if self.fault == "reorders":
            client.held = text
            return False
        if self.fault == "drops":
            partner.writer.close()
            return False
        if self.fault == "alters":
            partner.send(text.replace("203.0.113.7", "203.0.113.8"))
            return False
        if self.fault == "renames":
            partner.send(text.replace("ice_candidate", "ice-candidate"))
            return False
        if self.fault == "doubles":
            partner.send(text)
        return True

    async def serve(self, reader, writer):
        try:
            await Client(self, reader, writer).run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        writer.close()


async def main():
    server = await asyncio.start_server(Relay(sys.argv[2]).serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
