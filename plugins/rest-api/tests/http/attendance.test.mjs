// People who come early, late, twice, on two devices, with whatever credential; and what REST and sockets tell of each
// other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Peer } from '../../../../tests/integration/lib/peer.mjs';
import { until } from '../../../../tests/integration/lib/within.mjs';
import { ask } from './operations.mjs';
import { Server, assertProblem, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start({ grace: '500ms', env: { STUN_SERVER: '192.0.2.1:3478' } }); });
after(async () => { await server.stop(); });

async function join(visit, token, body) {
    const joined = await ask(visit, 'join_session', token, body ? { body } : {});
    assert.equal(joined.status, 200, joined.text);
    return joined.json;
}
const enter = async (visit, token) => Peer.enter(server, await join(visit, token));
const attendee = async (visit, id) => (await ask(visit, 'list_attendees', visit.doctor.token)).json.items.find((one) => one.user_id === id);
const minutes = (count) => new Date(Date.now() + count * 60_000).toISOString();

test('whoever comes early waits, and comes in when the visit is moved to now', async () => {
    const visit = await pair(server, { from: 16, to: 30 });
    const { opens_at: opens } = assertProblem(await ask(visit, 'join_session', visit.patient.token), 409, 'join_too_early');
    assert.equal(Date.parse(opens), Math.floor(Date.parse(visit.session.scheduled_start_time) / 1000) * 1000 - 15 * 60_000);
    const moved = await ask(visit, 'reschedule_session', visit.doctor.token, { body: { scheduled_start_time: minutes(14) } });
    assert.equal(moved.status, 200, moved.text);
    const joined = await join(visit, visit.patient.token);
    assert.ok(Date.parse(joined.join_window.opens_at) <= Date.now());
    assert.equal(Date.parse(joined.join_window.closes_at), Date.parse(moved.json.scheduled_end_time) + 15 * 60_000);
});

test('whoever comes late, but within the window, comes in', async () => {
    const visit = await pair(server, { from: -60, to: -14 });
    const [doctor, patient] = [await enter(visit, visit.doctor.token), await enter(visit, visit.patient.token)];
    assert.equal(patient.joined.participants_count, 2);
    for (const peer of [doctor, patient]) peer.destroy();
});

test('who is in the room already is told at the join', async () => {
    const visit = await pair(server);
    const doctor = await enter(visit, visit.doctor.token);
    await doctor.ask('toggle_video', { room_id: doctor.roomId, enabled: false });
    const { participants } = await join(visit, visit.patient.token);
    assert.deepEqual(participants, [{ user_id: visit.doctor.id, peer_id: doctor.seat.attendee.peer_id, role: 'DOCTOR', audio: true, video: false, screen_share: false, state: 'joined' }]);
    doctor.destroy();
});

test('joining twice is one attendee with a fresh token; the older one opens nothing', async () => {
    const visit = await pair(server);
    const first = await join(visit, visit.patient.token, { device_type: 'phone', browser_info: 'one', display_name: 'P' });
    const second = await join(visit, visit.session.patient_token, { device_type: 'tablet' });
    for (const field of ['attendee_id', 'peer_id', 'user_id', 'role']) assert.equal(first.attendee[field], second.attendee[field], field);
    const { device_type: device, display_name: name } = await attendee(visit, visit.patient.id);
    assert.deepEqual([device, name], ['tablet', 'P'], 'the newest device, and the name once given');
    const old = await Peer.connect(server, first);
    assert.equal((await old.ask('join_room', old.entry())).code, 'invalid_token');
    assertProblem(await ask(visit, 'get_ice_servers', first.attendee.access_token), 401, 'invalid_token');
    old.destroy();
});

test('on two devices: the second takes the place, the first is told, the others hear of a rejoin', async () => {
    const visit = await pair(server);
    const doctor = await enter(visit, visit.doctor.token);
    const phone = await enter(visit, visit.patient.token);
    await doctor.next('user_joined');
    const tablet = await enter(visit, visit.patient.token);
    assert.equal((await phone.next('error')).code, 'replaced');
    const left = await doctor.next('user_left');
    assert.deepEqual([left.user_id, left.reason], [visit.patient.id, 'rejoined']);
    assert.equal((await doctor.next('user_joined')).peer_id, tablet.seat.attendee.peer_id);
    await doctor.reaches(tablet, 'to the device in hand');
    assert.equal(tablet.joined.participants_count, 2);
    for (const peer of [doctor, phone, tablet]) peer.destroy();
});

test('the same device twice: the second socket takes the place, and nobody else hears of it', async () => {
    const visit = await pair(server);
    const doctor = await enter(visit, visit.doctor.token);
    const first = await enter(visit, visit.patient.token);
    await doctor.next('user_joined');
    const second = await Peer.enter(server, first.seat);
    assert.equal((await first.next('error')).code, 'replaced');
    await doctor.reaches(second, 'still here');
    assert.ok(!doctor.names.includes('user_left') && !doctor.names.includes('user_interrupted'));
    for (const peer of [doctor, first, second]) peer.destroy();
});

test('leaving over REST is leaving: the others hear it at once, the records tell when, and coming back is possible', async () => {
    const visit = await pair(server);
    const doctor = await enter(visit, visit.doctor.token);
    const patient = await enter(visit, visit.patient.token);
    await doctor.next('user_joined');
    const access = patient.seat.attendee.access_token;
    for (let i = 0; i < 3; ++i) assert.equal((await ask(visit, 'leave_session', access)).status, 204);
    const left = await doctor.next('user_left');
    assert.deepEqual([left.user_id, left.reason], [visit.patient.id, 'left']);
    await until(async () => (await attendee(visit, visit.patient.id)).left_at, 'the time of leaving in the records');
    const again = await enter(visit, visit.patient.token);
    await doctor.next('user_joined');
    await until(async () => !(await attendee(visit, visit.patient.id)).left_at, 'the return in the records');
    assert.equal(doctor.names.filter((name) => name === 'user_left').length, 1);
    for (const peer of [doctor, patient, again]) peer.destroy();
});

test('leaving before ever having come in is no news', async () => {
    const visit = await pair(server);
    const doctor = await enter(visit, visit.doctor.token);
    for (const token of [visit.patient.token, visit.session.patient_token]) assert.equal((await ask(visit, 'leave_session', token)).status, 204);
    await doctor.reaches(doctor, 'nobody has left');
    assert.ok(!doctor.names.includes('user_left'));
    doctor.destroy();
});

test('servers and samples with each credential of an attendee, before, in and after the room', async () => {
    const visit = await pair(server);
    const seat = await join(visit, visit.patient.token);
    const peer = await Peer.connect(server, seat);
    const both = async () => {
        for (const token of [visit.patient.token, visit.session.patient_token, seat.attendee.access_token]) {
            const servers = await ask(visit, 'get_ice_servers', token);
            assert.deepEqual(servers.json.ice_servers, [{ urls: ['stun:192.0.2.1:3478'] }]);
            assert.equal((await ask(visit, 'add_quality', token, { body: { rtt_ms: 12.5, tracks: [{ kind: 'audio', lost: 0 }] } })).status, 204);
        }
    };
    await both();
    await peer.enter();
    await both();
    assert.equal((await peer.ask('leave_room', { room_id: peer.roomId })).ok, true);
    await both();
    peer.destroy();
});

test('both hang up and come back: the visit goes on', async () => {
    const visit = await pair(server);
    for (let round = 0; round < 2; ++round) {
        const [doctor, patient] = [await enter(visit, visit.doctor.token), await enter(visit, visit.patient.token)];
        for (const peer of [doctor, patient]) {
            assert.equal((await peer.ask('leave_room', { room_id: peer.roomId })).ok, true);
            peer.destroy();
        }
        assert.equal((await ask(visit, 'get_session', visit.doctor.token)).json.status, 'ACTIVE');
    }
    assert.equal((await ask(visit, 'list_attendees', visit.doctor.token)).json.items.length, 2);
});
