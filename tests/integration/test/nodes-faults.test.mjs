// Two servers that share rooms, and what becomes of those when a server is killed or restarted, and when Redis is out of reach,
// held still, killed, or comes back empty.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { Cluster } from '../lib/cluster.mjs';
import { Peer } from '../lib/peer.mjs';
import { config, kAhead, past, status, visit } from '../lib/short-visits.mjs';
import { until } from '../lib/within.mjs';

const kShared = ['presence', 'backplane'];
const kAll = ['records', ...kShared];

/// What somebody was told of the comings and goings of somebody else, from the first on.
const told = (peer, user) => peer.received
    .filter(({ event, data }) => event.startsWith('user_') && data.user_id === user)
    .map(({ event, data }) => (event === 'user_left' ? `left ${data.reason}` : event.slice('user_'.length)));

/// A doctor and a guest on the first server, the patient on the second.
async function threeApart(cluster) {
    const [a, b] = cluster.nodes;
    const visit = await Visit.create(a, { max_participants: 3 });
    const invited = await visit.post('invitations', visit.doctorJwt, { role: 'GUEST', display_name: 'Grace' });
    const seats = { doctor: await visit.doctor(), guest: await visit.seat(cluster.secret(invited.json.token)), patient: await visit.patient() };
    const doctor = await Peer.enter(a, seats.doctor);
    const guest = await Peer.enter(a, seats.guest);
    const patient = await Peer.enter(b, seats.patient);
    for (const peer of [doctor, guest]) await peer.next('user_joined', ({ user_id }) => user_id === patient.userId);
    return { visit, seats, doctor, guest, patient };
}

const close = (...peers) => peers.forEach((peer) => peer.destroy());
const talk = async (one, other) => {
    await one.reaches(other, `to ${other.userId}`);
    await other.reaches(one, `to ${one.userId}`);
};

describe('a server that is killed', () => {
    let cluster;
    let a;
    let b;
    before(async () => {
        cluster = await Cluster.open();
        [a, b] = cluster.nodes;
    });
    after(() => cluster?.close());

    test('its people are interrupted, and after the grace they have left, which all others hear once', async () => {
        const { visit, doctor, guest, patient } = await threeApart(cluster);
        await b.kill();
        for (const peer of [doctor, guest]) await peer.next('user_left', ({ user_id }) => user_id === patient.userId);
        await b.start();
        assert.ok((await visit.post('end', visit.doctorJwt)).status < 300);
        for (const peer of [doctor, guest]) {
            await peer.next('session_ended');
            assert.deepEqual(told(peer, patient.userId), ['joined', 'interrupted', 'left grace_ended']);
        }
        const events = (await cluster.redis.cli('XRANGE', 'televisit:events', '-', '+')).split('\n');
        assert.equal(events.filter((line) => line === 'session.completed').length, 1);
        const usage = await cluster.redis.cli('HGETALL', `televisit:metrics:${visit.id}`);
        assert.match(usage, /total_participants\n3\n/);
        close(doctor, guest, patient);
    });

    test('who was there comes back on another one, and has not left', async () => {
        const { seats, doctor, guest, patient } = await threeApart(cluster);
        await b.kill();
        await doctor.next('user_interrupted', ({ user_id }) => user_id === patient.userId);
        const back = await Peer.enter(a, seats.patient);
        for (const peer of [doctor, guest]) await peer.next('user_resumed', ({ user_id }) => user_id === patient.userId);
        await talk(doctor, back);
        for (const peer of [doctor, guest]) assert.deepEqual(told(peer, patient.userId), ['joined', 'interrupted', 'resumed']);
        await b.start();
        close(doctor, guest, patient, back);
    });

    test('who comes back before anybody has noticed was never away', async () => {
        const { seats, doctor, guest, patient } = await threeApart(cluster);
        await b.kill();
        const back = await Peer.enter(a, seats.patient);
        await talk(doctor, back);
        assert.deepEqual(told(doctor, patient.userId), ['joined']);
        await b.start();
        close(doctor, guest, patient, back);
    });
});

test('servers are restarted one after the other, and nobody has left', async () => {
    const cluster = await Cluster.open({ grace: '15s' });
    try {
        const [a, b] = cluster.nodes;
        const visit = await Visit.create(a);
        const seats = [await visit.doctor(), await visit.patient()];
        const all = [await Peer.enter(a, seats[0]), await Peer.enter(b, seats[1])];
        let peers = [...all];
        await peers[0].next('user_joined');
        /// `node` stops, and whoever was there goes to the other one.
        const restart = async (node, other, moving) => {
            const stopped = node.daemon.stop();
            for (const peer of moving) await peer.next('(close)');
            const moved = await Promise.all(moving.map(({ seat }) => Peer.enter(other, seat)));
            all.push(...moved);
            await stopped;
            await node.start();
            return moved;
        };
        peers = [...await restart(a, b, [peers[0]]), peers[1]];
        await talk(...peers);
        peers = await restart(b, a, peers);
        await talk(...peers);
        for (const peer of all) assert.ok(!peer.names.includes('user_left') && !peer.names.includes('(disconnect)'), JSON.stringify(peer.names));
        close(...all);
    } finally {
        await cluster.close();
    }
});

describe('Redis out of reach', () => {
    let cluster;
    let a;
    let b;
    before(async () => {
        cluster = await Cluster.open({ grace: '2s' });
        [a, b] = cluster.nodes;
    });
    after(() => cluster?.close());

    test('a server that is cut off keeps its rooms going, says so, lets nobody in, and fits in again', async () => {
        const { visit, seats, doctor, guest, patient } = await threeApart(cluster);
        const local = await Visit.create(b);
        const here = [await Peer.enter(b, await local.doctor()), await Peer.enter(b, await local.patient())];
        const late = await Peer.connect(b, seats.guest);
        b.line.cut();
        await b.saysDegraded(...kAll);
        assert.equal((await b.daemon.get('/health/ready')).status, 200);
        assert.equal((await b.daemon.get('/health')).status, 200);
        assert.equal(await b.daemon.metric('televisit_degraded', { part: 'backplane' }), 1);
        await talk(...here);
        const refused = await late.ask('join_room', late.entry());
        assert.equal(refused.ok, false);
        assert.match(refused.code, /unavailable|backplane_down|redis|store/, JSON.stringify(refused));
        // For the others it is as good as dead.
        await doctor.next('user_left', ({ user_id }) => user_id === patient.userId);
        await talk(doctor, guest);
        assert.equal((await guest.ask('leave_room', { room_id: guest.roomId })).ok, true);
        assert.ok(!patient.closed && !patient.names.includes('user_left'));

        b.line.mend();
        await b.saysDegraded();
        await doctor.next('user_joined', ({ user_id }) => user_id === patient.userId && told(doctor, patient.userId).length === 4);
        await patient.next('user_left', ({ user_id }) => user_id === guest.userId);
        await talk(doctor, patient);
        assert.deepEqual(told(doctor, patient.userId), ['joined', 'interrupted', 'left grace_ended', 'joined']);
        await talk(...here);
        assert.deepEqual(told(here[0], here[1].userId), ['joined']);
        assert.ok((await visit.post('end', visit.doctorJwt)).status < 300);
        for (const peer of [doctor, patient]) await peer.next('session_ended');
        close(doctor, guest, patient, late, ...here);
    });

    test('a Redis that is held still, and one that is killed and comes back, cost nobody their seat', async () => {
        const { doctor, guest, patient } = await threeApart(cluster);
        for (const [away, back] of [[() => cluster.redis.pause(), () => cluster.redis.resume()],
            [() => cluster.redis.kill(), () => cluster.redis.start()]]) {
            await away();
            await Promise.all(cluster.nodes.map((node) => node.saysDegraded(...kAll)));
            await talk(doctor, guest);
            await back();
            await Promise.all(cluster.nodes.map((node) => node.saysDegraded()));
            await talk(doctor, patient);
        }
        assert.deepEqual(told(doctor, patient.userId), ['joined']);
        assert.deepEqual(told(patient, doctor.userId), []);
        close(doctor, guest, patient);
    });
});

test('a Redis that comes back empty is told again who is where; records are in PostgreSQL', async () => {
    const cluster = await Cluster.open({ records: 'postgres', grace: '5s' });
    try {
        const { visit, doctor, guest, patient } = await threeApart(cluster);
        await cluster.redis.kill();
        await Promise.all(cluster.nodes.map((node) => node.saysDegraded(...kShared)));
        await talk(doctor, guest);
        await cluster.redis.restart({ empty: true });
        await Promise.all(cluster.nodes.map((node) => node.saysDegraded()));
        const [a] = cluster.nodes;
        await until(async () => {
            const { people } = await (await a.daemon.admin(`/admin/rooms/${visit.session.room_id}`)).json();
            return people.length === 3;
        }, 'three people in the room');
        await talk(doctor, patient);
        await talk(patient, guest);
        for (const peer of [doctor, guest, patient]) assert.ok(!peer.closed && !peer.names.includes('user_left'), JSON.stringify(peer.names));
        assert.ok((await visit.post('end', visit.doctorJwt)).status < 300);
        for (const peer of [doctor, guest, patient]) await peer.next('session_ended');
        assert.deepEqual(await cluster.postgres.sql('SELECT count(*) FROM video_consultation_metrics'), ['1']);
        close(doctor, guest, patient);
    } finally {
        await cluster.close();
    }
});

test('what is due happens once, on whichever server, while they are killed in turn', async () => {
    const cluster = await Cluster.open({ config: config(), grace: '4s' });
    try {
        const [a, b] = cluster.nodes;
        const ends = { end: kAhead };
        const visits = await Promise.all([a, b, a, b].map((node) => visit(node, ends)));
        const [attended, besides, half] = await Promise.all([visit(a, ends), visit(b, ends), visit(b, ends)]);
        const peers = [];
        for (const made of [attended, besides]) {
            peers.push(await Peer.enter(a, await made.doctor()), await Peer.enter(b, await made.patient()));
            await peers.at(-2).next('user_joined');
        }
        peers.push(await Peer.enter(b, await half.patient()));
        for (const node of [b, a, b]) {
            await node.kill();
            await node.start();
        }
        const all = [...visits, attended, besides, half];
        await past(Math.max(...all.map(({ closes }) => closes)));
        const endings = async () => {
            const stream = (await cluster.redis.cli('XRANGE', 'televisit:events', '-', '+')).split('\n');
            const found = {};
            stream.forEach((line, i) => {
                if (line !== 'type' || !/^session\.(completed|no_show|expired|cancelled)$/.test(stream[i + 1])) return;
                const id = stream[stream.indexOf('session_id', i) + 1];
                (found[id] ??= []).push(stream[i + 1]);
            });
            return found;
        };
        await until(async () => Object.keys(await endings()).length === all.length, 'the end of all visits', 60_000);
        const found = await endings();
        for (const made of all) assert.equal(found[made.id]?.length, 1, JSON.stringify(found));
        for (const made of [attended, besides]) assert.deepEqual(found[made.id], ['session.completed']);
        for (const made of visits) assert.equal(await status(made), found[made.id][0].slice('session.'.length).toUpperCase());
        close(...peers);
    } finally {
        await cluster.close();
    }
});
