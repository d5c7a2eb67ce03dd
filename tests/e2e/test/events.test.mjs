// Every event of the seed's tables, with each official client over each transport.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Peer, clients, pair, transports } from '../lib/clients.mjs';
import { everyEvent, kCandidate, kOffer } from '../lib/every-event.mjs';
import { RawSocket } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

let server;

before(async () => { server = await Server.start(); });
after(() => server?.stop());

describe('the seed\'s events', () => {
    for (const version of Object.keys(clients)) {
        for (const transport of Object.keys(transports)) {
            test(`client ${version} over ${transport}`, () => allEvents({ version, transport }));
        }
    }
    test('one client on websocket, the other on polling', () =>
        allEvents({ transport: 'websocket' }, { transport: 'polling', version: '4.0' }));
});

async function allEvents(doctorOptions, patientOptions = doctorOptions) {
    const visit = await Visit.create(server);
    const { doctor, patient } = await pair(visit, doctorOptions, patientOptions);
    for (const peer of [doctor, patient]) assert.equal(peer.all('connected')[0].sid, peer.socket.id);
    await everyEvent(visit, doctor, patient);
    const expected = { 'polling that upgrades': 'websocket' }[doctorOptions.transport] ?? doctorOptions.transport;
    assert.equal(doctor.socket.io.engine.transport.name, expected);
    doctor.close();
}

describe('the answer of the join', () => {
    test('has the seed\'s fields, and ice servers, participants and window besides', async () => {
        const visit = await Visit.create(server);
        const seat = await visit.doctor();
        assert.equal(seat.session_id, visit.id);
        assert.equal(seat.room_id, visit.session.room_id);
        assert.deepEqual(Object.keys(seat.attendee).sort(), ['access_token', 'attendee_id', 'peer_id', 'role', 'user_id']);
        assert.deepEqual([seat.attendee.user_id, seat.attendee.role], [visit.doctorId, 'DOCTOR']);
        assert.match(seat.attendee.peer_id, /^doctor_/);
        for (const time of ['scheduled_start_time', 'scheduled_end_time']) assert.match(seat[time], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.ok(Array.isArray(seat.ice_servers) && Array.isArray(seat.participants) && seat.join_window);
    });

    test('is the same attendee by token and by JWT, and needs one of them', async () => {
        const visit = await Visit.create(server);
        const [account, invitation] = [await visit.patient(), await visit.seat(visit.session.patient_token)];
        assert.equal(invitation.attendee.attendee_id, account.attendee.attendee_id);
        assert.equal(invitation.attendee.peer_id, account.attendee.peer_id);
        assert.notEqual(invitation.attendee.access_token, account.attendee.access_token);
        const refused = await visit.join(undefined);
        assert.equal(refused.status, 401);
        assert.equal(typeof refused.json.code, 'string');
    });
});

describe('where', () => {
    for (const version of Object.keys(clients)) {
        test(`client ${version} connects to signaling_server_url, with and without a slash, and is in the same room`, async () => {
            const visit = await Visit.create(server);
            const seat = await visit.doctor();
            assert.equal(seat.signaling_server_url, `${server.url}/socket.io`);
            const doctor = await Peer.enter(server, seat, { version, url: seat.signaling_server_url });
            assert.equal(doctor.socket.nsp, '/socket.io');
            const patient = await Peer.enter(server, await visit.patient(), { version, url: `${seat.signaling_server_url}/` });
            assert.equal(patient.socket.nsp, '/socket.io/');
            assert.equal((await doctor.next('user_joined')).peer_id, patient.peerId);
            doctor.emit('webrtc_offer', { room_id: doctor.roomId, from_peer_id: doctor.peerId, offer: kOffer });
            assert.deepEqual((await patient.next('webrtc_offer')).offer, kOffer);
            for (const peer of [doctor, patient]) {
                assert.equal(peer.all('connected')[0].sid, peer.socket.id);
                peer.close();
            }
        });
    }

    test('one connection may hold several namespaces, each with its own sid', async () => {
        const visit = await Visit.create(server);
        const doctor = await Peer.enter(server, await visit.doctor());
        const second = doctor.socket.io.socket('/socket.io');
        const connected = new Promise((done) => second.once('connected', done));
        const { sid } = await connected;
        assert.equal(sid, second.id);
        assert.notEqual(sid, doctor.socket.id);
        second.disconnect();
        await doctor.settled();
        doctor.close();
    });

    test('an unknown namespace is refused with connect_error', async () => {
        const visit = await Visit.create(server);
        const peer = new Peer(server, await visit.doctor(), { url: `${server.url}/elsewhere` });
        assert.equal((await peer.next('(connect_error)')).message, 'Invalid namespace');
        peer.socket.io.engine.close();
    });
});

describe('the room', () => {
    test('join_room again on the same socket answers again and tells nobody', async () => {
        const { doctor, patient, close } = await pair(await Visit.create(server));
        assert.deepEqual(await patient.ask('join_room', patient.entry()), { ok: true });
        assert.equal((await patient.next('joined_room')).participants_count, 2);
        await doctor.settled();
        await patient.settled();
        await doctor.next('audio_toggled');
        assert.equal(doctor.all('user_joined').length, 1);
        assert.equal(doctor.all('user_left').length, 0);
        close();
    });

    test('alone, an offer is peer_absent and not kept, a candidate is accepted and dropped', async () => {
        const visit = await Visit.create(server);
        const doctor = await Peer.enter(server, await visit.doctor());
        const room = { room_id: doctor.roomId, from_peer_id: doctor.peerId };
        for (const [event, name] of [['webrtc_offer', 'offer'], ['webrtc_answer', 'answer']]) {
            const answer = await doctor.ask(event, { ...room, target_peer_id: 'patient_peer_id', [name]: kOffer });
            assert.deepEqual([answer.ok, answer.code], [false, 'peer_absent']);
            assert.equal((await doctor.next('error')).code, 'peer_absent');
        }
        assert.deepEqual(await doctor.ask('ice_candidate', { ...room, candidate: kCandidate }), { ok: true });
        const patient = await Peer.enter(server, await visit.patient());
        await doctor.settled();
        await patient.next('audio_toggled');
        assert.deepEqual(patient.received.filter(({ event }) => /^webrtc|^ice_c/.test(event)), []);
        doctor.close();
        patient.close();
    });

    test('what is relayed keeps its bytes', async () => {
        const offer = '{"type" : "offer","sdp":"\\u00e9\\/\\ud83d\\ude42","n":1.50,"big":12345678901234567890,"e":1E+2,"a":[ ]}';
        const visit = await Visit.create(server);
        const sender = await RawSocket.connect(server);
        const receiver = await RawSocket.connect(server);
        const seat = await visit.doctor();
        await sender.enter(seat);
        await receiver.enter(await visit.patient());
        sender.send(`42["webrtc_offer",{"room_id":"${seat.room_id}","offer":${offer}}]`);
        const frame = await receiver.next((text) => text.startsWith('42["webrtc_offer"'));
        assert.ok(frame.includes(`"offer":${offer}`), frame);
        await Promise.all([sender.close(), receiver.close()]);
    });

    for (const transport of Object.keys(transports)) {
        test(`binary inside an offer arrives as binary over ${transport}`, async () => {
            const { doctor, patient, close } = await pair(await Visit.create(server), { transport });
            const offer = { first: Buffer.from([1, 2, 3]), nested: [{ second: Buffer.from('zwei') }] };
            assert.deepEqual(await doctor.ask('webrtc_offer', { room_id: doctor.roomId, offer }), { ok: true });
            const { offer: got } = await patient.next('webrtc_offer');
            assert.deepEqual([...got.first], [1, 2, 3]);
            assert.equal(Buffer.from(got.nested[0].second).toString(), 'zwei');
            close();
        });

        test(`an offer of 900 KB passes over ${transport}`, async () => {
            const { doctor, patient, close } = await pair(await Visit.create(server), { transport });
            const offer = { type: 'offer', sdp: 'x'.repeat(900_000) };
            assert.deepEqual(await doctor.ask('webrtc_offer', { room_id: doctor.roomId, offer }), { ok: true });
            assert.equal((await patient.next('webrtc_offer')).offer.sdp.length, 900_000);
            close();
        });
    }

    test('with three people a target is needed, and only that one hears', async () => {
        const visit = await Visit.create(server, { max_participants: 3 });
        const made = await visit.post('invitations', visit.doctorJwt, { role: 'INTERPRETER' });
        assert.equal(made.status, 201, made.text);
        server.secret(made.json.token);
        const { doctor, patient } = await pair(visit);
        const third = await Peer.enter(server, await visit.seat(made.json.token));
        assert.equal(third.joined.participants_count, 3);
        const room = { room_id: doctor.roomId };
        for (const target of [undefined, 'patient_peer_id']) {
            const refused = await doctor.ask('webrtc_offer', { ...room, target_peer_id: target, offer: kOffer });
            assert.deepEqual([refused.ok, refused.code], [false, 'unknown_target']);
        }
        assert.deepEqual(await doctor.ask('webrtc_offer', { ...room, target_peer_id: third.peerId, offer: kOffer }), { ok: true });
        assert.deepEqual(await doctor.ask('ice_candidate', { ...room, target_peer_id: third.peerId, candidate: kCandidate }), { ok: true });
        assert.deepEqual(await doctor.ask('ice_candidate', { ...room, candidate: { candidate: '' } }), { ok: true });
        await third.next('webrtc_offer');
        assert.deepEqual((await third.next('ice_candidate')).candidate, kCandidate);
        await third.next('ice_candidate');
        assert.equal((await patient.next('ice_candidate')).candidate.candidate, '', 'untargeted, it goes to all others');
        assert.deepEqual(patient.all('webrtc_offer'), []);
        for (const peer of [doctor, patient, third]) peer.close();
    });
});
