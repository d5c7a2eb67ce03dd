// Connection state recovery: clients that lose their connection and get their socket back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Peer, transports, within } from '../lib/clients.mjs';
import { Line } from '../lib/line.mjs';
import { RawSocket } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kReturns = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0 };
/// The clients that recover, over each transport.
const recovering = ['4.8', '4.6'].flatMap((version) => Object.keys(transports).map((transport) => [version, transport]));
let server;

before(async () => { server = await Server.start(); });
after(() => server?.stop());

/// A doctor, and a patient whose line can be cut.
async function call(options = {}) {
    const visit = await Visit.create(server);
    const line = await Line.start(server);
    const doctor = await Peer.enter(server, await visit.doctor());
    const patient = await Peer.enter(server, await visit.patient(),
        { url: `http://127.0.0.1:${line.port}${options.place ?? ''}`, ...kReturns, ...options });
    await doctor.next('user_joined');
    if (options.transport === 'polling that upgrades') await upgraded(patient);
    return {
        visit, line, doctor, patient,
        async end() {
            for (const peer of [doctor, patient]) peer.close();
            await line.stop();
        },
    };
}

const upgraded = (peer) => within(new Promise((done) => {
    const look = () => peer.socket.io.engine.transport.name === 'websocket' && done();
    peer.socket.io.engine.once('upgrade', () => done());
    look();
}), () => 'the upgrade');

const back = (peer) => within(new Promise((done) => peer.socket.once('connect', done)), () => 'the return');
const lost = (peer) => within(new Promise((done) => {
    if (!peer.socket.connected) done();
    else peer.socket.once('disconnect', done);
}), () => 'the loss');
const say = (peer, text) => peer.emit('send_message',
    { room_id: peer.roomId, user_id: peer.userId, message: server.secret(text), timestamp: '' });
const said = (peer, by) => peer.all('chat_message').filter((chat) => chat.user_id === by.userId).map((chat) => chat.message);
const texts = (what, count) => Array.from({ length: count }, (_, i) => `${what} message ${i}`);
const people = (peer) => peer.received.map(({ event }) => event).filter((event) => /^user_/.test(event));

describe('a client whose connection is lost', { concurrency: 2 }, () => {
    for (const [version, transport] of recovering) {
        test(`gets its socket back with all it has missed, version ${version} over ${transport}`, async () => {
            const { doctor, patient, line, end } = await call({ version, transport });
            const { id } = patient.socket;
            assert.equal(patient.socket.recovered, false);
            say(doctor, 'before');
            await patient.next('chat_message');

            line.cut();
            await lost(patient);
            // Whether the server sees a loss between two polls is another matter.
            const seen = transport !== 'polling';
            if (seen) assert.equal((await doctor.next('user_interrupted')).user_id, patient.userId);
            const [missed, typed] = [texts('missed', 20), texts('typed', 5)];
            for (const text of missed) say(doctor, text);
            for (const text of typed) say(patient, text);
            patient.emit('toggle_audio', { room_id: patient.roomId, user_id: patient.userId, enabled: false });
            await doctor.settled();
            const returned = back(patient);
            line.mend();
            await returned;
            assert.equal(patient.socket.recovered, true);
            assert.equal(patient.socket.id, id);

            if (seen) assert.equal((await doctor.next('user_resumed')).user_id, patient.userId);
            assert.equal((await doctor.next('audio_toggled')).enabled, false);
            await patient.settled();
            await doctor.settled();
            assert.deepEqual(said(patient, doctor), ['before', ...missed]);
            assert.deepEqual(said(doctor, patient), typed);
            const heard = people(doctor);
            if (seen || heard.length > 1) assert.deepEqual(heard, ['user_joined', 'user_interrupted', 'user_resumed']);
            assert.deepEqual(people(patient), []);
            for (const event of ['connected', 'joined_room']) assert.equal(patient.all(event).length, 1);
            assert.deepEqual(patient.all('error'), []);
            await end();
        });

        test(`again and again, in the middle of a stream, misses nothing and gets nothing twice, version ${version} over ${transport}`, async () => {
            const { doctor, patient, line, end } = await call({ version, transport });
            const [sent, typed] = [[], []];
            let going = true;
            let [quota, more] = [20, () => {}];  // fewer than are kept
            const stream = (async () => {
                for (let i = 0; going; ++i) {
                    if (--quota < 0) {
                        await new Promise((done) => { more = done; });
                        continue;
                    }
                    for (const [peer, list] of [[doctor, sent], [patient, typed]]) {
                        // What a client has sent into a connection that was lost is lost: the patient types while it has none.
                        if (peer === patient && patient.socket.connected) continue;
                        list.push(`stream ${i} of ${peer.role}`);
                        say(peer, list.at(-1));
                    }
                    await doctor.settled();
                }
            })();
            for (let round = 0; round < 6; ++round) {
                const [gone, returned] = [lost(patient), back(patient)];
                if (round % 2 === 0) line.cut();
                else line.cutUnseen();
                await gone;
                line.mend();
                await returned;
                assert.equal(patient.socket.recovered, true, `round ${round}`);
                await patient.settled();  // what it had typed is there
                quota = 20;
                more();
            }
            going = false;
            more();
            await stream;
            await patient.settled();
            await doctor.settled();
            assert.deepEqual(said(patient, doctor), sent);
            assert.deepEqual(said(doctor, patient), typed);
            assert.ok(sent.length > 10);
            assert.equal(doctor.all('user_interrupted').length, doctor.all('user_resumed').length);
            assert.deepEqual(doctor.all('user_left'), []);
            await end();
        });

        test(`without the server noticing takes its living socket over, and the others hear nothing, version ${version} over ${transport}`, async () => {
            const { doctor, patient, line, end } = await call({ version, transport });
            const { id } = patient.socket;
            const [gone, returned] = [lost(patient), back(patient)];
            line.cutUnseen();
            await gone;
            const missed = texts('missed', 3);
            for (const text of missed) say(doctor, text);
            await doctor.settled();
            line.mend();
            await returned;
            assert.deepEqual([patient.socket.recovered, patient.socket.id], [true, id]);
            await patient.settled();
            await doctor.settled();
            assert.deepEqual(said(patient, doctor), missed);
            assert.deepEqual(people(doctor), ['user_joined']);
            await end();
        });
    }

    test('and who has missed more than is kept, is seated under a new id and told how things stand', async () => {
        const { doctor, patient, line, end } = await call();
        const { id } = patient.socket;
        line.cut();
        await doctor.next('user_interrupted');
        const offer = { type: 'offer', sdp: 'x'.repeat(200_000) };
        for (let i = 0; i < 3; ++i) doctor.emit('webrtc_offer', { room_id: doctor.roomId, offer });
        await doctor.settled();
        const returned = back(patient);
        line.mend();
        await returned;
        assert.equal(patient.socket.recovered, false);
        assert.notEqual(patient.socket.id, id);
        await patient.next('connected');
        assert.equal(patient.all('connected').at(-1).sid, patient.socket.id);
        const state = await patient.next('room_state');
        assert.deepEqual(state.participants.map((one) => one.state), ['joined', 'joined']);
        assert.equal((await doctor.next('user_resumed')).user_id, patient.userId);
        await patient.settled();
        assert.deepEqual(patient.all('webrtc_offer'), []);
        assert.equal(patient.all('joined_room').length, 1);

        assert.deepEqual(await patient.ask('join_room', patient.entry()), { ok: true });
        assert.equal(patient.all('joined_room').length, 2);
        say(doctor, 'after all');
        await patient.next('chat_message');
        assert.deepEqual(people(doctor), ['user_joined', 'user_interrupted', 'user_resumed']);
        await end();
    });

    test('gets each namespace back under its own id', async () => {
        const { doctor, patient, line, end } = await call();
        const other = patient.socket.io.socket('/socket.io');
        await within(new Promise((done) => other.on('connected', done)), () => 'the second namespace');
        const ids = [patient.socket.id, other.id];
        assert.notEqual(ids[0], ids[1]);
        line.cut();
        await doctor.next('user_interrupted');
        const both = Promise.all([back(patient), within(new Promise((done) => other.once('connect', done)), () => 'the other')]);
        line.mend();
        await both;
        assert.deepEqual([patient.socket.id, other.id], ids);
        assert.deepEqual([patient.socket.recovered, other.recovered], [true, true]);
        other.disconnect();
        await end();
    });

    test('gets its socket back in the namespace that signaling_server_url is to stock clients', async () => {
        const { doctor, patient, line, end } = await call({ place: '/socket.io' });
        line.cut();
        await doctor.next('user_interrupted');
        say(doctor, 'meanwhile');
        await doctor.settled();
        const returned = back(patient);
        line.mend();
        await returned;
        assert.equal(patient.socket.recovered, true);
        await patient.settled();
        assert.deepEqual(said(patient, doctor), ['meanwhile']);
        await end();
    });

    test('and whose visit was ended meanwhile, is a stranger', async () => {
        const { visit, doctor, patient, line, end } = await call();
        line.cut();
        await doctor.next('user_interrupted');
        assert.equal((await visit.post('end', visit.doctorJwt)).status, 200);
        await doctor.next('session_ended');
        const returned = back(patient);
        line.mend();
        await returned;
        assert.equal(patient.socket.recovered, false);
        assert.equal((await patient.ask('toggle_audio', { enabled: true })).code, 'not_in_room');
        await end();
    });

    test('and whose place was taken with a newer token meanwhile, is a stranger', async () => {
        const { visit, doctor, patient, line, end } = await call();
        line.cut();
        await doctor.next('user_interrupted');
        const reloaded = await Peer.enter(server, await visit.patient());
        await doctor.next('user_joined');
        const returned = back(patient);
        line.mend();
        await returned;
        assert.equal(patient.socket.recovered, false);
        assert.equal((await patient.ask('toggle_audio', { enabled: true })).code, 'not_in_room');
        assert.deepEqual(people(doctor), ['user_joined', 'user_interrupted', 'user_left', 'user_joined']);
        reloaded.close();
        await end();
    });

    test('and comes back after the grace, is a stranger', async () => {
        const strict = await Server.start({ grace: '300ms' });
        try {
            const visit = await Visit.create(strict);
            const line = await Line.start(strict);
            const doctor = await Peer.enter(strict, await visit.doctor());
            const patient = await Peer.enter(strict, await visit.patient(),
                { url: `http://127.0.0.1:${line.port}`, ...kReturns });
            line.cut();
            await doctor.next('user_left');
            const returned = back(patient);
            line.mend();
            await returned;
            assert.equal(patient.socket.recovered, false);
            await patient.ask('join_room', patient.entry());
            assert.deepEqual(people(doctor), ['user_joined', 'user_interrupted', 'user_left', 'user_joined']);
            for (const peer of [doctor, patient]) peer.close();
            await line.stop();
        } finally {
            await strict.stop();
        }
    });

    for (const version of ['4.5', '4.0']) {
        test(`and which knows nothing of this, version ${version}, joins again as ever`, async () => {
            const { doctor, patient, line, end } = await call({ version });
            line.cut();
            await doctor.next('user_interrupted');
            say(doctor, 'missed');
            await doctor.settled();
            const returned = back(patient);
            line.mend();
            await returned;
            assert.deepEqual(await patient.ask('join_room', patient.entry()), { ok: true });
            say(doctor, 'heard');
            await patient.next('chat_message');
            await doctor.settled();
            assert.deepEqual(said(patient, doctor), ['heard']);
            assert.deepEqual(people(doctor), ['user_joined', 'user_interrupted', 'user_resumed']);
            await end();
        });
    }
});

describe('a client that does without', () => {
    for (const [how, options] of [['in its query', { query: { recovery: 0 } }], ['in its auth', { auth: { recovery: false } }]]) {
        test(`by saying so ${how}, has no pid, and its handlers get the arguments they were written for`, async () => {
            const { doctor, patient, line, end } = await call(options);
            say(doctor, 'one argument');
            await patient.next('chat_message');
            for (const { event, args } of patient.received.filter(({ event }) => !event.startsWith('('))) {
                assert.equal(args.length, 1, event);
            }
            for (const { event, args } of doctor.received) assert.equal(args.length, 2, event);
            line.cut();
            await doctor.next('user_interrupted');
            const returned = back(patient);
            line.mend();
            await returned;
            assert.ok(!patient.socket.recovered);
            await patient.ask('join_room', patient.entry());
            assert.equal((await doctor.next('user_resumed')).user_id, patient.userId);
            await end();
        });
    }

    test('is answered CONNECT with a sid alone, and a packet of any event ends with its data', async () => {
        const visit = await Visit.create(server);
        const raw = await RawSocket.connect(server, { query: '&recovery=0' });
        assert.deepEqual(Object.keys(raw.connected), ['sid']);
        const joined = await raw.enter(await visit.patient());
        assert.equal(joined.participants_count, 1);
        await raw.close();
    });

    test('by configuration is one like those before there was any', async () => {
        const plain = await Server.start({ grace: '0s' });
        try {
            const peer = await Peer.enter(plain, await (await Visit.create(plain)).patient(), { query: { recovery: 1 } });
            assert.deepEqual(peer.received.map(({ args }) => args.length), [1, 1]);
            peer.close();
        } finally {
            await plain.stop();
        }
    });
});
