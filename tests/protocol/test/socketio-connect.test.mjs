// Connecting to namespaces, and leaving them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Frames } from '../lib/frames.mjs';
import { Polling } from '../lib/polling.mjs';
import { againstReference, startServer } from '../lib/server.mjs';
import { connected, connectedPolling } from '../lib/sockets.mjs';

let server;
before(async () => { server = await startServer('socketio'); });
after(() => server?.stop());

/// The sid in the answer to a CONNECT, which has nothing else.
function sidOf(answer, head) {
    assert.ok(answer.startsWith(head), answer);
    const value = JSON.parse(answer.slice(head.length));
    assert.deepEqual(Object.keys(value), ['sid']);
    assert.match(value.sid, /^[\w-]{20}$/);
    return value.sid;
}

async function assertAlive(frames) {
    frames.send('42["message","still here"]');
    assert.equal(await frames.next(), '42["message-back","still here"]');
    frames.destroy();
}

describe('a CONNECT is answered with an id, and what it said reaches the handler', () => {
    for (const [what, packet, head, greeting] of [
        ['to the main namespace', '40', '40', '42["auth",{}]'],
        ['to the main namespace by its name', '40/,', '40', '42["auth",{}]'],
        ['with a payload', '40{"token":"123"}', '40', '42["auth",{"token":"123"}]'],
        ['with an empty payload', '40{}', '40', '42["auth",{}]'],
        ['to a custom namespace', '40/custom,', '40/custom,', '42/custom,["auth",{}]'],
        ['to a custom namespace without a comma', '40/custom', '40/custom,', '42/custom,["auth",{}]'],
        ['to a custom namespace with a payload', '40/custom,{"token":"abc"}', '40/custom,', '42/custom,["auth",{"token":"abc"}]'],
        ['with a payload of many kinds', '40{"a":[1,2.5,null,true],"b":{"c":"€"}}', '40', '42["auth",{"a":[1,2.5,null,true],"b":{"c":"€"}}]'],
        ['with an id that means nothing', '407{"token":"123"}', '40', '42["auth",{"token":"123"}]'],
    ]) {
        test(what, async () => {
            const frames = await Frames.opened(server);
            frames.send(packet);
            const [answer, auth] = await frames.take(2);
            sidOf(answer, head);
            assert.equal(auth, greeting);
            frames.destroy();
        });
    }

    test('on long-polling', async () => {
        const session = await connectedPolling(server);
        sidOf(session.connect, '40');
        assert.equal(session.auth, '42["auth",{}]');
    });

    test('each namespace has an id of its own, which is not the engine\'s', async () => {
        const frames = await Frames.opened(server);
        frames.send('40', '40/custom,');
        const packets = await frames.take(4);
        const sids = [JSON.parse(frames.handshake.slice(1)).sid, sidOf(packets.find((text) => /^40\{/.test(text)), '40'),
            sidOf(packets.find((text) => text.startsWith('40/custom')), '40/custom,')];
        assert.equal(new Set(sids).size, 3);
        frames.destroy();
    });
});

describe('a namespace that there is not', () => {
    for (const [packet, name] of [['40/random', '/random'], ['40/random,{"token":"123"}', '/random'], ['40/custom/,', '/custom/'],
        ['40/custom?token=1,', '/custom?token=1'], ['40/\u{20AC},', '/\u{20AC}']]) {
        test(`is refused: ${packet}`, async () => {
            const frames = await Frames.opened(server);
            frames.send(packet);
            assert.equal(await frames.next(), `44${name},{"message":"Invalid namespace"}`);
            frames.send('40');
            sidOf(await frames.next(), '40');
            frames.destroy();
        });
    }

    test('leaves those alone that are connected', async () => {
        const frames = await connected(server);
        frames.send('40/random,');
        assert.equal(await frames.next(), '44/random,{"message":"Invalid namespace"}');
        await assertAlive(frames);
    });
});

describe('a client that connects to nothing in time is closed', () => {
    let hasty;
    before(async () => { hasty = await startServer('socketio', { connectTimeout: 300 }); });
    after(() => hasty?.stop());

    test('when it says nothing', async () => {
        const frames = await Frames.opened(hasty);
        await frames.closed();
    });

    test('when it was refused', async () => {
        const frames = await Frames.opened(hasty);
        frames.send('40/random,');
        await frames.next();
        await frames.closed();
    });

    test('on long-polling, where its poll ends with a close', async () => {
        const session = await Polling.open(hasty);
        assert.deepEqual(await session.poll(), ['1']);
        await session.assertGone();
    });

    test('but not one that did', async () => {
        const frames = await connected(hasty);
        await (await Frames.opened(hasty)).closed();  // who came later is gone by now
        await assertAlive(frames);
    });
});

describe('a DISCONNECT', () => {
    test('from one namespace leaves the other', async () => {
        const frames = await connected(server);
        frames.send('40/custom');
        await frames.take(2);
        frames.send('41/custom', '42["message","to the main one"]');
        assert.equal(await frames.next(), '42["message-back","to the main one"]');
        frames.destroy();
    });

    test('leaves the connection open for another CONNECT, with another id', async () => {
        const frames = await connected(server);
        const former = sidOf(frames.connect, '40');
        frames.send('41', '40/custom');
        await frames.take(2);
        frames.send('40');
        const [answer, auth] = await frames.take(2);
        assert.notEqual(sidOf(answer, '40'), former);
        assert.equal(auth, '42["auth",{}]');
        await assertAlive(frames);
    });

    test('may be written with the name of the main namespace', async () => {
        const frames = await connected(server);
        frames.send('41/,', '40/custom,');
        sidOf(await frames.next(), '40/custom,');
        frames.destroy();
    });

    // The reference keeps such connections for as long as they answer its pings.
    test('from the last namespace closes the connection a little later', { skip: againstReference }, async () => {
        const frames = await connected(server);
        frames.send('41');
        await frames.closed();
    });
});
