// WebSocket frames on real sockets: each that breaks RFC 6455 closes its connection with the right code and harms nobody else, and
// each that is allowed is understood.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { small } from '../lib/config.mjs';
import { Daemon } from '../lib/daemon.mjs';
import { closing, fragments, frame, head, opcodes } from '../lib/frames.mjs';
import { Peer } from '../lib/peer.mjs';
import { TestVisit } from '../lib/visit.mjs';
import { BareWebSocket } from '../lib/websocket.mjs';

const { continuation, text, binary, close, ping, pong } = opcodes;
const kLimit = 1_000_000;
let daemon;
let neighbours;

before(async () => {
    // One loop, so that neighbours have the same.
    daemon = await Daemon.start({ config: small({ plugins: [
        { id: 'socketio', use: 'socketio', loop: true, config: { max_payload: kLimit, ping_interval: '5m', ping_timeout: '5m' } },
        { id: 'signaling', use: 'signaling', loop: true },
        { id: 'echo', use: 'engineio-echo', loop: true },
    ] }) });
    const visit = await TestVisit.create(daemon);
    neighbours = [await Peer.enter(daemon, await visit.doctor()), await Peer.enter(daemon, await visit.patient())];
    await neighbours[0].next('user_joined');
});
after(async () => {
    for (const one of neighbours ?? []) one.destroy();
    await daemon?.stop();
});

/// A connection to the endpoint that sends every message back, its greeting read.
async function connect(headers) {
    const bare = await BareWebSocket.open(`${daemon.url}/engine.io/?EIO=4&transport=websocket`, headers);
    const { opcode, payload } = await bare.next();
    assert.equal(opcode, text);
    assert.match(payload.toString(), /^0\{/);
    return bare;
}

let messages = 0;
async function neighboursGoOn() {
    const [doctor, patient] = neighbours;
    await doctor.reaches(patient, `message ${++messages}`);
    await patient.reaches(doctor, `message ${++messages}`);
    const heard = new Set([...doctor.names, ...patient.names]);
    assert.deepEqual([...heard].sort(), ['chat_message', 'connected', 'joined_room', 'user_joined']);
}

/// The server sends a close frame with `code`, nothing else, and ends the connection.
async function assertClosed(bare, code) {
    const last = await bare.next();
    assert.ok(last, 'a close frame, not just an end');
    assert.equal(last.opcode, close);
    assert.ok(last.final && last.payload.length <= 125);
    assert.equal(last.payload.length === 0 ? undefined : last.payload.readUInt16BE(0), code);
    await bare.end();
    assert.deepEqual(bare.frames, []);
}

async function assertEcho(bare, opcode, payload) {
    const echo = await bare.next();
    assert.equal(echo?.opcode, opcode);
    assert.ok(echo.final && echo.payload.equals(Buffer.from(payload)), `${payload.length} bytes came back as ${echo.payload.length}`);
}

/// In one piece, behind a message in the same piece, and byte by byte where that does not take too long.
const deliveries = {
    async whole(bare, bytes) { await bare.send(bytes); },
    async 'behind a message'(bare, bytes) {
        await bare.send(Buffer.concat([frame(text, '4before'), bytes]));
        await assertEcho(bare, text, '4before');
    },
    async 'byte by byte'(bare, bytes) {
        if (bytes.length > 300) return bare.send(bytes);
        for (const byte of bytes) await bare.send(Buffer.from([byte]));
    },
};

const half = (bytes, at) => fragments(text, bytes.subarray(0, at), bytes.subarray(at));
const bytes = (...all) => Buffer.concat(all.map((one) => Buffer.from(one)));
const message = (...all) => bytes('4', ...all);

const notUtf8 = {
    'a byte that never occurs': [0xff], 'a lone continuation byte': [0x80], 'an overlong slash': [0xc0, 0xaf],
    'an overlong NUL': [0xe0, 0x80, 0x80], 'an overlong character of four bytes': [0xf0, 0x80, 0x80, 0x80], 'a surrogate': [0xed, 0xa0, 0x80],
    'a pair of surrogates': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 'a character beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
    'a character of five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80], 'a character that is cut short': [0xe2, 0x82],
    'a character interrupted by another': [0xe2, 0x82, 0x41],
};
const euro = Buffer.from('€');

/// Each `[bytes, code]`.
const bad = {
    'unmasked text': [frame(text, '4a', { masked: false }), 1002],
    'unmasked binary': [frame(binary, 'a', { masked: false }), 1002],
    'an unmasked empty frame': [frame(text, '', { masked: false }), 1002],
    'an unmasked continuation': [Buffer.concat([frame(text, '4a', { final: false }), frame(continuation, 'b', { masked: false })]), 1002],
    'an unmasked ping': [frame(ping, 'a', { masked: false }), 1002],
    'an unmasked pong': [frame(pong, '', { masked: false }), 1002],
    'an unmasked close': [frame(close, Buffer.from([3, 232]), { masked: false }), 1002],

    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((reserved) => [`reserved bits ${reserved}`, [frame(text, '4a', { reserved }), 1002]])),
    'reserved bits of a ping': [frame(ping, '', { reserved: 4 }), 1002],
    'reserved bits of a close': [frame(close, Buffer.from([3, 232]), { reserved: 1 }), 1002],
    'reserved bits of a continuation': [Buffer.concat([frame(text, '4a', { final: false }), frame(continuation, 'b', { reserved: 4 })]), 1002],

    ...Object.fromEntries([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
        [`opcode ${opcode}, empty`, [frame(opcode), 1002]],
        [`opcode ${opcode} with content`, [frame(opcode, '4a'), 1002]],
        [`opcode ${opcode} that is not final`, [frame(opcode, '4a', { final: false }), 1002]],
    ])),
    'a reserved opcode within a message': [Buffer.concat([frame(text, '4a', { final: false }), frame(3, 'b')]), 1002],

    'a ping in fragments': [Buffer.concat([frame(ping, 'a', { final: false }), frame(continuation, 'b')]), 1002],
    'a pong in fragments': [frame(pong, '', { final: false }), 1002],
    'a close in fragments': [frame(close, Buffer.from([3, 232]), { final: false }), 1002],
    'a ping of 126 bytes': [frame(ping, 'a'.repeat(126)), 1002],
    'a pong of 126 bytes': [frame(pong, 'a'.repeat(126)), 1002],
    'a close of 126 bytes': [closing(1000, 'a'.repeat(124)), 1002],
    'a ping of 70,000 bytes': [frame(ping, 'a'.repeat(70_000)), 1002],
    'a ping whose length is told in three bytes': [frame(ping, 'a', { bytes: 3 }), 1002],
    'a ping whose length is told in nine bytes': [frame(ping, 'a', { bytes: 9 }), 1002],

    'a close with half a code': [frame(close, Buffer.from([3])), 1002],
    ...Object.fromEntries([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map((code) => [
        `a close with code ${code}`, [closing(code), 1002]])),
    'a close with code 1005 and a reason': [closing(1005, 'none'), 1002],
    ...Object.fromEntries(Object.entries(notUtf8).map(([what, wrong]) => [`a close whose reason is ${what}`, [closing(1000, bytes(wrong)), 1007]])),

    'a continuation of nothing': [frame(continuation, '4a'), 1002],
    'a continuation of nothing that is not final': [frame(continuation, '4a', { final: false }), 1002],
    'an empty continuation of nothing': [frame(continuation), 1002],
    'text within a message': [Buffer.concat([frame(text, '4a', { final: false }), frame(text, '4b')]), 1002],
    'binary within a message': [Buffer.concat([frame(text, '4a', { final: false }), frame(binary, 'b')]), 1002],
    'another beginning within a message': [Buffer.concat([frame(text, '4a', { final: false }), frame(text, '4b', { final: false })]), 1002],
    'text within a message, after a ping': [
        Buffer.concat([frame(text, '4a', { final: false }), frame(pong), frame(continuation, 'b', { final: false }), frame(text, '4c')]), 1002],

    'a length of 125 in three bytes': [frame(text, `4${'a'.repeat(124)}`, { bytes: 3 }), 1002],
    'a length of nothing in three bytes': [frame(text, '', { bytes: 3 }), 1002],
    'a length of 2 in nine bytes': [frame(text, '4a', { bytes: 9 }), 1002],
    'a length of 65,535 in nine bytes': [frame(binary, Buffer.alloc(65535), { bytes: 9 }), 1002],
    'a length whose top bit is set': [head(binary, 2n ** 63n, { bytes: 9 }), 1002],
    'a length of 64 set bits': [head(text, 2n ** 64n - 1n, { bytes: 9 }), 1002],

    ...Object.fromEntries(Object.entries(notUtf8).flatMap(([what, wrong]) => [
        [`text with ${what}`, [frame(text, message('abc', wrong)), 1007]],
        [`text in fragments with ${what}`, [half(message('abc', wrong), 2), 1007]],
        [`text with ${what}, split in the middle of it`, [half(message(wrong), 2), 1007]],
        [`text with ${what} in its first fragment, with more to come`,
            [Buffer.concat([frame(text, message(wrong), { final: false }), frame(continuation, 'a', { final: false }), frame(continuation, 'b')]), 1007]],
    ])),
    'text that ends within a character, in fragments': [fragments(text, message(euro), euro.subarray(0, 2)), 1007],
    'a character whose second half is missing after an empty fragment': [fragments(text, message(euro.subarray(0, 2)), '', ''), 1007],
    'a character split around a text': [fragments(text, message(euro.subarray(0, 1)), 'a', euro.subarray(1)), 1007],

    'a message of a byte too many': [frame(text, `4${'a'.repeat(kLimit)}`), 1009],
    'a binary message of a byte too many': [frame(binary, Buffer.alloc(kLimit + 1)), 1009],
    'the head of a message of a byte too many': [head(text, kLimit + 1), 1009],
    'the head of the longest message there could be': [head(binary, 2n ** 63n - 1n, { bytes: 9 }), 1009],
    'a message of a byte too many, in two frames': [fragments(binary, Buffer.alloc(kLimit), Buffer.alloc(1)), 1009],
    'a message of a byte too many, in a hundred frames': [
        Buffer.concat([frame(text, '4', { final: false }), ...Array.from({ length: 100 }, () => frame(continuation, 'a'.repeat(kLimit / 100), { final: false }))]), 1009],
    'a continuation whose head alone is too much': [Buffer.concat([frame(binary, Buffer.alloc(600_000), { final: false }), head(continuation, 400_001)]), 1009],
};

describe('a frame that breaks the rules closes with its code, and neighbours go on', { concurrency: 4 }, () => {
    for (const [name, [wrong, code]] of Object.entries(bad)) {
        test(`${name}: ${code}`, async () => {
            for (const [way, deliver] of Object.entries(deliveries)) {
                const bare = await connect();
                try {
                    await deliver(bare, wrong);
                    await assertClosed(bare, code);
                } catch (failure) {
                    failure.message += ` (${way})`;
                    throw failure;
                } finally {
                    bare.destroy();
                }
            }
            await neighboursGoOn();
        });
    }

    test('what comes behind a bad frame is not looked at', async () => {
        const bare = await connect();
        await bare.send(Buffer.concat([frame(3), frame(text, '4a'), frame(ping, 'a'), closing(1000)]));
        await assertClosed(bare, 1002);
        bare.destroy();
    });
});

test('bad frames are counted', async () => {
    const counted = await daemon.metric('televisit_net_protocol_errors_total');
    assert.ok(counted >= Object.keys(bad).length * Object.keys(deliveries).length, `counted ${counted}`);
});

describe('a close', () => {
    for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
        test(`with code ${code} is answered with that code`, async () => {
            for (const reason of ['', 'going home', 'à'.repeat(61)]) {
                const bare = await connect();
                await bare.send(closing(code, reason));
                await assertClosed(bare, code);
                bare.destroy();
            }
        });
    }

    test('without a code is answered without one', async () => {
        const bare = await connect();
        await bare.send(frame(close));
        await assertClosed(bare, undefined);
        bare.destroy();
    });

    test('ends the conversation: nothing behind it is answered', async () => {
        const bare = await connect();
        await bare.send(Buffer.concat([closing(1000), frame(text, '4a'), frame(ping, 'a'), closing(1001), frame(3)]));
        await assertClosed(bare, 1000);
        bare.destroy();
    });

    test('may come within a message', async () => {
        const bare = await connect();
        await bare.send(Buffer.concat([frame(text, '4a', { final: false }), closing(1001)]));
        await assertClosed(bare, 1001);
        bare.destroy();
    });
});

describe('what the rules allow', { concurrency: 4 }, () => {
    async function echoes(sent, ...expected) {
        const bare = await connect();
        await bare.send(sent);
        for (const [opcode, payload] of expected) await assertEcho(bare, opcode, payload);
        await bare.send(closing(1000));
        await assertClosed(bare, 1000);
        bare.destroy();
    }

    for (const size of [1, 2, 124, 125, 126, 127, 128, 1000, 65535, 65536, 65537, kLimit]) {
        test(`messages of ${size} bytes`, async () => {
            const long = `4${'*'.repeat(size - 1)}`;
            const dark = Buffer.alloc(size, 0xfe);
            await echoes(Buffer.concat([frame(text, long), frame(binary, dark)]), [text, long], [binary, dark]);
        });
    }

    test('an empty binary message', () => echoes(frame(binary), [binary, '']));

    test('the longest message in fragments of every size', async () => {
        for (const size of [64, 256, 1024, 4096, 65536, kLimit / 2]) {
            const parts = Array.from({ length: Math.ceil(kLimit / size) }, (_, i) => Buffer.alloc(Math.min(size, kLimit - i * size), i));
            await echoes(fragments(binary, ...parts), [binary, Buffer.concat(parts)]);
        }
    });

    test('many messages in one piece come back in their order', async () => {
        const all = Array.from({ length: 500 }, (_, i) => `4message ${i}`);
        await echoes(Buffer.concat(all.map((one) => frame(text, one))), ...all.map((one) => [text, one]));
    });

    test('a message that comes in pieces of any size', async () => {
        const long = `4${'é'.repeat(500)}`;
        const whole = Buffer.concat([frame(text, long), frame(ping, 'p'), fragments(binary, 'a', 'bc')]);
        for (const size of [1, 2, 3, 7, 13, 997]) {
            const bare = await connect();
            for (let at = 0; at < whole.length; at += size) await bare.send(whole.subarray(at, at + size));
            await assertEcho(bare, text, long);
            await assertEcho(bare, pong, 'p');
            await assertEcho(bare, binary, 'abc');
            bare.destroy();
        }
    });

    test('pings of up to 125 bytes of anything are answered with the same', async () => {
        const contents = [Buffer.alloc(0), Buffer.from('hello'), Buffer.from([0, 255, 254, 253, 252, 251, 0]), Buffer.alloc(125, 0xfe)];
        await echoes(Buffer.concat(contents.map((one) => frame(ping, one))), ...contents.map((one) => [pong, one]));
    });

    test('pongs that nobody asked for are ignored', () =>
        echoes(Buffer.concat([frame(pong), frame(pong, 'unasked'), frame(ping, 'a'), frame(pong, 'a')]), [pong, 'a']));

    test('a ping between fragments is answered before the message is whole', async () => {
        const bare = await connect();
        await bare.send(Buffer.concat([frame(text, '4he', { final: false }), frame(ping, 'in between')]));
        await assertEcho(bare, pong, 'in between');
        await bare.send(Buffer.concat([frame(continuation, 'll', { final: false }), frame(pong), frame(ping)]));
        await assertEcho(bare, pong, '');
        await bare.send(frame(continuation, 'o'));
        await assertEcho(bare, text, '4hello');
        bare.destroy();
    });

    test('empty fragments, first, last and in the middle', async () => {
        await echoes(Buffer.concat([fragments(text, '', '4he', '', '', 'llo', ''), fragments(binary, '', '', ''), fragments(binary, '', 'a')]),
            [text, '4hello'], [binary, ''], [binary, 'a']);
    });

    test('text of every kind of character, also split in the middle of one', async () => {
        const all = ['\u0000', '\u007f', '\u0080', 'κόσμε', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\ufdd0', '\ufffd', '\ufffe', '\uffff', '🙂', '\u{10fffe}', '\u{10ffff}'];
        const one = message(all.join(''));
        await echoes(frame(text, one), [text, one]);
        await echoes(fragments(text, ...[...one].map((byte) => Buffer.from([byte]))), [text, one]);
        for (let at = 1; at < one.length; ++at) await echoes(half(one, at), [text, one]);
    });

    test('bytes of any value in binary messages, split anywhere', async () => {
        const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        await echoes(Buffer.concat([frame(binary, all), fragments(binary, all.subarray(0, 129), all.subarray(129))]), [binary, all], [binary, all]);
    });

    test('an offer to compress, which is not taken', async () => {
        const bare = await connect({ 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' });
        assert.equal(bare.headers['sec-websocket-extensions'], undefined);
        await bare.send(frame(text, '4plain'));
        await assertEcho(bare, text, '4plain');
        bare.destroy();
    });
});
