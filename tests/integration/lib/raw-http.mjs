// HTTP/1.1 as bytes on a socket, for requests that no client library would send.
import { connect } from 'node:net';

import { within } from './within.mjs';

/// The answers at the beginning of `bytes`, each with a Content-Length; and what is left.
function parse(bytes) {
    const answers = [];
    for (;;) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) return { answers, rest: bytes };
        const [status, ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
        const headers = Object.fromEntries(fields.map((field) => {
            const colon = field.indexOf(':');
            return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
        }));
        const code = Number(status.split(' ')[1]);
        const length = code < 200 || code === 204 || code === 304 ? 0 : Number(headers['content-length'] ?? 0);
        if (bytes.length < end + 4 + length) return { answers, rest: bytes };
        const body = bytes.subarray(end + 4, end + 4 + length).toString();
        const json = /json/.test(headers['content-type'] ?? '') && body ? JSON.parse(body) : undefined;
        answers.push({ status: code, line: status, headers, body, json });
        bytes = bytes.subarray(end + 4 + length);
    }
}

export class RawHttp {
    #socket;
    #bytes = Buffer.alloc(0);
    #waiting = new Set();
    answers = [];
    closed = false;

    static async open(port, host = '127.0.0.1') {
        const raw = new RawHttp();
        raw.#socket = connect({ port, host, noDelay: true });
        raw.#socket.on('data', (data) => {
            const { answers, rest } = parse(Buffer.concat([raw.#bytes, data]));
            raw.#bytes = rest;
            raw.answers.push(...answers);
            raw.#look();
        });
        raw.#socket.on('error', () => {});  // a reset is a close here
        raw.#socket.once('close', () => {
            raw.closed = true;
            raw.#look();
        });
        await within(new Promise((done, fail) => raw.#socket.once('connect', done).once('error', fail)), 'a connection');
        return raw;
    }

    #look() { for (const look of [...this.#waiting]) look(); }

    #when(check, what) {
        return within(new Promise((done, fail) => {
            const look = () => {
                const found = check();
                if (!found && !this.closed) return;
                this.#waiting.delete(look);
                if (found) done(found);
                else fail(new Error(`closed before ${what}`));
            };
            this.#waiting.add(look);
            look();
        }), () => `${what}; answers: ${JSON.stringify(this.answers)}`);
    }

    send(bytes) { return this.#socket.write(bytes); }
    /// Whether writing is still possible.
    get writable() { return this.#socket.writable; }

    /// The answer with that number, from 0.
    answer(number = 0) { return this.#when(() => this.answers[number], `answer ${number}`); }
    /// Resolves when the server has closed.
    end() { return this.#when(() => this.closed, 'the close'); }
    destroy() { this.#socket.destroy(); }
}

/// Sends `bytes`, and resolves with the one answer after which the server closes.
export async function refusal(port, bytes) {
    const raw = await RawHttp.open(port);
    raw.send(bytes);
    await raw.end();
    return raw.answers;
}
