// The heartbeat, and sessions that nobody is behind any more. Its times are short here because they are what is tested.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { until } from '../../integration/lib/within.mjs';
import { Frames } from '../lib/frames.mjs';
import { Polling } from '../lib/polling.mjs';
import { startServer } from '../lib/server.mjs';

describe('a client that answers stays', () => {
    let server;
    before(async () => { server = await startServer('engineio', { pingInterval: 300, pingTimeout: 20_000 }); });
    after(() => server?.stop());

    test('on long-polling', async () => {
        const session = await Polling.open(server);
        for (let round = 0; round < 3; ++round) {
            assert.deepEqual(await session.poll({ pings: true }), ['2']);
            await session.send('3');
        }
    });

    test('on a WebSocket', async () => {
        const frames = await Frames.opened(server, { pings: true });
        for (let round = 0; round < 3; ++round) {
            assert.equal(await frames.next(), '2');
            frames.send('3');
        }
        frames.destroy();
    });

    test('across an upgrade, with the ping that was on its way', async () => {
        const session = await Polling.open(server);
        const frames = await Frames.open(server, { sid: session.sid, pings: true });
        frames.send('2probe');
        assert.equal(await frames.next(), '3probe');
        // With no poll to take it the ping waits for the upgrade, if the poll did not bring it already.
        if ((await session.poll({ pings: true })).includes('2')) await session.send('3');
        frames.send('5');
        for (let round = 0; round < 2; ++round) {
            assert.equal(await frames.next(), '2');
            frames.send('3');
        }
        frames.destroy();
    });

    test('a pong that nobody asked for is of no consequence', async () => {
        const frames = await Frames.opened(server, { pings: true });
        frames.send('3', '3', '4hello');
        assert.equal(await frames.next(), '4hello');
        assert.equal(await frames.next(), '2');
        frames.destroy();
    });

    test('a ping of the client ends its session', async () => {
        const frames = await Frames.opened(server, { pings: true });
        frames.send('2');
        await frames.closed();
        const session = await Polling.open(server);
        await session.post('2').catch(() => undefined);
        await session.assertGone();
    });
});

describe('a client that does not answer is let go of', () => {
    let server;
    before(async () => { server = await startServer('engineio', { pingInterval: 300, pingTimeout: 200 }); });
    after(() => server?.stop());

    test('on a WebSocket', async () => {
        const frames = await Frames.opened(server, { pings: true });
        await frames.closed();
    });

    test('on long-polling, also when it never polled', async () => {
        const sessions = await Promise.all(Array.from({ length: 20 }, () => Polling.open(server)));
        for (const session of sessions) {
            await until(async () => (await session.post('6').catch(() => ({ status: 400 }))).status === 400, 'the end of the session');
            await session.assertGone();
        }
    });

    test('a poll that waits then ends with a close', async () => {
        const session = await Polling.open(server);
        assert.deepEqual(await session.poll({ pings: true }), ['2']);
        const { status, body } = await session.get();
        if (status === 200) assert.equal(body, '1');
        await session.assertGone();
    });
});
