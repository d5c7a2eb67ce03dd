// Messages there and back on each transport; what ends a session.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Frames } from '../lib/frames.mjs';
import { kSeparator, Polling } from '../lib/polling.mjs';
import { againstReference, startServer } from '../lib/server.mjs';

const kMaxPayload = 1_000_000;
let server;
before(async () => { server = await startServer('engineio'); });
after(() => server?.stop());

describe('long-polling', () => {
    test('brings a message', async () => {
        const session = await Polling.open(server);
        const { status, headers, body } = await session.post('4hello');
        assert.deepEqual([status, headers.get('content-type'), body], [200, 'text/html', 'ok']);
        const poll = await session.get();
        assert.deepEqual([poll.status, poll.headers.get('content-type'), poll.body], [200, 'text/plain; charset=UTF-8', '4hello']);
        assert.equal(poll.headers.get('cache-control'), 'no-store');
    });

    test('brings several in one payload, in order', async () => {
        const session = await Polling.open(server);
        await session.send('4one', '4two', '4', '4four €uro \u{1F600}');
        assert.deepEqual(await session.poll(), ['4one', '4two', '4', '4four €uro \u{1F600}']);
    });

    test('brings binary ones as base64, among texts', async () => {
        const session = await Polling.open(server);
        const packets = ['4hello', 'bAQIDBA==', 'bAQID', 'bAQI=', 'b', '4bye'];
        await session.send(...packets);
        assert.deepEqual(await session.poll(), packets);
    });

    test('answers a poll that waits as soon as there is something', async () => {
        const session = await Polling.open(server);
        const poll = session.poll();
        await session.send('4hello');
        assert.deepEqual(await poll, ['4hello']);
    });

    test('brings as many as there are, however many polls that takes', async () => {
        const session = await Polling.open(server);
        const packets = Array.from({ length: 100 }, (_, number) => `4${number}`);
        await session.send(...packets);
        assert.deepEqual(await session.packets(100), packets);
    });

    test('brings a body of exactly the announced size', async () => {
        const session = await Polling.open(server);
        const packet = `4${'x'.repeat(kMaxPayload - 1)}`;
        await session.send(packet);
        assert.deepEqual(await session.poll(), [packet]);
    });

    test('refuses a larger one with 413', async () => {
        const session = await Polling.open(server);
        const answer = await session.post(`4${'x'.repeat(kMaxPayload)}`).catch(() => undefined);
        // The reference may have cut the connection before its answer is read.
        if (answer || !againstReference) assert.equal(answer.status, 413);
    });

    for (const [what, body] of [['of an unknown type', 'abc'], ['of a type beyond the last', '7'], ['that is empty', ''],
        ['behind a good one', `4hello${kSeparator}`]]) {
        test(`a packet ${what} ends the session`, async () => {
            const session = await Polling.open(server);
            // The reference answers as if all were well, or cuts the connection.
            const answer = await session.post(body).catch(() => undefined);
            if (!againstReference) assert.equal(answer.status, 400);
            await session.assertGone();
        });
    }

    test('bare bytes end the session', async () => {
        const session = await Polling.open(server);
        const { status } = await session.post('4hello', { 'Content-Type': 'application/octet-stream' });
        assert.equal(status, 400);
        await session.assertGone();
    });

    test('a second poll at once ends the session', async () => {
        const session = await Polling.open(server);
        // Either may come in first.
        const polls = await Promise.all([session.get(), session.get()]);
        polls.sort((one, other) => one.status - other.status);
        assert.deepEqual(polls.map(({ status }) => status), [200, 400]);
        assert.equal(polls[0].body, '1');
        await session.assertGone();
    });

    test('a poll that is given up ends the session', async () => {
        const session = await Polling.open(server);
        const giveUp = new AbortController();
        const poll = session.get({ signal: giveUp.signal });
        await session.send('6');  // by now the poll is on its way, too
        giveUp.abort();
        await assert.rejects(poll);
        let status = 200;
        while (status === 200) ({ status } = await session.post('6').catch(() => ({ status: 400 })));
        await session.assertGone();
    });

    test('the client closes: a poll that waits ends with a noop', async () => {
        const session = await Polling.open(server);
        const poll = session.get();
        await session.send('1');
        const { status, body } = await poll;
        // Where the close came in first there was nothing to poll any more.
        if (status === 200) assert.equal(body, '6');
        else assert.equal(JSON.parse(body).code, 1);
        await session.assertGone();
    });
});

describe('WebSocket', () => {
    test('brings texts and binary messages, in order', async () => {
        const frames = await Frames.opened(server);
        const sent = ['4hello', Buffer.from([1, 2, 3, 4]), '4', Buffer.alloc(0), '4€uro \u{1F600}', Buffer.from([0xff])];
        frames.send(...sent);
        assert.deepEqual(await frames.take(sent.length), sent);
        frames.destroy();
    });

    test('reads a binary message that comes as base64', async () => {
        const frames = await Frames.opened(server);
        frames.send('bAQIDBA==');
        assert.deepEqual(await frames.next(), Buffer.from([1, 2, 3, 4]));
        frames.destroy();
    });

    test('writes them as base64 where the client asks for it', async () => {
        const frames = await Frames.opened(server, { query: '&b64=1' });
        frames.send(Buffer.from([1, 2, 3, 4]), '4hello');
        assert.deepEqual(await frames.take(2), ['bAQIDBA==', '4hello']);
        frames.destroy();
    });

    for (const [what, frame] of [['text', `4${'x'.repeat(kMaxPayload - 1)}`], ['binary', Buffer.alloc(kMaxPayload, 7)]]) {
        test(`brings a ${what} message of exactly the announced size`, async () => {
            const frames = await Frames.opened(server);
            frames.send(frame);
            assert.deepEqual(await frames.next(), frame);
            frames.destroy();
        });

        test(`closes a larger ${what} one with 1009`, async () => {
            const frames = await Frames.opened(server);
            frames.send(typeof frame === 'string' ? `${frame}x` : Buffer.alloc(kMaxPayload + 1));
            assert.equal(await frames.closed(), 1009);
        });
    }

    for (const frame of ['abc', '7', '', '8hello']) {
        test(`"${frame}" closes it`, async () => {
            const frames = await Frames.opened(server);
            frames.send(frame);
            await frames.closed();
        });
    }

    test('what only a server says is of no consequence', async () => {
        const frames = await Frames.opened(server);
        frames.send('0', '0{}', '6', '5', '5x', '4hello');
        assert.equal(await frames.next(), '4hello');
        frames.destroy();
    });

    // The reference takes no notice of this packet, against its own protocol.
    test('the client closes', { skip: againstReference }, async () => {
        const frames = await Frames.opened(server);
        frames.send('1');
        await frames.closed();
    });
});
