// A small WebSocket client (RFC 6455), without packages: enough to speak Engine.IO by hand, and to send what no other client would.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';

import { FrameReader, frame, opcodes } from './frames.mjs';
import { within } from './within.mjs';

/// Asks for an upgrade; `then` gets the socket, what came behind the answer, and the answer.
function upgrade(url, headers, then) {
    return within(new Promise((done, fail) => {
        const address = url.replace(/^ws/, 'http');
        const asking = (address.startsWith('https:') ? secureRequest : request)(address, { headers: {
            ...headers,
            Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
            'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        } });
        asking.once('error', fail);
        asking.once('response', (answer) => fail(new Error(`not upgraded: ${answer.statusCode}`)));
        asking.once('upgrade', (answer, socket, first) => done(then(socket, first, answer)));
        asking.end();
    }), `an upgrade of ${url}`);
}

/// Messages alone; answers pings and closes as it should.
export class WebSocketClient {
    #socket;
    #reader = new FrameReader();
    #parts = [];
    #kind;
    closed = false;
    /// The code of the server's close frame; 1006 when there was none.
    code = 1006;

    /// Resolves when the server has upgraded; `on` has the functions `text`, called with the
    /// message and the client, which may be before this resolves, `close`, called with the code, and perhaps `binary`.
    /// `headers` come in addition to the handshake's.
    static open(url, on, { headers } = {}) {
        const client = new WebSocketClient();
        return upgrade(url, headers, (socket, first) => {
            client.#socket = socket;
            socket.on('error', () => {});
            socket.once('close', () => {
                client.closed = true;
                on.close(client.code);
            });
            const take = (data) => { for (const one of client.#reader.take(data)) client.#onFrame(one, on); };
            socket.on('data', take);
            take(first);
            return client;
        });
    }

    #onFrame({ opcode, final, payload }, on) {
        if (opcode === opcodes.close) {
            this.code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
            this.#socket.write(frame(opcodes.close, payload));
        } else if (opcode === opcodes.ping) {
            this.#socket.write(frame(opcodes.pong, payload));
        } else if (opcode <= opcodes.binary) {
            if (opcode !== opcodes.continuation) this.#kind = opcode;
            this.#parts.push(payload);
            if (!final) return;
            const message = Buffer.concat(this.#parts.splice(0));
            if (this.#kind === opcodes.binary) on.binary?.(message, this);
            else on.text(message.toString(), this);
        }
    }

    send(text) { this.#socket.write(frame(opcodes.text, text)); }
    sendBinary(bytes) { this.#socket.write(frame(opcodes.binary, bytes)); }
    /// What `send` is called for meanwhile goes out in one piece.
    atOnce(sending) {
        this.#socket.cork();
        sending();
        this.#socket.uncork();
    }
    stopReading() { this.#socket.pause(); }
    destroy() { this.#socket.destroy(); }
}

/// Sends the bytes it is given, answers nothing by itself, and keeps every frame that comes.
export class BareWebSocket {
    #socket;
    #reader = new FrameReader();
    #waiting = new Set();
    frames = [];
    ended = false;

    static open(url, headers) {
        const bare = new BareWebSocket();
        return upgrade(url, headers, (socket, first, answer) => {
            bare.#socket = socket.setNoDelay(true);
            bare.headers = answer.headers;
            socket.on('error', () => {});
            const end = () => {
                bare.ended = true;
                bare.#look();
            };
            socket.once('end', end).once('close', end);
            const take = (data) => {
                bare.frames.push(...bare.#reader.take(data));
                bare.#look();
            };
            socket.on('data', take);
            take(first);
            return bare;
        });
    }

    #look() { for (const look of [...this.#waiting]) look(); }

    /// Resolves when the system has taken the bytes.
    send(bytes) { return new Promise((done) => this.#socket.write(bytes, done)); }
    destroy() { this.#socket.destroy(); }

    #when(check, what) {
        return within(new Promise((done) => {
            const look = () => {
                const found = check();
                if (found === undefined) return;
                this.#waiting.delete(look);
                done(found);
            };
            this.#waiting.add(look);
            look();
        }), () => `${what}; received: ${JSON.stringify(this.frames.map(({ opcode, payload }) => [opcode, payload.toString().slice(0, 100)]))}`);
    }

    /// The next frame, taken away; null when the server has ended instead.
    next() { return this.#when(() => this.frames.shift() ?? (this.ended ? null : undefined), 'a frame'); }
    /// Resolves when the server sends no more.
    end() { return this.#when(() => this.ended || undefined, 'the end'); }
}
