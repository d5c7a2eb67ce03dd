// Debian's python-socketio, as a process of its own.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Attendee, within } from './attendee.mjs';
import { serverEvents } from './seed.mjs';

const script = join(dirname(fileURLToPath(import.meta.url)), 'client.py');
// Not what is first in PATH: the package is for Debian's own.
const interpreter = '/usr/bin/python3';

/// How the client names what it may use: without a list it goes over from polling to WebSocket.
export const transports = { websocket: ['websocket'], polling: ['polling'], 'polling that upgrades': undefined };

const plain = (value) => {
    if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
    if (Array.isArray(value)) return value.map(plain);
    return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value;
};
const rich = (value) => {
    if (Array.isArray(value)) return value.map(rich);
    if (!value || typeof value !== 'object') return value;
    if (Object.keys(value).join() === 'base64') return Buffer.from(value.base64, 'base64');
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rich(one)]));
};

/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/// A client of Python. `options` are those of its constructor, `connect` those of its `connect`; its handlers take the one argument that
/// the guide's events have, and `events` alone arrive; null is all events with any arguments.
export class PythonPeer extends Attendee {
    #child;
    #waiting = new Map();
    #lastId = 0;
    #errors = '';

    constructor(server, seat, { transport = 'websocket', url, options = {}, connect = {}, events = Object.keys(serverEvents), namespace } = {}) {
        super(seat);
        this.#child = spawn(interpreter, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
        running.add(this.#child);
        this.#child.stdin.on('error', () => {});
        this.#child.stderr.setEncoding('utf8').on('data', (text) => {
            this.#errors += text;
            this.record('(stderr)', [text]);
        });
        createInterface({ input: this.#child.stdout }).on('line', (line) => {
            const { event, answer, args } = rich(JSON.parse(line));
            if (event !== undefined) return this.record(event, args);
            this.#waiting.get(answer)(args);
            this.#waiting.delete(answer);
        });
        this.ended = new Promise((done) => this.#child.once('close', (code) => {
            running.delete(this.#child);
            this.record('(end)', [code]);
            done(code);
        }));
        this.#say({
            url: url ?? `${server.url}?recovery=0`, events, namespace, options: { reconnection: false, ...options },
            connect: { transports: transports[transport], ...connect },
        });
    }

    #say(order) { this.#child.stdin.write(`${JSON.stringify(plain(order))}\n`); }
    #answer(what, order) {
        const id = ++this.#lastId;
        return within(new Promise((done) => {
            this.#waiting.set(id, done);
            this.#say(order(id));
        }), () => `${what}; received: ${JSON.stringify(this.received.map(({ event }) => event))}\n${this.#errors}`);
    }

    emit(event, ...args) { this.#say({ emit: [event, ...args] }); }
    answers(event, ...args) { return this.#answer(`the acknowledgement of "${event}"`, (id) => ({ ask: [event, ...args], id })); }
    async transport() { return (await this.#answer('its transport', (id) => ({ transport: id })))[0]; }

    /// Sends a DISCONNECT, as `disconnect()` of the library does.
    close() { this.#say({ close: true }); }

    /// Ends the process.
    async end() {
        this.#child.kill();
        await this.ended;
    }
}
