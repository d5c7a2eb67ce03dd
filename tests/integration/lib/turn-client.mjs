// The least TURN client, over UDP: written apart from the server's own, from RFC 5389 and RFC 5766.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

import { within } from './within.mjs';

const kCookie = 0x2112a442;
const methods = { allocate: 0x003, refresh: 0x004, permission: 0x008 };
const attributes = {
    username: 0x0006, integrity: 0x0008, error: 0x0009, lifetime: 0x000d, peer: 0x0012, realm: 0x0014, nonce: 0x0015, relayed: 0x0016,
    transport: 0x0019, family: 0x0017,
};
const kResend = 500;

function attribute(type, value) {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - value.length % 4) % 4)]);
}

function message(method, transaction, body, size = body.length) {
    const head = Buffer.alloc(20);
    head.writeUInt16BE(method, 0);
    head.writeUInt16BE(size, 2);
    head.writeUInt32BE(kCookie, 4);
    transaction.copy(head, 8);
    return Buffer.concat([head, body]);
}

const words = (address) => {
    const [before, after = ''] = address.split('::');
    const [front, back] = [before, after].map((part) => part.split(':').filter(Boolean));
    const middle = address.includes('::') ? Array(8 - front.length - back.length).fill('0') : [];
    return [...front, ...middle, ...back].map((word) => parseInt(word, 16));
};

/// XOR-PEER-ADDRESS of any port.
function peerAddress(address, transaction) {
    const four = isIPv4(address);
    const bytes = four ? Buffer.from(address.split('.').map(Number))
        : Buffer.from(words(address).flatMap((word) => [word >> 8, word & 255]));
    const cookie = Buffer.alloc(4);
    cookie.writeUInt32BE(kCookie);
    const key = Buffer.concat([cookie, transaction]);
    const head = Buffer.from([0, four ? 1 : 2, 0, 0]);
    head.writeUInt16BE(9 ^ (kCookie >>> 16), 2);
    return Buffer.concat([head, Buffer.from(bytes.map((byte, i) => byte ^ key[i]))]);
}

function parse(bytes) {
    const found = new Map();
    for (let at = 20; at + 4 <= bytes.length;) {
        const size = bytes.readUInt16BE(at + 2);
        found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + size));
        at += 4 + size + (4 - size % 4) % 4;
    }
    const error = found.get(attributes.error);
    return { transaction: bytes.subarray(8, 20), code: error ? error[2] * 100 + error[3] : 200, found };
}

export class TurnClient {
    #socket;
    #waiting = new Map();
    #realm = '';
    #nonce = Buffer.alloc(0);

    constructor({ host = '127.0.0.1', port, username, credential }) {
        Object.assign(this, { host, port, username, credential });
        this.#open();
    }

    #open() {
        this.#socket = createSocket('udp4');
        this.#socket.on('error', () => {});  // a server that has gone: answers stay away
        this.#socket.on('message', (bytes) => {
            const answer = parse(bytes);
            this.#waiting.get(answer.transaction.toString('hex'))?.(answer);
        });
    }

    /// The client that an attendee's list of ICE servers makes.
    static from(iceServers, port) {
        const { urls, username, credential } = iceServers.find((one) => one.username !== undefined
            && one.urls.some((url) => port === undefined || url.includes(`:${port}`)));
        return new TurnClient({ port: Number(/:(\d+)(\?|$)/.exec(urls[0])[1]), username, credential });
    }

    async #ask(method, parts, signed) {
        const transaction = randomBytes(12);
        let body = Buffer.concat(parts(transaction));
        if (signed) {
            body = Buffer.concat([body, attribute(attributes.username, Buffer.from(this.username)),
                attribute(attributes.realm, Buffer.from(this.#realm)), attribute(attributes.nonce, this.#nonce)]);
            const key = createHash('md5').update(`${this.username}:${this.#realm}:${this.credential}`).digest();
            const mac = createHmac('sha1', key).update(message(method, transaction, body, body.length + 24)).digest();
            body = Buffer.concat([body, attribute(attributes.integrity, mac)]);
        }
        const bytes = message(method, transaction, body);
        const id = transaction.toString('hex');
        const send = () => this.#socket.send(bytes, this.port, this.host);
        const again = setInterval(send, kResend);
        try {
            const answer = new Promise((done) => this.#waiting.set(id, done));
            send();
            return await within(answer, `an answer of ${this.host}:${this.port}`);
        } finally {
            clearInterval(again);
            this.#waiting.delete(id);
        }
    }

    /// The code of the answer, 200 for success. A stale nonce is renewed, and the first answer tells the realm.
    async #request(method, parts) {
        let answer = await this.#ask(method, parts, this.#realm !== '');
        if (answer.code === 438 || (answer.code === 401 && this.#realm === '')) {
            this.#realm = answer.found.get(attributes.realm).toString();
            this.#nonce = Buffer.from(answer.found.get(attributes.nonce));
            answer = await this.#ask(method, parts, true);
        }
        return answer.code;
    }

    async allocate({ family } = {}) {
        const parts = [attribute(attributes.transport, Buffer.from([17, 0, 0, 0]))];
        if (family) parts.push(attribute(attributes.family, Buffer.from([family === 6 ? 2 : 1, 0, 0, 0])));
        for (;;) {
            const code = await this.#request(methods.allocate, () => parts);
            if (code !== 437) return code;
            // The port was another client's a moment ago, whose relay the server still has: RFC 5766 section 6.4 wants another one.
            this.#socket.close();
            this.#open();
        }
    }

    refresh(seconds) {
        const value = Buffer.alloc(4);
        value.writeUInt32BE(seconds);
        return this.#request(methods.refresh, () => [attribute(attributes.lifetime, value)]);
    }

    /// Whether it may relay to that address.
    permission(address) {
        return this.#request(methods.permission, (transaction) => [attribute(attributes.peer, peerAddress(address, transaction))]);
    }

    close() { this.#socket.close(); }
}
