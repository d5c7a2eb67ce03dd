// A consultation in which every event of the seed's tables is sent and heard, whichever clients the two people have.
import assert from 'node:assert/strict';

import { assertSeedFields, serverEvents } from './seed.mjs';

export const kOffer = { type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n' };
const kAnswer = { type: 'answer', sdp: 'v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n' };
export const kCandidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

/// Holds it from the moment when both are in the room; in the end the patient has left and gone.
export async function everyEvent(visit, doctor, patient) {
    const { server } = visit;
    const room = { room_id: doctor.roomId };
    for (const peer of [doctor, patient]) {
        assert.deepEqual([peer.joined.room_id, peer.joined.peer_id, peer.joined.role], [peer.roomId, peer.peerId, peer.role]);
    }
    assert.deepEqual([doctor.joined.participants_count, patient.joined.participants_count], [1, 2]);
    assert.deepEqual(patient.joined.participants.map((one) => one.user_id).sort(), [visit.doctorId, visit.patientId].sort());
    const joined = doctor.all('user_joined');
    assert.equal(joined.length, 1);
    assert.deepEqual([joined[0].user_id, joined[0].peer_id, joined[0].role], [patient.userId, patient.peerId, 'PATIENT']);

    const ok = async (peer, event, data) => assert.deepEqual(await peer.ask(event, { ...room, ...data }), { ok: true }, event);
    const from = (peer) => ({ from_peer_id: peer.peerId });
    const user = (peer) => ({ user_id: peer.userId });
    const signal = (data, peer, name, value) => {
        assert.equal(data.from_peer_id, peer.peerId);
        assert.deepEqual(data[name], value);
    };
    await ok(doctor, 'webrtc_offer', { ...from(doctor), target_peer_id: 'patient_peer_id', offer: kOffer });
    signal(await patient.next('webrtc_offer'), doctor, 'offer', kOffer);
    await ok(patient, 'webrtc_answer', { ...from(patient), target_peer_id: doctor.peerId, answer: kAnswer });
    signal(await doctor.next('webrtc_answer'), patient, 'answer', kAnswer);
    for (const candidate of [kCandidate, { candidate: '', sdpMid: '0' }, null]) {
        await ok(doctor, 'ice_candidate', { ...from(doctor), candidate });
        signal(await patient.next('ice_candidate'), doctor, 'candidate', candidate);
    }
    for (const [event, answer] of [['toggle_audio', 'audio_toggled'], ['toggle_video', 'video_toggled'],
        ['screen_share', 'screen_share_toggled']]) {
        for (const enabled of [false, true]) {
            await ok(patient, event, { ...user(patient), enabled });
            const data = await doctor.next(answer);
            assert.deepEqual([data.user_id, data.enabled], [patient.userId, enabled]);
        }
        assert.deepEqual(patient.all(answer), [], 'toggles go to the others only');
    }
    const message = server.secret(`¿Cómo está? 🙂 "quoted" ${Math.random()}`);
    const timestamp = '2026-01-25T10:00:00.123Z';
    await ok(doctor, 'send_message', { ...user(doctor), message, timestamp });
    const [mine, theirs] = [await doctor.next('chat_message'), await patient.next('chat_message')];
    assert.deepEqual([theirs.user_id, theirs.message, theirs.timestamp], [doctor.userId, message, timestamp]);
    assert.deepEqual(mine, theirs, 'the sender gets the same message');
    assert.ok(theirs.message_id && !Number.isNaN(Date.parse(theirs.server_time)));

    const refused = await doctor.ask('toggle_audio', { ...room, ...user(patient), enabled: false });
    assert.equal(refused.ok, false);
    const error = await doctor.next('error');
    assert.equal(typeof error.message, 'string');
    assert.deepEqual([error.code, error.event], [refused.code, 'toggle_audio']);

    await ok(patient, 'leave_room', user(patient));
    const left = await doctor.next('user_left');
    assert.deepEqual([left.user_id, left.peer_id], [patient.userId, patient.peerId]);
    assert.equal(typeof left.reason, 'string');
    patient.close();
    await doctor.settled();
    assert.equal(doctor.all('user_left').length, 1, 'leaving and then disconnecting is one leave');

    assertSeedFields([...doctor.received, ...patient.received]);
    const heard = new Set([...doctor.received, ...patient.received].map((entry) => entry.event));
    assert.deepEqual(Object.keys(serverEvents).filter((event) => !heard.has(event)), []);
}
