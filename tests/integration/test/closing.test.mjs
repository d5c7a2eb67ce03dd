// Who is sent a DISCONNECT, which keeps a client away, and who only loses the connection, and so comes back by itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { Frames } from '../../protocol/lib/frames.mjs';
import { shipped } from '../lib/config.mjs';
import { Daemon } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';

const kSignaling = '    use: signaling\n    loop: true\n    config:\n';
const kSocketIo = '    use: socketio\n    loop: true\n    config:\n';

/// A client in that place, with what it was told at first read.
async function connect(daemon, place = '/', options = {}) {
    const frames = await Frames.opened({ url: daemon.url, path: '/socket.io/' }, { query: '&recovery=0', ...options });
    await join(frames, place);
    return frames;
}
async function join(frames, place) {
    frames.send(place === '/' ? '40' : `40${place},`);
    await frames.take(2);  // the answer, and `connected`
}

/// The next event of a place, as [name, data].
async function event(frames, place = '/') {
    const frame = await frames.next();
    const head = place === '/' ? '42' : `42${place},`;
    assert.ok(frame.startsWith(`${head}[`), `${head}[…, not ${frame.slice(0, 60)}`);
    return JSON.parse(frame.slice(head.length));
}

/// Enters the room of that join.
async function enter(frames, seat) {
    const { user_id, role, access_token } = seat.attendee;
    frames.send(`42${JSON.stringify(['join_room', { room_id: seat.room_id, user_id, role, token: access_token }])}`);
    assert.equal((await event(frames))[0], 'joined_room');
}

const seated = async (daemon, seat, options) => {
    const frames = await connect(daemon, '/', options);
    await enter(frames, seat);
    return frames;
};

describe('a DISCONNECT is sent, with the reason before it,', () => {
    let daemon;
    let visit;
    before(async () => { daemon = await Daemon.start({ config: shipped() }); });
    after(() => daemon?.stop());

    /// What puts the client out of its place, and what it is told first.
    const causes = {
        'whose place was taken over': async (seat) => {
            (await seated(daemon, seat)).destroy();
            return ({ name, data }) => assert.deepEqual([name, data.code], ['error', 'replaced']);
        },
        'whose visit was ended': async () => {
            assert.equal((await visit.post('end', visit.doctorJwt)).status, 200);
            return ({ name, data }) => assert.deepEqual([name, data.session_id], ['session_ended', visit.id]);
        },
    };

    for (const [who, putOut] of Object.entries(causes)) {
        test(`to a client ${who}, and its connection closes`, async () => {
            visit = await Visit.create(daemon);
            const seat = await visit.patient();
            const frames = await seated(daemon, seat);
            const check = await putOut(seat);
            const [name, data] = await event(frames);
            check({ name, data });
            assert.equal(await frames.next(), '41');
            assert.equal(await frames.closed(), 1000);
        });

        test(`to a client ${who}, for that place alone when it is in another one as well`, async () => {
            visit = await Visit.create(daemon);
            const seat = await visit.patient();
            const frames = await seated(daemon, seat);
            await join(frames, '/socket.io');
            await putOut(seat);
            await event(frames);
            assert.equal(await frames.next(), '41');
            // What the client may have sent before it heard of that is no offence.
            frames.send('42["send_message",{}]', '42/socket.io,["leave_room",{}]');
            assert.deepEqual((await event(frames, '/socket.io'))[0], 'error');
            frames.destroy();
        });
    }

    test('to a guest whose invitation was revoked', async () => {
        visit = await Visit.create(daemon, { max_participants: 3 });
        const { json: invited } = await visit.post('invitations', visit.doctorJwt, { role: 'GUEST' });
        const guest = await visit.seat(daemon.secret(invited.token));
        const frames = await seated(daemon, guest);
        const answer = await fetch(`${daemon.url}/api/video/sessions/${visit.id}/invitations/${invited.invitation_id}`,
            { method: 'DELETE', headers: { Authorization: `Bearer ${visit.doctorJwt}` } });
        assert.ok(answer.ok, String(answer.status));
        const [name, data] = await event(frames);
        assert.deepEqual([name, data.code], ['error', 'revoked']);
        assert.equal(await frames.next(), '41');
        assert.equal(await frames.closed(), 1000);
    });
});

describe('without a DISCONNECT the connection closes', () => {
    /// The patient of a visit whose doctor listens; and what the doctor hears when `end` has been done to the patient.
    async function interrupted(daemon, end, options) {
        const visit = await Visit.create(daemon);
        const doctor = await Peer.enter(daemon, await visit.doctor());
        const frames = await seated(daemon, await visit.patient(), options);
        const code = await end(frames);
        const { user_id } = await doctor.next('user_interrupted');
        assert.equal(user_id, visit.patientId);
        doctor.destroy();
        return code;
    }

    test('of a client that breaks the protocol: its seat is kept', async () => {
        const daemon = await Daemon.start({ config: shipped() });
        try {
            assert.equal(await interrupted(daemon, (frames) => {
                frames.send('42{}');
                return frames.closed();
            }), 1002);
        } finally {
            await daemon.stop();
        }
    });

    test('of a client that does not answer pings: its seat is kept', async () => {
        const quick = `${kSocketIo}      ping_interval: 1s\n      ping_timeout: 500ms\n`;
        const daemon = await Daemon.start({ config: shipped([kSocketIo, quick]) });
        try {
            await interrupted(daemon, async (frames) => {
                assert.equal(await frames.next(), '2');
                return frames.closed();
            }, { pings: true });
        } finally {
            await daemon.stop();
        }
    });

    test('of a client that does not join in time', async () => {
        const daemon = await Daemon.start({ config: shipped([kSignaling, `${kSignaling}      join_deadline: 1s\n`]) });
        try {
            const frames = await connect(daemon);
            assert.equal(await frames.closed(), 1000);
            await assert.rejects(frames.next());  // nothing was said before
        } finally {
            await daemon.stop();
        }
    });

    test('of everybody when the server stops, who are told when to come back', async () => {
        const daemon = await Daemon.start({ config: shipped() });
        const visit = await Visit.create(daemon);
        const frames = await seated(daemon, await visit.patient());
        const stopped = daemon.stop();
        const [name, data] = await event(frames);
        assert.equal(name, 'server_draining');
        assert.equal(typeof data.reconnect_after_ms, 'number');
        await frames.closed();
        await assert.rejects(frames.next());
        await stopped;
    });
});
