// Each sender's events reach each receiver in the order they were sent, whatever transport either is on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { until } from '../../integration/lib/within.mjs';
import { pair } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kCount = 1000;
let server;
before(async () => { server = await Server.start({ env: { TELEVISIT_LOOPS: '4' } }); });
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

/// Numbers between 0 and 1 that a seed decides (mulberry32).
function random(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const seed = Number(process.env.TELEVISIT_SEED ?? Date.now() % 1_000_000);
test(`sixteen rooms over four loops, with transports, events and pauses as a seed decides (${seed}): nothing lost, doubled or out of order`, async () => {
    const next = random(seed);
    const pick = (list) => list[Math.floor(next() * list.length)];
    const kinds = ['websocket', 'websocket', 'polling', 'polling that upgrades'];
    const rooms = [];
    for (let i = 0; i < 16; ++i) rooms.push(await pair(await Visit.create(server), { transport: pick(kinds) }, { transport: pick(kinds) }));
    const people = rooms.flatMap(({ doctor, patient }) => [doctor, patient]);
    const sent = new Map(people.map((peer) => [peer, 0]));
    for (let round = 0; round < 60; ++round) {
        for (const peer of people) {
            for (let burst = Math.floor(next() * 8); burst > 0; --burst) {
                const number = sent.get(peer);
                sent.set(peer, number + 1);
                const room = { room_id: peer.roomId };
                if (next() < 0.1) peer.emit('webrtc_offer', { ...room, offer: { sdp: 'o'.repeat(Math.floor(next() * 4000)), number } });
                else if (next() < 0.1) peer.emit('webrtc_answer', { ...room, answer: { number } });
                else peer.emit('ice_candidate', { ...room, candidate: { number } });
            }
        }
        if (next() < 0.5) await new Promise((done) => setImmediate(done));
    }
    for (const peer of people) await peer.settled();
    for (const { doctor, patient } of rooms) {
        for (const [from, to] of [[doctor, patient], [patient, doctor]]) {
            const numbers = () => to.received.map(({ data }) => (data?.offer ?? data?.answer ?? data?.candidate)?.number).filter((number) => number !== undefined);
            await until(() => numbers().length >= sent.get(from), () => `${sent.get(from)} events, had ${numbers().length}`);
            assert.deepEqual(numbers(), Array.from({ length: sent.get(from) }, (_, i) => i));
        }
    }
    for (const room of rooms) room.close();
});

test('ten rooms at once keep theirs', async () => {
    const rooms = await Promise.all(Array.from({ length: 10 }, async () => pair(await Visit.create(server))));
    for (const { doctor, patient } of rooms) {
        send(doctor);
        send(patient);
    }
    await Promise.all(rooms.flatMap(({ doctor, patient }) => [assertOrder(doctor), assertOrder(patient)]));
    for (const room of rooms) room.close();
});
