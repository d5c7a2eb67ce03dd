// From long-polling to WebSocket, in every order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Frames } from '../lib/frames.mjs';
import { ask, Polling } from '../lib/polling.mjs';
import { againstReference, startServer } from '../lib/server.mjs';

let server;
before(async () => { server = await startServer('engineio'); });
after(() => server?.stop());

/// A session with a WebSocket whose probe has been answered.
async function probed(on = server) {
    const session = await Polling.open(on);
    const frames = await Frames.open(on, { sid: session.sid });
    frames.send('2probe');
    assert.equal(await frames.next(), '3probe');
    return { session, frames };
}

/// What was sent back on either transport.
const echoes = (packets) => packets.filter((packet) => packet[0] === '4');

async function assertAlive(frames, text = '4still here') {
    frames.send(text);
    assert.equal(await frames.next(), text);
    frames.destroy();
}

async function assertPolls(session) {
    await session.send('4still polling');
    assert.deepEqual(echoes(await session.packets(1)), ['4still polling']);
}

describe('an upgrade', () => {
    test('succeeds: the poll that waits ends with a noop, then the WebSocket takes over', async () => {
        const { session, frames } = await probed();
        assert.deepEqual(await session.poll(), ['6']);
        frames.send('5', '4hello');
        assert.equal(await frames.next(), '4hello');
        frames.destroy();
    });

    test('ends a poll that waited before the probe came', async () => {
        const session = await Polling.open(server);
        const poll = session.poll();
        const frames = await Frames.open(server, { sid: session.sid });
        frames.send('2probe');
        assert.equal(await frames.next(), '3probe');
        assert.deepEqual(await poll, ['6']);
        frames.send('5');
        await assertAlive(frames);
    });

    test('may be asked for in one breath', async () => {
        const session = await Polling.open(server);
        const frames = await Frames.open(server, { sid: session.sid });
        frames.send('2probe', '5', '4hello');
        assert.deepEqual(await frames.take(2), ['3probe', '4hello']);
        frames.destroy();
    });

    test('takes along what has not been polled, in order', async () => {
        const session = await Polling.open(server);
        await session.send('4one', 'bAQID', '4two');
        const frames = await Frames.open(server, { sid: session.sid });
        frames.send('2probe', '5', '4three');
        assert.deepEqual(await frames.take(5), ['3probe', '4one', Buffer.from([1, 2, 3]), '4two', '4three']);
        frames.destroy();
    });

    test('loses and doubles nothing of what is sent while it is under way', async () => {
        const { session, frames } = await probed();
        await session.send('4one', '4two');
        const polled = echoes(await session.poll());
        await session.send('4three');
        frames.send('5', '4four');
        assert.deepEqual([...polled, ...await frames.take(4 - polled.length)], ['4one', '4two', '4three', '4four']);
        frames.destroy();
    });

    test('leaves nothing to poll and nothing to post', async () => {
        const { session, frames } = await probed();
        frames.send('5');
        await assertAliveStill(frames);
        for (const method of ['GET', 'POST']) {
            const { status, body } = await ask(server, method, session.query, method === 'POST' ? { body: '4hello' } : {});
            assert.deepEqual([status, JSON.parse(body)], [400, { code: 3, message: 'Bad request' }]);
        }
        await assertAlive(frames);
    });

    test('happens once: a further WebSocket for the session closes', async () => {
        const { session, frames } = await probed();
        frames.send('5');
        await assertAliveStill(frames);
        await (await Frames.open(server, { sid: session.sid })).closed();
        await assertAlive(frames);
    });

    test('is undisturbed by a second WebSocket that probes meanwhile', async () => {
        const { session, frames } = await probed();
        await (await Frames.open(server, { sid: session.sid })).closed();
        frames.send('5');
        await assertAlive(frames);
    });
});

async function assertAliveStill(frames) {
    frames.send('4upgraded');
    assert.equal(await frames.next(), '4upgraded');
}

describe('an upgrade that comes to nothing leaves the session on long-polling', () => {
    for (const [what, frame] of [['a message', '4hello'], ['a ping without the word', '2'], ['another word', '2other'],
        ['bytes', Buffer.from([1, 2])], ['nonsense', 'abc'], ['a pong', '3probe']]) {
        test(`${what} instead of the probe`, async () => {
            const session = await Polling.open(server);
            const frames = await Frames.open(server, { sid: session.sid });
            frames.send(frame);
            await frames.closed();
            await assertPolls(session);
        });
    }

    // The reference goes over without having been asked whether it can.
    test('no probe at all', { skip: againstReference }, async () => {
        const session = await Polling.open(server);
        const frames = await Frames.open(server, { sid: session.sid });
        frames.send('5');
        await frames.closed();
        await assertPolls(session);
    });

    test('something else after the probe', async () => {
        const { session, frames } = await probed();
        frames.send('4hello');
        await frames.closed();
        await assertPolls(session);
    });

    test('the WebSocket is lost after the probe, and the next one succeeds', async () => {
        const { session, frames } = await probed();
        await session.send('4kept');
        frames.destroy();
        // Until the loss is noticed a new one is refused.
        for (;;) {
            const again = await Frames.open(server, { sid: session.sid });
            again.send('2probe', '5');
            const first = await again.next().catch(() => undefined);
            if (first === undefined) continue;
            assert.equal(first, '3probe');
            assert.equal(await again.next(), '4kept');
            await assertAlive(again);
            break;
        }
    });

    test('it takes too long', async () => {
        const hasty = await startServer('engineio', { upgradeTimeout: 100 });
        try {
            const { session, frames } = await probed(hasty);
            await frames.closed();
            await assertPolls(session);
        } finally {
            await hasty.stop();
        }
    });
});

describe('the session ends while it is being upgraded', () => {
    test('by its client', async () => {
        const { session, frames } = await probed();
        await session.send('1');
        await frames.closed();
        await session.assertGone();
    });

    test('by a packet that cannot be read', async () => {
        const { session, frames } = await probed();
        await session.post('abc').catch(() => undefined);
        await frames.closed();
        await session.assertGone();
    });
});
