// The official clients as their users know them, with a server that sends back what it is told: every transport, whatever a client may
// send, acknowledgements both ways, binary, long messages, and coming back after the line was cut.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { small } from '../../integration/lib/config.mjs';
import { Daemon } from '../../integration/lib/daemon.mjs';
import { Peer, clients, transports, within } from '../lib/clients.mjs';
import { Gateway } from '../lib/gateway.mjs';
import { Line } from '../lib/line.mjs';
import { PythonPeer } from '../lib/python.mjs';

const kLimit = 1_000_000;
const kAroundMessage = '42["message",""]'.length;
let server;
let neighbour;

before(async () => {
    server = await Daemon.start({ config: small({ plugins: [
        { id: 'socketio', use: 'socketio', loop: true, config: { max_payload: kLimit } },
        { id: 'echo', use: 'socketio-echo', loop: true },
        { id: 'questions', use: 'socketio-questions', loop: true },
    ], server: { loops: 2 } }) });
    neighbour = new Peer(server);
    await neighbour.next('auth');
});
after(async () => {
    neighbour?.close();
    await server?.stop();
});

/// Another client has noticed nothing, and is served.
async function neighbourGoesOn() {
    assert.deepEqual(await neighbour.ask('message-with-ack', 'still there?'), 'still there?');
    assert.deepEqual(neighbour.received.map(({ event }) => event), ['auth']);
}

/// The clients, and how each comes back by itself.
const kinds = Object.keys(clients).map((version) => ({
    name: `client ${version}`, returns: { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0 },
    connect: ({ url = server.url, namespace = '', ...options }) => new Peer(server, null, { version, url: url + namespace, ...options }),
}));
kinds.push({
    name: 'the client of Python',
    returns: { options: { reconnection: true, reconnection_delay: 0.02, reconnection_delay_max: 0.1, randomization_factor: 0, engineio_logger: true } },
    connect: (options) => new PythonPeer(server, null, { events: null, ...options }),
});

/// The transport that a client has in the end.
const endOf = { websocket: 'websocket', polling: 'polling', 'polling that upgrades': 'websocket' };

const transportOf = (peer) => (peer instanceof PythonPeer ? peer.transport() : peer.socket.io.engine.transport.name);

/// Waits for the first greeting, and for the upgrade where there is to be one.
async function connected(peer, transport) {
    await peer.next('auth');
    // The client of Python has gone over before it says that it is connected.
    if (!(peer instanceof PythonPeer) && transport === 'polling that upgrades') await upgraded(peer);
    assert.equal(await transportOf(peer), endOf[transport]);
}
const upgraded = (peer) => within(new Promise((done) => {
    const { engine } = peer.socket.io;
    if (engine.transport.name === 'websocket') done();
    else engine.once('upgrade', done);
}), () => 'the upgrade');

async function leave(peer) {
    peer.close();
    if (peer instanceof PythonPeer) await peer.end();
}

/// All arguments of the last `event`.
const lastOf = (peer, event) => peer.received.findLast((entry) => entry.event === event).args;
async function back(peer, ...args) {
    peer.emit('message', ...args);
    await peer.next('message-back');
    return lastOf(peer, 'message-back');
}

const kArguments = [
    [], [null], [true, false], [0, -1, 1.5, 1e300, 2 ** 53], ['', 'text', '"quoted" \\ \n\t\u0000\u001e\u2028', '€ 🙂 ﷽'],
    [{}], [[]], [{ a: { b: [{ c: [1, [2, [3]]] }] } }, 'then text'], [{ 'a "key"': 1, '': 2, _placeholder: false }], ['message-with-ack', 2, '3'],
    [Array.from({ length: 1000 }, (_, i) => i)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
];
const kBinary = [
    [Buffer.from([0, 1, 2, 254, 255])], [Buffer.alloc(0)], [{ nested: [{ bytes: Buffer.from('deep') }] }, 'and text', Buffer.from('last')],
    Array.from({ length: 10 }, (_, i) => Buffer.alloc(i * 100, i)), [Buffer.alloc(700_000, 0xa5)],
];

async function talks(peer) {
    for (const args of [...kArguments, ...kBinary]) {
        assert.deepEqual(await back(peer, ...args), args);
        assert.deepEqual(await peer.answers('message-with-ack', ...args), args);
    }
}

/// A message as long as it may be, and 900 KB as events, as acknowledgements, both ways.
async function talksAtLength(peer) {
    // Python's JSON spells every other letter out in six bytes.
    const long = peer instanceof PythonPeer ? 'e'.repeat(900_000) : 'é'.repeat(450_000);
    assert.deepEqual(await back(peer, long, { then: 'more' }), [long, { then: 'more' }]);
    assert.deepEqual(await peer.answers('message-with-ack', long), [long]);
    const longest = 'x'.repeat(kLimit - kAroundMessage);
    assert.deepEqual(await back(peer, longest), [longest]);
}

/// What the clients that tell why say of a message that was too long.
function assertRefused(peer, transport) {
    const [reason, details] = lastOf(peer, '(disconnect)');
    if (transport === 'websocket' && details) assert.deepEqual([reason, details.context.code], ['transport close', 1009]);
    if (transport === 'polling' && details) assert.deepEqual([reason, details.description], ['transport error', 413]);
}

for (const { name, connect, returns } of kinds) {
    for (const transport of Object.keys(transports)) {
        describe(`${name} over ${transport}`, { concurrency: 2 }, () => {
            test('has its events, acknowledgements and binary back, of all kinds and of 900 KB', async () => {
                const peer = connect({ transport });
                await connected(peer, transport);
                await talks(peer);
                await talksAtLength(peer);
                assert.equal(await transportOf(peer), endOf[transport]);
                await leave(peer);
            });

            test('is asked by the server, and its answers arrive', async () => {
                const peer = connect({ transport, namespace: '/questions' });
                if (!(peer instanceof PythonPeer)) peer.socket.on('question', (...args) => args.pop()(...args));
                for (const args of kArguments) {
                    peer.emit('ask-me', ...args);
                    await peer.next('answered');
                    assert.deepEqual(lastOf(peer, 'answered'), args);
                }
                await leave(peer);
            });

            test('comes back by itself after a cut, again and again', async () => {
                const line = await Line.start(server);
                try {
                    const peer = connect({ transport, ...returns, url: `http://127.0.0.1:${line.port}` });
                    await connected(peer, transport);
                    for (let round = 0; round < 3; ++round) {
                        line.cut();
                        await peer.next('(disconnect)');
                        line.mend();
                        await peer.next('auth');
                        const said = [`round ${round}`, Buffer.from([round])];
                        assert.deepEqual(await peer.answers('message-with-ack', ...said), said);
                    }
                    await leave(peer);
                } finally {
                    await line.stop();
                }
            });

            test('sends a byte too many and is cut off, alone, and its next connection is as good as new', async () => {
                const peer = connect({ transport, ...returns });
                await connected(peer, transport);
                peer.emit('message', 'x'.repeat(kLimit + 1 - kAroundMessage));
                // On polling the client of Python stops at a 413, and says so nowhere but in its log.
                if (peer instanceof PythonPeer && transport === 'polling') {
                    await peer.next('(stderr)', (text) => /status code 413 .* aborting/.test(text));
                    assert.deepEqual(peer.all('message-back'), []);
                } else {
                    await peer.next('(disconnect)');
                    assertRefused(peer, endOf[transport]);
                    await peer.next('auth');
                    assert.deepEqual(await back(peer, 'after all'), ['after all']);
                    assert.equal(peer.all('message-back').length, 1);
                }
                await neighbourGoesOn();
                await leave(peer);
            });
        });
    }
}

describe('behind a gateway that knows no WebSockets', () => {
    for (const [how, silent] of [['refuses them', false], ['never answers them', true]]) {
        for (const { name, connect } of kinds.slice(0, -1)) {
            test(`that ${how}, ${name} stays on polling`, async () => {
                const gateway = await Gateway.start(server, { silent });
                try {
                    const peer = connect({ transport: 'polling that upgrades', url: gateway.url });
                    await peer.next('auth');
                    await within(gateway.asked, () => 'the attempt to upgrade');
                    await talks(peer);
                    assert.equal(await transportOf(peer), 'polling');
                    await leave(peer);
                } finally {
                    await gateway.stop();
                }
            });
        }
    }

    test('client 4.8 that tries WebSocket first and then all others, goes over to polling', async () => {
        const gateway = await Gateway.start(server);
        try {
            const peer = new Peer(server, null, { url: gateway.url, transports: ['websocket', 'polling'], tryAllTransports: true });
            await peer.next('auth');
            assert.equal(peer.socket.io.engine.transport.name, 'polling');
            await talks(peer);
            await leave(peer);
        } finally {
            await gateway.stop();
        }
    });

    for (const { name, connect, returns } of kinds.slice(0, -1)) {
        test(`${name} that tries WebSocket first, goes over to polling in the way its documentation tells`, async () => {
            const gateway = await Gateway.start(server);
            try {
                const peer = connect({ url: gateway.url, transport: 'websocket', ...returns });
                peer.socket.once('connect_error', () => { peer.socket.io.opts.transports = ['polling', 'websocket']; });
                await peer.next('auth');
                await within(gateway.asked, () => 'the attempt');
                await talks(peer);
                assert.equal(peer.socket.io.engine.transport.name, 'polling');
                await leave(peer);
            } finally {
                await gateway.stop();
            }
        });
    }

    test('the client of Python stays on polling', async () => {
        const gateway = await Gateway.start(server);
        try {
            const peer = new PythonPeer(server, null, { events: null, url: gateway.url, transport: 'polling that upgrades' });
            await peer.next('auth');
            await within(gateway.asked, () => 'the attempt');
            await talks(peer);
            assert.equal(await peer.transport(), 'polling');
            await leave(peer);
        } finally {
            await gateway.stop();
        }
    });
});
