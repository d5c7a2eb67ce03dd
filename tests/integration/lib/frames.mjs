// WebSocket frames (RFC 6455 section 5.2) as a client sends them, also those that no client should send, and as it reads them.
import { randomBytes } from 'node:crypto';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const kFinal = 0x80;
const kMasked = 0x80;

/// Bytes of the length field: 1, 3 or 9.
const shortest = (length) => (length < 126 ? 1 : length < 65536 ? 3 : 9);

/// The head of a frame up to its mask. `length` is what it says of its payload, `bytes` how many tell it.
export function head(opcode, length, { final = true, reserved = 0, masked = true, bytes = shortest(Number(length)) } = {}) {
    const out = Buffer.alloc(1 + bytes);
    out[0] = (final ? kFinal : 0) | reserved << 4 | opcode;
    out[1] = masked ? kMasked : 0;
    if (bytes === 1) {
        out[1] |= length;
    } else if (bytes === 3) {
        out[1] |= 126;
        out.writeUInt16BE(length, 2);
    } else {
        out[1] |= 127;
        out.writeBigUInt64BE(BigInt(length), 2);
    }
    return out;
}

/// A whole frame around `payload`, a text or bytes.
export function frame(opcode, payload = '', options = {}) {
    const content = Buffer.from(payload);
    const start = head(opcode, content.length, options);
    if (options.masked === false) return Buffer.concat([start, content]);
    const mask = randomBytes(4);
    return Buffer.concat([start, mask, content.map((byte, index) => byte ^ mask[index % 4])]);
}

/// A message in as many frames as it has `parts`.
export const fragments = (opcode, ...parts) => Buffer.concat(parts.map((part, index) =>
    frame(index === 0 ? opcode : opcodes.continuation, part, { final: index === parts.length - 1 })));

export const closing = (code, reason = '') => {
    const number = Buffer.alloc(2);
    number.writeUInt16BE(code);
    return frame(opcodes.close, Buffer.concat([number, Buffer.from(reason)]));
};

/// Cuts what a server sends into frames.
export class FrameReader {
    #bytes = Buffer.alloc(0);

    /// The frames that are whole now.
    *take(data) {
        this.#bytes = Buffer.concat([this.#bytes, data]);
        for (let next = this.#next(); next; next = this.#next()) yield next;
    }

    #next() {
        if (this.#bytes.length < 2) return undefined;
        const [first, second] = this.#bytes;
        const small = second & 0x7f;
        const start = 1 + { 126: 3, 127: 9 }[small] || 2;
        if (this.#bytes.length < start) return undefined;
        const length = small < 126 ? small : small === 126 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2));
        if (this.#bytes.length < start + length) return undefined;
        const payload = this.#bytes.subarray(start, start + length);
        this.#bytes = this.#bytes.subarray(start + length);
        return { opcode: first & 0x0f, final: Boolean(first & kFinal), payload };
    }
}
