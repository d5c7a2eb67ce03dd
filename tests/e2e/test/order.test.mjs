// Each sender's events reach each receiver in the order they were sent, whatever transport either is on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { pair } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kCount = 1000;
let server;
before(async () => { server = await Server.start({ env: { TELEVISIT_LOOPS: '2' } }); });
after(() => server?.stop());

/// Candidates with an offer before every hundredth, numbered through.
function send(peer) {
    const room = { room_id: peer.roomId, from_peer_id: peer.peerId };
    for (let number = 0; number < kCount; ++number) {
        if (number % 100 === 0) peer.emit('webrtc_offer', { ...room, offer: { type: 'offer', sdp: `${'s'.repeat(3000)} ${number}` } });
        peer.emit('ice_candidate', { ...room, candidate: { candidate: `candidate:${number}`, sdpMid: '0' } });
    }
}

async function assertOrder(peer) {
    await peer.next('ice_candidate', (data) => data.candidate.candidate === `candidate:${kCount - 1}`);
    let number = 0;
    for (const { event, data } of peer.received) {
        if (event === 'webrtc_offer') {
            assert.equal(Number(data.offer.sdp.split(' ')[1]), number, 'an offer comes right before its candidates');
        } else if (event === 'ice_candidate') {
            assert.equal(data.candidate.candidate, `candidate:${number}`);
            ++number;
        }
    }
    assert.equal(number, kCount);
    assert.equal(peer.all('webrtc_offer').length, kCount / 100);
    assert.deepEqual(peer.all('error'), []);
}

for (const [from, to] of [['websocket', 'websocket'], ['websocket', 'polling'], ['polling', 'websocket'], ['polling', 'polling'],
    ['polling that upgrades', 'polling that upgrades']]) {
    test(`a thousand candidates around offers keep their order, ${from} with ${to}, both ways at once`, async () => {
        const { doctor, patient, close } = await pair(await Visit.create(server), { transport: from }, { transport: to });
        send(doctor);
        send(patient);
        await Promise.all([assertOrder(doctor), assertOrder(patient)]);
        close();
    });
}

test('ten rooms at once keep theirs', async () => {
    const rooms = await Promise.all(Array.from({ length: 10 }, async () => pair(await Visit.create(server))));
    for (const { doctor, patient } of rooms) {
        send(doctor);
        send(patient);
    }
    await Promise.all(rooms.flatMap(({ doctor, patient }) => [assertOrder(doctor), assertOrder(patient)]));
    for (const room of rooms) room.close();
});
