// Leaving a room, by will, by accident and by order, and coming back to it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Peer, pair, transports } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kGrace = 1000;
let server;

before(async () => { server = await Server.start({ grace: `${kGrace}ms` }); });
after(() => server?.stop());

describe('leaving and coming back', () => {
    test('a DISCONNECT packet is user_left at once', async () => {
        const { doctor, patient } = await pair(await Visit.create(server));
        patient.close();
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);
        assert.deepEqual(doctor.all('user_interrupted'), []);
        doctor.close();
    });

    test('leaving by REST is user_left at once, and may be repeated', async () => {
        const visit = await Visit.create(server);
        const { doctor, patient, close } = await pair(visit);
        for (let i = 0; i < 2; ++i) assert.ok([200, 204].includes((await visit.post('leave', visit.patientJwt)).status));
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);
        await doctor.settled();
        assert.equal(doctor.all('user_left').length, 1);
        close();
    });

    for (const transport of ['websocket', 'polling']) {
        test(`a connection cut over ${transport} is an interruption, and user_left when the grace ends`, async () => {
            const { doctor, patient } = await pair(await Visit.create(server), { transport });
            patient.socket.io.engine.close();
            const interrupted = await doctor.next('user_interrupted');
            assert.deepEqual([interrupted.user_id, interrupted.peer_id, interrupted.grace_ms], [patient.userId, patient.peerId, kGrace]);
            assert.deepEqual(doctor.all('user_left'), []);
            assert.equal((await doctor.next('user_left')).peer_id, patient.peerId);
            await doctor.settled();
            assert.equal(doctor.all('user_left').length, 1);
            doctor.close();
        });
    }

    test('a return with the same token inside the grace is user_resumed', async () => {
        const { doctor, patient } = await pair(await Visit.create(server));
        patient.socket.io.engine.close();
        await doctor.next('user_interrupted');
        const back = await Peer.enter(server, patient.seat);
        assert.equal((await doctor.next('user_resumed')).user_id, patient.userId);
        doctor.emit('webrtc_offer', { room_id: doctor.roomId, offer: { sdp: 'v=0\r\n' } });
        assert.deepEqual((await back.next('webrtc_offer')).offer, { sdp: 'v=0\r\n' });
        assert.deepEqual([doctor.all('user_joined').length, doctor.all('user_left').length], [1, 0]);
        doctor.close();
        back.close();
    });

    test('a return with a newer token ends the old stay and begins another, with the same peer_id', async () => {
        const visit = await Visit.create(server);
        const { doctor, patient } = await pair(visit);
        const seat = await visit.patient();
        assert.equal(seat.attendee.peer_id, patient.peerId);
        assert.equal(seat.attendee.attendee_id, patient.seat.attendee.attendee_id);
        assert.notEqual(seat.attendee.access_token, patient.seat.attendee.access_token);
        const reloaded = await Peer.enter(server, seat);
        assert.equal((await doctor.next('user_left')).reason, 'rejoined');
        assert.equal((await doctor.next('user_joined')).peer_id, patient.peerId);
        const order = doctor.received.map(({ event }) => event).filter((event) => /^user_/.test(event));
        assert.deepEqual(order, ['user_joined', 'user_left', 'user_joined']);
        await patient.next('(disconnect)');
        doctor.close();
        reloaded.close();
    });

    test('a second socket with the same token takes the place over, and others hear nothing', async () => {
        const { doctor, patient } = await pair(await Visit.create(server));
        const second = await Peer.enter(server, patient.seat);
        assert.equal(await patient.next('(disconnect)'), 'io server disconnect');
        doctor.emit('webrtc_offer', { room_id: doctor.roomId, offer: { sdp: 'v=0\r\n' } });
        await second.next('webrtc_offer');
        await doctor.settled();
        assert.deepEqual(doctor.all('user_left'), []);
        assert.equal(doctor.all('user_joined').length, 1);
        doctor.close();
        second.close();
    });

    for (const transport of Object.keys(transports)) {
        test(`an ended visit tells everyone and disconnects them over ${transport}`, async () => {
            const visit = await Visit.create(server);
            const { doctor, patient } = await pair(visit, { transport, version: '4.0' }, { transport });
            assert.equal((await visit.post('end', visit.doctorJwt)).status, 200);
            for (const peer of [doctor, patient]) {
                assert.equal((await peer.next('session_ended')).session_id, visit.id);
                assert.equal(await peer.next('(disconnect)'), 'io server disconnect');
            }
            const late = await visit.join(visit.patientJwt);
            assert.deepEqual([late.status, late.json.code], [409, 'session_over']);
        });
    }

    test('with a grace of nothing a cut connection is user_left at once, as in the seed', async () => {
        const strict = await Server.start({ grace: '0s' });
        try {
            const { doctor, patient } = await pair(await Visit.create(strict));
            patient.socket.io.engine.close();
            assert.equal((await doctor.next('user_left')).user_id, patient.userId);
            assert.deepEqual(doctor.all('user_interrupted'), []);
            doctor.close();
        } finally {
            await strict.stop();
        }
    });
});
