// Clients that send too much, and clients that never read: each costs itself, and nobody else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { shipped } from '../lib/config.mjs';
import { Daemon, plugins } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { until } from '../lib/within.mjs';
import { Visit } from '../../e2e/lib/visit.mjs';

const path = ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`];
const loops = ['  loops: ${env:TELEVISIT_LOOPS:-0}', '  loops: 4'];
const rates = [['per_second: ${env:TELEVISIT_PACKET_RATE:-5000}', 'per_second: 1000000\n      write_buffer: 64KiB'],
    ['per_second: ${env:TELEVISIT_EVENT_RATE:-1000}', 'per_second: 1000000']];

let daemon, unbounded;
before(async () => {
    daemon = await Daemon.start({ config: shipped(path, loops) });
    unbounded = await Daemon.start({ config: shipped(path, ...rates) });
});
after(async () => {
    await daemon?.stop();
    await unbounded?.stop();
});

async function pair(server) {
    const visit = await Visit.create(server);
    const doctor = await Peer.enter(server, await visit.doctor());
    const patient = await Peer.enter(server, await visit.patient());
    await doctor.next('user_joined');
    return { visit, doctor, patient, close() { doctor.destroy(); patient.destroy(); } };
}
const candidate = (peer, number) => ['ice_candidate', { room_id: peer.roomId, candidate: { candidate: `${number}` } }];
const rss = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;

test('who floods a room is told why and put out; its partner and others go on', async () => {
    const { doctor, patient, close } = await pair(daemon);
    const others = await pair(daemon);
    for (let i = 0; i < 14_000; ++i) doctor.emit(...candidate(doctor, i));
    assert.equal((await doctor.next('error')).code, 'too_many_events');
    await doctor.next('(disconnect)');
    await doctor.next('(close)');
    assert.equal((await patient.next('user_interrupted')).user_id, doctor.userId);
    await others.doctor.reaches(others.patient, 'still here');
    assert.equal((await patient.ask('toggle_audio', { room_id: patient.roomId, enabled: true })).ok, true);
    const heard = patient.received.filter(({ event }) => event === 'ice_candidate').map(({ data }) => Number(data.candidate.candidate));
    assert.ok(heard.length >= 10_000 - 2 && heard.length < 14_000, `${heard.length}`);
    assert.deepEqual(heard, heard.map((_, i) => i));
    assert.equal(await daemon.metric('televisit_signaling_errors_total', { code: 'too_many_events' }), 1);
    close();
    others.close();
});

test('garbage is answered little: a refused event counts as ten', async () => {
    const stranger = await Peer.connect(daemon, await (await Visit.create(daemon)).doctor());
    for (let i = 0; i < 6000; ++i) stranger.emit('make_coffee', {});
    await stranger.next('(close)');
    const errors = stranger.received.filter(({ event }) => event === 'error');
    assert.equal(errors.at(-1).data.code, 'too_many_events');
    assert.ok(errors.length < 1200, `${errors.length} answers`);
});

test('a WebSocket that is not read from is closed at its byte limit, and its partner is answered all the while', async () => {
    const { doctor, patient, close } = await pair(unbounded);
    const before = rss(unbounded);
    patient.stopReading();
    const offer = { room_id: doctor.roomId, offer: { type: 'offer', sdp: 'x'.repeat(200_000) } };
    let sent = 0;
    const lost = doctor.next('user_interrupted').then(() => true);
    for (let gone = false; !gone && sent < 400; ++sent) {
        assert.equal((await doctor.ask('webrtc_offer', offer)).ok, true);
        gone = await Promise.race([lost, new Promise((done) => setImmediate(done, false))]);
    }
    await lost;
    assert.ok(rss(unbounded) - before < 24 << 20, `grew by ${rss(unbounded) - before} bytes after ${sent} offers`);
    assert.equal(await unbounded.metric('televisit_engineio_closed_total', { cause: 'slow_reader' }), 1);
    assert.equal((await doctor.ask('toggle_audio', { room_id: doctor.roomId, enabled: true })).ok, true);
    close();
});

test('so is a client on long-polling that does not poll', async () => {
    const visit = await Visit.create(unbounded);
    const seat = await visit.patient();
    const url = `${unbounded.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1));
    const ask = async (body) => (await fetch(`${url}&sid=${sid}`, body ? { method: 'POST', body } : {})).text();
    const { user_id, role, access_token } = seat.attendee;
    await ask('40');
    await ask(`42${JSON.stringify(['join_room', { room_id: seat.room_id, user_id, role, token: access_token }])}`);
    for (let heard = ''; !heard.includes('joined_room');) heard += await ask();

    const doctor = await Peer.enter(unbounded, await visit.doctor());
    const lost = doctor.next('user_interrupted').then(() => true);
    const offer = { room_id: doctor.roomId, offer: { type: 'offer', sdp: 'x'.repeat(20_000) } };
    for (let i = 0; i < 6; ++i) assert.equal((await doctor.ask('webrtc_offer', offer)).ok, true);
    await lost;
    assert.equal(await unbounded.metric('televisit_engineio_closed_total', { cause: 'slow_reader' }), 2);
    doctor.destroy();
});

test('loops are woken once for a batch, not once for a message', async () => {
    const rooms = [];
    for (let i = 0; i < 4; ++i) rooms.push(await pair(daemon));
    const figures = async () => Promise.all(['televisit_socketio_handed_over_total', 'televisit_loop_wakeups_total'].map((name) => daemon.metric(name)));
    const [handedBefore, wokenBefore] = await figures();
    const count = 1000;
    for (const { doctor, patient } of rooms) {
        doctor.emitAtOnce(Array.from({ length: count }, (_, i) => candidate(doctor, i)));
        patient.emitAtOnce(Array.from({ length: count }, (_, i) => candidate(patient, i)));
    }
    for (const { doctor, patient } of rooms)
        for (const peer of [doctor, patient]) await peer.next('ice_candidate', (data) => data.candidate.candidate === `${count - 1}`);
    const [handed, woken] = await figures();
    assert.ok(handed - handedBefore >= count, 'rooms span loops');
    assert.ok((woken - wokenBefore) * 4 < handed - handedBefore, `${woken - wokenBefore} wake-ups for ${handed - handedBefore} events`);
    for (const room of rooms) room.close();
});

test('nothing of it is left behind', async () => {
    await until(async () => await daemon.metric('televisit_engineio_sessions') === 0, 'the end of all sessions');
    assert.equal(await daemon.metric('televisit_signaling_unjoined'), 0);
});
