// Two servers that share rooms through Redis: what one member does, those on the other server hear.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Visit, call } from '../../e2e/lib/visit.mjs';
import { Cluster } from '../lib/cluster.mjs';
import { Peer } from '../lib/peer.mjs';
import { until } from '../lib/within.mjs';

let cluster;
let a;
let b;

before(async () => {
    cluster = await Cluster.open({ balanced: true });
    [a, b] = cluster.nodes;
});
after(() => cluster?.close());

/// A visit with its doctor on the first server and its patient on the second.
async function apart() {
    const visit = await Visit.create(a);
    const doctor = await Peer.enter(a, await visit.doctor());
    const patient = await Peer.enter(b, await visit.patient());
    await doctor.next('user_joined', ({ user_id }) => user_id === patient.userId);
    return { visit, doctor, patient };
}

const ofRoom = (peer) => ({ room_id: peer.roomId });

describe('a room on two servers', () => {
    test('both see each other in it, and hear of leaving', async () => {
        const { doctor, patient } = await apart();
        assert.deepEqual(patient.joined.participants.map(({ user_id }) => user_id).sort(), [doctor.userId, patient.userId].sort());
        assert.equal((await patient.ask('leave_room', ofRoom(patient))).ok, true);
        const left = await doctor.next('user_left');
        assert.equal(left.user_id, patient.userId);
        assert.equal(left.reason, 'left');
        for (const peer of [doctor, patient]) peer.destroy();
    });

    test('offers, answers, candidates, chat and toggles cross in the order in which each sent them', async () => {
        const { doctor, patient } = await apart();
        const rounds = 40;
        const sent = (peer, i) => [
            [peer === doctor ? 'webrtc_offer' : 'webrtc_answer',
                { ...ofRoom(peer), [peer === doctor ? 'offer' : 'answer']: { type: 'offer', sdp: cluster.secret(`v=0 ${i}`) } }],
            ['ice_candidate', { ...ofRoom(peer), candidate: { candidate: cluster.secret(`candidate:${i}`), sdpMid: '0' } }],
            ['send_message', { ...ofRoom(peer), user_id: peer.userId, message: `said ${i}`, timestamp: new Date().toISOString() }],
            ['toggle_audio', { ...ofRoom(peer), user_id: peer.userId, enabled: i % 2 === 1 }],
        ];
        for (let i = 0; i < rounds; ++i) for (const peer of [doctor, patient]) peer.emitAtOnce(sent(peer, i));
        for (const [peer, description, other] of [[patient, 'offer', doctor], [doctor, 'answer', patient]]) {
            await peer.next('chat_message', ({ message, user_id }) => message === `said ${rounds - 1}` && user_id === other.userId);
            await until(() => peer.received.filter(({ event }) => event === 'audio_toggled').length === rounds, 'the last toggle');
            const heard = peer.received.filter(({ event, data }) => ['webrtc_offer', 'webrtc_answer', 'ice_candidate', 'audio_toggled'].includes(event)
                || (event === 'chat_message' && data.user_id === other.userId));
            const wanted = Array.from({ length: rounds }, () => [`webrtc_${description}`, 'ice_candidate', 'chat_message', 'audio_toggled']).flat();
            assert.deepEqual(heard.map(({ event }) => event), wanted);
            assert.deepEqual(heard.filter(({ event }) => event === `webrtc_${description}`).map(({ data }) => data[description].sdp),
                Array.from({ length: rounds }, (_, i) => `v=0 ${i}`));
            assert.ok(heard.every(({ data }) => data.from_peer_id === undefined || data.from_peer_id === other.seat.attendee.peer_id));
        }
        assert.equal(await cluster.metric('televisit_relays_dropped_total'), 0);
        for (const peer of [doctor, patient]) peer.destroy();
    });

    test('what is asked of one server over REST reaches those who sit on the other', async () => {
        const visit = await Visit.create(a, { max_participants: 3 });
        const doctor = await Peer.enter(a, await visit.doctor());
        const patient = await Peer.enter(b, await visit.patient());
        const invited = await visit.post('invitations', visit.doctorJwt, { role: 'GUEST', display_name: 'Grace' });
        assert.equal(invited.status, 201, invited.text);
        const guest = await Peer.enter(b, await visit.seat(cluster.secret(invited.json.token)));
        await doctor.next('user_joined', ({ user_id }) => user_id === guest.userId);

        const revoked = await call(a, 'DELETE', `/api/video/sessions/${visit.id}/invitations/${invited.json.id ?? invited.json.invitation_id}`,
            { token: visit.doctorJwt });
        assert.ok(revoked.status < 300, revoked.text);
        assert.equal((await guest.next('error')).code, 'revoked');
        assert.equal((await doctor.next('user_left')).user_id, guest.userId);

        assert.equal((await visit.post('leave', visit.patientJwt)).status, 204);
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);

        const back = await Peer.enter(b, await visit.patient());
        const kicked = await a.daemon.admin(`/admin/sessions/${visit.id}/attendees/${back.userId}`, { method: 'DELETE' });
        assert.ok(kicked.ok, String(kicked.status));
        assert.equal((await back.next('error')).code, 'kicked');
        assert.equal((await doctor.next('user_left')).reason, 'kicked');

        const again = await Peer.enter(b, await visit.patient());
        assert.ok((await visit.post('end', visit.doctorJwt)).status < 300);
        for (const peer of [doctor, again]) assert.equal((await peer.next('session_ended')).session_id, visit.id);
        for (const peer of [doctor, patient, guest, back, again]) peer.destroy();
    });
});

describe('races over two servers', () => {
    test('fifty joins and entrances of one person are one person in the room', async () => {
        const visit = await Visit.create(a);
        const doctor = await Peer.enter(a, await visit.doctor());
        const joins = await Promise.all(Array.from({ length: 50 }, (_, i) =>
            call(cluster.nodes[i % 2], 'POST', `/api/video/sessions/${visit.id}/join`, { token: visit.patientJwt, body: { device_type: 'web' } })));
        const seats = joins.filter(({ status }) => status === 200).map(({ json }) => json);
        assert.ok(seats.length > 0, joins.map(({ text }) => text).join('\n'));
        for (const seat of seats) cluster.secret(seat.attendee.access_token);
        assert.equal(new Set(seats.map(({ attendee }) => attendee.peer_id)).size, 1);
        const current = await visit.patient();
        const peers = await Promise.all(Array.from({ length: 20 }, (_, i) => Peer.connect(cluster.nodes[i % 2], current)));
        await Promise.all(peers.map((peer) => peer.ask('join_room', peer.entry())));
        await until(async () => {
            const truth = await (await a.daemon.admin(`/admin/rooms/${visit.session.room_id}`)).json();
            return truth.people.length === 2;
        }, 'one patient in the room');
        await doctor.reaches(doctor, 'still here');
        const open = doctor.received.filter(({ event }) => event === 'user_joined').length - doctor.received.filter(({ event }) => event === 'user_left').length;
        assert.equal(open, 1, JSON.stringify(doctor.names));
        for (const peer of [doctor, ...peers]) peer.destroy();
    });

    test('the last seat goes to one of many who come at once, on either server', async () => {
        const visit = await Visit.create(a, { max_participants: 3 });
        const guests = await Promise.all(Array.from({ length: 10 }, async () => {
            const invited = await visit.post('invitations', visit.doctorJwt, { role: 'GUEST', display_name: 'Grace' });
            return visit.seat(cluster.secret(invited.json.token));
        }));
        const peers = await Promise.all(guests.map((seat, i) => Peer.connect(cluster.nodes[i % 2], seat)));
        const answers = await Promise.all(peers.map((peer) => peer.ask('join_room', peer.entry())));
        assert.equal(answers.filter(({ ok }) => ok).length, 1, JSON.stringify(answers));
        assert.ok(answers.every(({ ok, code }) => ok || code === 'room_full'), JSON.stringify(answers));
        for (const peer of peers) peer.destroy();
    });
});

describe('behind the load balancer', () => {
    const kPolling = '/socket.io/?EIO=4&transport=polling';
    const ask = async (path, body) => {
        const answer = await fetch(cluster.url + path, body === undefined ? {} : { method: 'POST', body, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } });
        return { status: answer.status, text: await answer.text() };
    };
    const handshake = async () => JSON.parse((await ask(kPolling)).text.slice(1)).sid;

    test('clients on long-polling come to the server that knows them, wherever the others go', async () => {
        const sids = await Promise.all(Array.from({ length: 8 }, handshake));
        assert.deepEqual([...new Set(sids.map((sid) => sid[0]))].sort(), ['A', 'B']);
        for (const sid of sids) {
            assert.equal((await ask(`${kPolling}&sid=${sid}`, '40')).text, 'ok');
            assert.match((await ask(`${kPolling}&sid=${sid}`)).text, /^40\{"sid"/);
        }
    });

    test('who was with a server that is gone is sent away, and begins anew with another', async () => {
        let sid;
        do sid = await handshake(); while (sid[0] !== 'B');
        await b.kill();
        const refused = await ask(`${kPolling}&sid=${sid}`);
        assert.ok(refused.status >= 500, refused.text);
        const next = await Promise.all(Array.from({ length: 6 }, handshake));
        assert.ok(next.every((one) => one[0] === 'A'), next.join(' '));
        await b.start();
        // On its place it is another one.
        assert.equal((await ask(`${kPolling}&sid=${sid}`)).status, 400);
    });

    test('a WebSocket may go anywhere', async () => {
        const outside = { url: cluster.url, jwtSecret: cluster.jwtSecret, secret: (text) => cluster.secret(text) };
        const visit = await Visit.create(outside);
        const doctor = await Peer.enter(outside, await visit.doctor());
        const patient = await Peer.enter(outside, await visit.patient());
        await doctor.reaches(patient, 'said behind a load balancer');
        await patient.reaches(doctor, 'heard');
        for (const peer of [doctor, patient]) peer.destroy();
    });
});
