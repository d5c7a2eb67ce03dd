// A small WebSocket client (RFC 6455): enough to speak Engine.IO by hand, without packages.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';

import { within } from './within.mjs';

export class WebSocketClient {
    #socket;
    #bytes = Buffer.alloc(0);
    #parts = [];
    #binary = false;
    closed = false;
    /// The code of the server's close frame; 1006 when there was none.
    code = 1006;

    /// Resolves when the server has upgraded; `on` has the functions `text`, called with the
    /// message and the client, which may be before this resolves, `close`, called with the code, and perhaps `binary`.
    /// `headers` come in addition to the handshake's.
    static open(url, on, { headers = {} } = {}) {
        const client = new WebSocketClient();
        return within(new Promise((done, fail) => {
            const address = url.replace(/^ws/, 'http');
            const asking = (address.startsWith('https:') ? secureRequest : request)(address, { headers: {
                ...headers,
                Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
                'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
            } });
            asking.once('error', fail);
            asking.once('response', (answer) => fail(new Error(`not upgraded: ${answer.statusCode}`)));
            asking.once('upgrade', (_, socket, head) => {
                client.#begin(socket, head, on);
                done(client);
            });
            asking.end();
        }), `an upgrade of ${url}`);
    }

    #begin(socket, head, on) {
        this.#socket = socket;
        socket.on('error', () => {});
        socket.once('close', () => {
            this.closed = true;
            on.close(this.code);
        });
        const take = (data) => {
            this.#bytes = Buffer.concat([this.#bytes, data]);
            while (this.#frame(on));
        };
        socket.on('data', take);
        take(head);
    }

    #frame(on) {
        if (this.#bytes.length < 2) return false;
        const [first, second] = this.#bytes;
        let length = second & 0x7f;
        let at = 2;
        if (length === 126) {
            if (this.#bytes.length < 4) return false;
            length = this.#bytes.readUInt16BE(2);
            at = 4;
        } else if (length === 127) {
            if (this.#bytes.length < 10) return false;
            length = Number(this.#bytes.readBigUInt64BE(2));
            at = 10;
        }
        if (this.#bytes.length < at + length) return false;
        const payload = this.#bytes.subarray(at, at + length);
        this.#bytes = this.#bytes.subarray(at + length);
        const kind = first & 0x0f;
        if (kind === 8) {
            this.code = length >= 2 ? payload.readUInt16BE(0) : 1005;
            this.#write(8, payload);
        } else if (kind === 9) {
            this.#write(10, payload);
        } else if (kind < 3) {
            if (kind > 0) this.#binary = kind === 2;
            this.#parts.push(payload);
            if (!(first & 0x80)) return true;
            const message = Buffer.concat(this.#parts.splice(0));
            if (this.#binary) on.binary?.(message, this);
            else on.text(message.toString(), this);
        }
        return true;
    }

    #write(kind, payload) {
        const length = payload.length;
        const head = length < 126 ? Buffer.from([0x80 | kind, 0x80 | length]) : Buffer.alloc(length < 65536 ? 4 : 10);
        if (length >= 126) {
            head[0] = 0x80 | kind;
            head[1] = 0x80 | (length < 65536 ? 126 : 127);
            if (length < 65536) head.writeUInt16BE(length, 2);
            else head.writeBigUInt64BE(BigInt(length), 2);
        }
        const mask = randomBytes(4);
        this.#socket.write(Buffer.concat([head, mask, payload.map((byte, index) => byte ^ mask[index % 4])]));
    }

    send(text) { this.#write(1, Buffer.from(text)); }
    sendBinary(bytes) { this.#write(2, bytes); }
    destroy() { this.#socket.destroy(); }
}
