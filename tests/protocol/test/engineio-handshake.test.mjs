// Opening an Engine.IO session, and every way of not being let in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { RawHttp } from '../../integration/lib/raw-http.mjs';
import { Frames } from '../lib/frames.mjs';
import { ask, Polling } from '../lib/polling.mjs';
import { againstReference, startServer } from '../lib/server.mjs';

let server;
before(async () => { server = await startServer('engineio', { pingInterval: 31_000, pingTimeout: 21_000 }); });
after(() => server?.stop());

const kFaults = ['Transport unknown', 'Session ID unknown', 'Bad handshake method', 'Bad request', 'Forbidden', 'Unsupported protocol version'];
const assertOpened = (value, upgrades) => {
    assert.deepEqual(Object.keys(value), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
    assert.match(value.sid, /^[\w-]{20}$/);
    assert.deepEqual({ ...value, sid: '' }, { sid: '', upgrades, pingInterval: 31_000, pingTimeout: 21_000, maxPayload: 1_000_000 });
};

test('long-polling opens a session that can be upgraded', async () => {
    const { status, headers, body } = await ask(server, 'GET', 'EIO=4&transport=polling');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/plain; charset=UTF-8');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(body[0], '0');
    assertOpened(JSON.parse(body.slice(1)), ['websocket']);
});

test('a WebSocket opens a session that cannot', async () => {
    const frames = await Frames.opened(server);
    assert.equal(frames.handshake[0], '0');
    assertOpened(JSON.parse(frames.handshake.slice(1)), []);
    frames.destroy();
});

test('every session has an id of its own', async () => {
    const opened = await Promise.all(Array.from({ length: 50 }, () => Polling.open(server)));
    assert.equal(new Set(opened.map(({ sid }) => sid)).size, 50);
});

test('an empty sid asks for a new session', async () => {
    const { status, body } = await ask(server, 'GET', 'EIO=4&transport=polling&sid=');
    assert.equal(status, 200);
    assertOpened(JSON.parse(body.slice(1)), ['websocket']);
});

describe('refused with the code and the message of the reference', () => {
    const refusals = [
        ['no transport', 'GET', 'EIO=4', 0],
        ['an unknown transport', 'GET', 'EIO=4&transport=abc', 0],
        ['an empty transport', 'GET', 'EIO=4&transport=', 0],
        ['a transport by the name of a built-in', 'GET', 'EIO=4&transport=constructor', 0],
        ['no version', 'GET', 'transport=polling', 5],
        ['version 3', 'GET', 'EIO=3&transport=polling', 5],
        ['version 5', 'GET', 'EIO=5&transport=polling', 5],
        ['a version that is none', 'GET', 'EIO=abc&transport=polling', 5],
        ['POST', 'POST', 'EIO=4&transport=polling', 2],
        ['PUT', 'PUT', 'EIO=4&transport=polling', 2],
        ['DELETE', 'DELETE', 'EIO=4&transport=polling', 2],
        ['PATCH', 'PATCH', 'EIO=4&transport=polling', 2],
        ['an unknown sid', 'GET', 'EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA', 1],
        ['a sid that cannot be one', 'GET', 'EIO=4&transport=polling&sid=__proto__', 1],
        ['a POST to an unknown sid', 'POST', 'EIO=4&transport=polling&sid=unknown', 1],
        ['an unknown sid on another transport', 'GET', 'EIO=4&transport=websocket&sid=unknown', 1],
        ['a WebSocket without an upgrade', 'GET', 'EIO=4&transport=websocket', 3],
    ];
    for (const [what, method, query, code] of refusals) {
        test(what, async () => {
            const { status, headers, body } = await ask(server, method, query);
            assert.equal(status, 400);
            assert.match(headers.get('content-type'), /^application\/json\b/);
            assert.deepEqual(JSON.parse(body), { code, message: kFaults[code] });
        });
    }

    for (const [what, query] of [['another version', 'EIO=3&transport=polling'], ['no version', 'transport=polling'],
        ['another transport', 'EIO=4&transport=websocket']]) {
        test(`${what} than the session has`, async () => {
            const session = await Polling.open(server);
            const { status, body } = await ask(server, 'GET', `${query}&sid=${session.sid}`);
            assert.deepEqual([status, JSON.parse(body)], [400, { code: 3, message: kFaults[3] }]);
            await session.send('4still here');
            assert.deepEqual(await session.poll(), ['4still here']);
        });
    }
});

describe('a WebSocket is not opened with', () => {
    // The reference upgrades some of these before it closes them.
    for (const [what, query, late] of [
        ['no transport', 'EIO=4'], ['an unknown transport', 'EIO=4&transport=abc'], ['no version', 'transport=websocket', true],
        ['version 3', 'EIO=3&transport=websocket', true], ['a version that is none', 'EIO=abc&transport=websocket', true],
        ['long-polling', 'EIO=4&transport=polling', true], ['an unknown sid', 'EIO=4&transport=websocket&sid=unknown'],
    ]) {
        test(what, async () => {
            const raw = await RawHttp.open(server.port);
            raw.send(`GET ${server.path}?${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
                'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
            const { status } = await raw.answer();
            assert.equal(status, late && againstReference ? 101 : 400);
            raw.destroy();
        });
    }
});
