// People who come and go leave nothing behind: memory, descriptors and gauges are where they were. TELEVISIT_SOAK=1 has the whole numbers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { repository } from '../../e2e/lib/server.mjs';
import { Visit } from '../../e2e/lib/visit.mjs';
import { Daemon, build } from '../lib/daemon.mjs';
import { closing, frame, opcodes } from '../lib/frames.mjs';
import { Peer } from '../lib/peer.mjs';
import { BareWebSocket } from '../lib/websocket.mjs';
import { until, within } from '../lib/within.mjs';

const whole = Boolean(process.env.TELEVISIT_SOAK);
const kWarmUp = 2_000;
const kCycles = whole ? 10_000 : 3_000;
const kAbandoned = whole ? 2_000 : 600;
const kHeld = whole ? 18_000 : 2_000;
const kPatience = 280_000;
const kMiB = 1024 * 1024;
// Pages that the allocator keeps in pieces, caches that are still filling. A few hundred bytes left behind each time are more.
const kGrowth = 3 * kMiB;
const kBytesEach = 3_000;
// What a room remembers of those who have left it last.
const kBytesRemembered = 500;

/// What says of how much of something there is now; all must be nothing when nobody is there.
const gauges = ['televisit_engineio_sessions', 'televisit_socketio_sockets', 'televisit_socketio_away', 'televisit_signaling_joined',
    'televisit_net_channels', 'televisit_rooms_open', 'televisit_plugin_queue_tasks'];
let daemon;
let files;  // open when nobody is there

/// The server of the load tests. Everybody comes from one address here, so what one address may do has no limit.
const edits = [
    ['server:\n', 'server:\n  limits: {connections_per_address: 0, handshakes_per_address: 0, new_connections_per_address: {per_second: 0}, ' +
        'requests_per_address: {per_second: 0}}\n'],
    ['    use: socketio\n    loop: true\n    config:\n', '$&      ping_interval: 5s\n      ping_timeout: 5s\n      max_polling_per_address: 0\n' +
        '      max_unconnected_per_address: 0\n'],
    ['    use: signaling\n    loop: true\n    config:\n', '$&      unjoined: {per_address: 0, events_per_address: {per_second: 0}}\n'],
    [/$/, '\nsessions: {grace: 500ms}\n'],
];
const config = () => edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    assert.notEqual(edited, text, `tests/load/televisitd.yaml has no ${from}`);
    return edited;
}, readFileSync(join(repository, 'tests/load/televisitd.yaml'), 'utf8'));

const resident = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))[1]) * 1024;
const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
const mebibytes = (bytes) => (bytes / kMiB).toFixed(1);

async function standing() {
    const text = await (await daemon.admin('/metrics')).text();
    return Object.fromEntries(gauges.map((name) => {
        const samples = [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (.*)$`, 'gm'))];
        assert.ok(samples.length > 0, name);
        return [name, samples.reduce((sum, [, value]) => sum + Number(value), 0)];
    }));
}

/// Waits until nobody is there, and everything that somebody opened is closed.
async function deserted() {
    let seen;
    await until(async () => {
        seen = await standing();
        return Object.values(seen).every((value) => value === 0);
    }, () => `nobody: ${JSON.stringify(seen)}`, kPatience);
    await until(async () => {
        await standing();  // over the one connection that was open when they were counted first
        return descriptors() === files;
    }, () => `${files} descriptors; there are ${descriptors()}`);
}

function run(program, args, env = {}) {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const running = { child, output: '' };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { running.output += text; });
    running.ended = new Promise((done) => child.once('close', (code) => done({ code, output: running.output })));
    return running;
}

/// Seats of as many people, two to a room, in a file for the generator.
async function seats(count) {
    const file = join(daemon.folder, `seats-${count}`);
    const { ended } = run(join(repository, 'tests/load/make-tokens'), [String(daemon.port), String(count), file],
        { TELEVISIT_JWT_SECRET: daemon.jwtSecret });
    const { code, output } = await within(ended, 'seats', kPatience);
    assert.equal(code, 0, output);
    return file;
}

const generator = (file, ...args) => run(join(build, 'tests/load/sioload'),
    ['--port', String(daemon.port), '--token-file', file, '--setup-timeout', '200', ...args]);

before(async () => {
    daemon = await Daemon.start({ config, env: { TELEVISIT_LOOPS: '2', TELEVISIT_LOG_LEVEL: 'warning' } });
    await standing();
    files = descriptors();
});
after(() => daemon?.stop());

describe('people who connect, join a room and leave', () => {
    let file;
    before(async () => { file = await seats(200); });

    async function cycles(count, ...how) {
        const { ended } = generator(file, '--mode', 'cycle', '--conns', '200', '--cycles', String(count), ...how);
        const { code, output } = await within(ended, 'the cycles', kPatience);
        assert.equal(code, 0, output);
    }

    for (const [name, ...how] of [['in good order'], ['when their connections just end', '--abrupt']]) {
        test(`${name}: ${kCycles} times leave memory and descriptors where they were`, async (t) => {
            await cycles(kWarmUp, ...how);
            await deserted();
            const memory = resident();
            await cycles(kCycles, ...how);
            await deserted();
            const grown = resident() - memory;
            t.diagnostic(`${mebibytes(memory)} MiB, grown by ${mebibytes(grown)} MiB`);
            assert.ok(grown < kGrowth, `grown by ${mebibytes(grown)} MiB`);
        });
    }
});

describe('polling sessions that their clients abandon', () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    after(() => agent.destroy());

    function ask(method, sid = '', body = undefined) {
        const path = `/socket.io/?EIO=4&transport=polling${sid && `&sid=${sid}`}`;
        return new Promise((done, fail) => {
            const asking = request({ agent, host: '127.0.0.1', port: daemon.port, method, path }, (answer) => {
                let text = '';
                answer.setEncoding('utf8').on('data', (part) => { text += part; }).once('error', fail).once('end', () => done(text));
            });
            asking.once('error', fail).end(body);
        });
    }
    async function opened() {
        const answer = await ask('GET');
        return JSON.parse(answer.slice(1)).sid;
    }
    async function connected() {
        const sid = await opened();
        assert.equal(await ask('POST', sid, '40'), 'ok');
        return sid;
    }

    /// At every moment of a session's life.
    const moments = {
        async 'right after the handshake'() { await opened(); },
        async 'before it asks whether it is connected'() { await connected(); },
        async 'in a room'(seat) {
            const sid = await connected();
            const { user_id, role, access_token: token } = seat.attendee;
            await ask('GET', sid);
            assert.equal(await ask('POST', sid, `42${JSON.stringify(['join_room', { room_id: seat.room_id, user_id, role, token }])}`), 'ok');
            assert.match(await ask('GET', sid), /joined_room|connected/);
        },
        async 'in the middle of a poll'() {
            const sid = await connected();
            await ask('GET', sid);
            const poll = request({ host: '127.0.0.1', port: daemon.port, path: `/socket.io/?EIO=4&transport=polling&sid=${sid}` });
            const gone = new Promise((done) => poll.once('error', done));
            await new Promise((done) => poll.once('socket', (socket) => socket.once('connect', done)).end());
            poll.destroy();
            await gone;
        },
        async 'in the middle of a message'() {
            const sid = await opened();
            const post = request({ host: '127.0.0.1', port: daemon.port, method: 'POST', path: `/socket.io/?EIO=4&transport=polling&sid=${sid}`,
                headers: { 'Content-Length': 100 } });
            post.once('error', () => {});
            await new Promise((done) => post.write('40', done));
            post.destroy();
        },
        async 'in the middle of an upgrade'() {
            const sid = await connected();
            const probe = await BareWebSocket.open(`${daemon.url}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
            await probe.send(frame(opcodes.text, '2probe'));
            assert.equal((await probe.next()).payload.toString(), '3probe');
            probe.destroy();
        },
        async 'right after an upgrade'() {
            const sid = await connected();
            const link = await BareWebSocket.open(`${daemon.url}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
            await link.send(Buffer.concat([frame(opcodes.text, '2probe'), frame(opcodes.text, '5')]));
            await link.next();
            await link.send(closing(1001));
            await link.end();
            link.destroy();
        },
    };

    test(`${kAbandoned} of them, at every moment of their lives, leave memory and descriptors where they were`, async (t) => {
        const places = [];
        for (let i = 0; i < 20; ++i) places.push(await (await Visit.create(daemon)).doctor());
        async function abandon(count) {
            const all = Object.values(moments);
            let begun = 0;
            await Promise.all(places.map(async (seat) => {
                while (begun < count) await all[begun++ % all.length](seat);
            }));
            agent.destroy();
        }
        await abandon(kAbandoned);
        await deserted();
        const memory = resident();
        const refused = await daemon.metric('televisit_engineio_refused_total');
        const begun = await daemon.metric('televisit_engineio_opened_total', { transport: 'polling' });
        await abandon(kAbandoned);
        assert.equal(await daemon.metric('televisit_engineio_opened_total', { transport: 'polling' }), begun + kAbandoned);
        assert.equal(await daemon.metric('televisit_engineio_refused_total'), refused);
        await deserted();
        const grown = resident() - memory;
        t.diagnostic(`${mebibytes(memory)} MiB, grown by ${mebibytes(grown)} MiB`);
        assert.ok(grown < kGrowth, `grown by ${mebibytes(grown)} MiB`);
    });
});

describe('people who are in their rooms and say nothing', () => {
    test(`${kHeld} at a time are held, twice, while two others talk`, async (t) => {
        const file = await seats(kHeld);
        const visit = await Visit.create(daemon);
        const talkers = [await visit.doctor(), await visit.patient()];
        await deserted();
        const memory = [];
        for (const round of [1, 2]) {
            const empty = resident();
            const load = generator(file, '--mode', 'idle', '--conns', String(kHeld), '--seconds', '3600');
            try {
                await until(async () => {
                    assert.equal(load.child.exitCode, null, load.output);
                    return (await standing()).televisit_signaling_joined === kHeld;
                }, () => `${kHeld} people`, kPatience);
                memory.push(resident());
                t.diagnostic(`${kHeld} people: ${mebibytes(memory.at(-1))} MiB, ${((memory.at(-1) - empty) / kHeld).toFixed(0)} bytes each`);
                const [doctor, patient] = [await Peer.enter(daemon, talkers[0]), await Peer.enter(daemon, talkers[1])];
                for (let i = 0; i < 100; ++i) await doctor.reaches(patient, `message ${i} of round ${round}`);
                for (const one of [doctor, patient]) one.destroy();
                await until(async () => (await standing()).televisit_signaling_joined === kHeld, 'the two, and nobody else, to be gone');
            } finally {
                load.child.kill();
                await load.ended;
            }
            await deserted();
        }
        assert.ok(memory[0] < 40 * kMiB + kHeld * kBytesEach, `${mebibytes(memory[0])} MiB`);
        assert.ok(memory[1] - memory[0] < kGrowth + kHeld * kBytesRemembered, `grown by ${mebibytes(memory[1] - memory[0])} MiB from the first time to the second`);
    });
});
