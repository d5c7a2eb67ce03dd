// kill -9 in every state of a visit: afterwards all that was acknowledged is there, and what is due happens, once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { mintJwt } from '../../e2e/lib/jwt.mjs';
import { Visit, call } from '../../e2e/lib/visit.mjs';
import { shipped } from '../lib/config.mjs';
import { plugins } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { Peer } from '../lib/peer.mjs';
import { until } from '../lib/within.mjs';

/// How long an empty room waits, and how long a lost connection may come back.
const kEmptyRoom = 6_000;
const kGrace = 4_000;
/// By then everything is prepared, and the server is up again.
const kAhead = 9_000;

const config = ({ emptyRoom = kEmptyRoom } = {}) => shipped(
    ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
    ['join_early_minutes: 15', 'join_early_minutes: 0'],
    ['join_late_minutes: 15', `join_late_minutes: 0\n  empty_room_minutes: ${emptyRoom / 60_000}`],
    ['grace: ${env:TELEVISIT_GRACE:-15s}', `grace: ${kGrace}ms`],
);

const at = (instant) => new Date(instant).toISOString();
const past = (instant) => until(() => Date.now() > instant, 'the clock', 60_000);

/// A visit whose window is from `start` to `end`, both in milliseconds from now.
function visit(hospital, { start = -60_000, end = 3_600_000, ...more } = {}) {
    const now = Date.now();
    return Visit.create(hospital, { scheduled_start_time: at(now + start), scheduled_end_time: at(now + end), ...more })
        .then((made) => Object.assign(made, { opens: now + start, closes: now + end }));
}

const get = (made, action = '') =>
    call(made.server, 'GET', `/api/video/sessions/${made.id}${action ? `/${action}` : ''}`, { token: made.doctorJwt });

async function status(made) {
    const answer = await get(made);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.status;
}

const becomes = (made, wanted) => until(async () => (await status(made)) === wanted, `${made.id} to be ${wanted}`, 60_000);

async function enter(made, who) {
    const peer = await Peer.enter(made.server, await made[who]());
    assert.ok(peer.joined.peer_id);
    return peer;
}

/// Both come, see each other, and the visit is ACTIVE.
async function both(made) {
    const doctor = await enter(made, 'doctor');
    const patient = await enter(made, 'patient');
    await doctor.next('user_joined');
    await becomes(made, 'ACTIVE');
    return { doctor, patient };
}

const leave = (peer) => peer.ask('leave_room', { room_id: peer.roomId, user_id: peer.userId });

const kEndings = ['session.completed', 'session.cancelled', 'session.no_show', 'session.expired'];

/// The visit is over in that way, which was told once, and its usage stands in one row (in none, when it was cancelled).
async function overOnce(hospital, made, wanted, reason) {
    await becomes(made, wanted);
    const told = await hospital.events(made.id);
    const endings = Object.fromEntries(kEndings.filter((type) => told[type]).map((type) => [type, told[type]]));
    assert.deepEqual(endings, { [`session.${wanted.toLowerCase()}`]: 1 }, JSON.stringify(told));
    assert.equal(told['session.created'], 1);
    assert.ok((told['session.active'] ?? 0) <= 1);
    const [row] = await hospital.rows('SELECT end_reason FROM video_consultation_sessions WHERE id = ?', made.id);
    assert.equal(row.end_reason, reason);
    const usage = await hospital.rows('SELECT * FROM video_consultation_metrics WHERE session_id = ?', made.id);
    assert.equal(usage.length, wanted === 'CANCELLED' ? 0 : 1);
    return { told, usage: usage[0] };
}

/// Each prepares a visit, is there when the server is killed, and says what must be true afterwards.
const scenarios = {
    'SCHEDULED before the window: it opens, nobody comes, and it ends EXPIRED': {
        prepare: (hospital) => visit(hospital, { start: kAhead, end: kAhead + 2_000 }),
        async then(hospital, made) {
            if (Date.now() < made.opens) {
                const early = await made.join(made.doctorJwt);
                assert.equal(early.status, 409, early.text);
                assert.equal(early.json.code, 'join_too_early');
            }
            const { usage } = await overOnce(hospital, made, 'EXPIRED', 'window_closed');
            assert.equal(usage.session_duration_minutes, 0);
            assert.ok(Date.now() > made.closes);
        },
    },
    'SCHEDULED in the window: whoever was invited before comes in, and it becomes ACTIVE': {
        prepare: visit,
        async then(hospital, made) {
            assert.equal(await status(made), 'SCHEDULED');
            const patient = await Peer.enter(hospital, await made.seat(made.session.patient_token));
            await becomes(made, 'ACTIVE');
            const doctor = await enter(made, 'doctor');
            assert.equal((await patient.next('user_joined')).user_id, made.doctorId);
            assert.equal((await hospital.events(made.id))['session.active'], 1);
            for (const peer of [patient, doctor]) peer.destroy();
        },
    },
    'SCHEDULED in the window with somebody who has joined: the access token from before enters the room': {
        async prepare(hospital) {
            const made = await visit(hospital);
            return Object.assign(made, { seated: await made.patient() });
        },
        async then(hospital, made) {
            const patient = await Peer.enter(hospital, made.seated);
            assert.equal(patient.joined.peer_id, made.seated.attendee.peer_id);
            await becomes(made, 'ACTIVE');
            patient.destroy();
        },
    },
    'SCHEDULED with an interpreter invited: the invitation and its revocation are kept': {
        async prepare(hospital) {
            const made = await visit(hospital, { max_participants: 4 });
            const invite = async () => (await made.post('invitations', made.doctorJwt, { role: 'INTERPRETER' })).json;
            made.kept = await invite();
            made.revoked = await invite();
            for (const invitation of [made.kept, made.revoked]) hospital.secret(invitation.token);
            const gone = await call(hospital, 'DELETE', `/api/video/sessions/${made.id}/invitations/${made.revoked.invitation_id}`,
                { token: made.doctorJwt });
            assert.equal(gone.status, 204, gone.text);
            return made;
        },
        async then(hospital, made) {
            const interpreter = await Peer.enter(hospital, await made.seat(made.kept.token));
            assert.equal(interpreter.joined.role, 'INTERPRETER');
            interpreter.destroy();
            assert.equal((await made.join(made.revoked.token)).status, 401);
        },
    },
    'ACTIVE with both in: they come back with the access tokens they have, talk, and end it': {
        async prepare(hospital) {
            const made = await visit(hospital);
            return Object.assign(made, { room: await both(made) });
        },
        async then(hospital, made) {
            assert.equal(await status(made), 'ACTIVE');
            const doctor = await Peer.enter(hospital, made.room.doctor.seat);
            const patient = await Peer.enter(hospital, made.room.patient.seat);
            assert.deepEqual([doctor.joined.participants_count, patient.joined.participants_count], [1, 2]);
            assert.equal((await doctor.next('user_joined')).peer_id, made.room.patient.joined.peer_id);
            await doctor.reaches(patient, hospital.secret('said after the restart'));
            assert.equal((await made.post('end', made.doctorJwt)).status, 200);
            assert.equal((await patient.next('session_ended')).session_id, made.id);
            const { usage } = await overOnce(hospital, made, 'COMPLETED', 'ended');
            assert.equal(usage.total_participants, 2);
            assert.ok(usage.session_duration_minutes > 0);
        },
    },
    'ACTIVE with both in, of whom none comes back: it ends when the room was empty for long enough': {
        async prepare(hospital) {
            const made = await visit(hospital);
            return Object.assign(made, { room: await both(made) });
        },
        async then(hospital, made) {
            const { usage } = await overOnce(hospital, made, 'COMPLETED', 'room_empty');
            assert.equal(usage.total_participants, 2);
            assert.ok(usage.session_duration_minutes > 0, 'the visit took some time');
        },
    },
    'ACTIVE with both in until the window ends: it is COMPLETED then': {
        async prepare(hospital) {
            const made = await visit(hospital, { end: kAhead + kEmptyRoom / 2 });
            return Object.assign(made, { room: await both(made) });
        },
        async then(hospital, made) {
            const doctor = await Peer.enter(hospital, made.room.doctor.seat);
            const { usage } = await overOnce(hospital, made, 'COMPLETED', 'window_closed');
            assert.equal((await doctor.next('session_ended')).session_id, made.id);
            assert.equal(usage.total_participants, 2);
        },
    },
    'ACTIVE with the room empty after both were in it: the timer that was running ends it': {
        async prepare(hospital) {
            const made = await visit(hospital);
            const { doctor, patient } = await both(made);
            assert.equal((await leave(doctor)).ok, true);
            assert.equal((await leave(patient)).ok, true);
            await until(async () => (await hospital.rows('SELECT empty_since FROM video_consultation_sessions WHERE id = ?',
                made.id))[0].empty_since, 'the record of the empty room');
            return Object.assign(made, { emptied: Date.now() });
        },
        async then(hospital, made) {
            const { usage } = await overOnce(hospital, made, 'COMPLETED', 'room_empty');
            assert.equal(usage.total_participants, 2);
            const closed = (await hospital.rows('SELECT closed_at, empty_since FROM video_consultation_sessions WHERE id = ?', made.id))[0];
            assert.ok(closed.closed_at / 1000 - made.emptied > kEmptyRoom - 1_000, 'the whole time was waited for');
        },
    },
    'ACTIVE with the room empty after both were in it, and one comes back: it goes on': {
        async prepare(hospital) {
            const made = await visit(hospital);
            const { doctor, patient } = await both(made);
            for (const peer of [doctor, patient]) assert.equal((await leave(peer)).ok, true);
            return Object.assign(made, { emptied: Date.now() });
        },
        async then(hospital, made) {
            const doctor = await enter(made, 'doctor');
            await past(made.emptied + kEmptyRoom + 2_000);
            assert.equal(await status(made), 'ACTIVE');
            assert.equal((await made.post('end', made.doctorJwt)).status, 200);
            await overOnce(hospital, made, 'COMPLETED', 'ended');
            doctor.destroy();
        },
    },
    'ACTIVE with one interrupted in grace: no ghost is left, and both may come back': {
        async prepare(hospital) {
            const made = await visit(hospital);
            const room = await both(made);
            room.patient.destroy();
            assert.equal((await room.doctor.next('user_interrupted')).user_id, made.patientId);
            return Object.assign(made, { room });
        },
        async then(hospital, made) {
            const doctor = await Peer.enter(hospital, made.room.doctor.seat);
            assert.equal(doctor.joined.participants_count, 1);
            const patient = await Peer.enter(hospital, made.room.patient.seat);
            assert.equal((await doctor.next('user_joined')).user_id, made.patientId);
            assert.ok(!doctor.names.includes('user_left'));
            await patient.reaches(doctor, hospital.secret('back again'));
            assert.equal((await made.post('end', made.doctorJwt)).status, 200);
            await overOnce(hospital, made, 'COMPLETED', 'ended');
        },
    },
    'ACTIVE with one who never met the other: NO_SHOW at the end of the window': {
        async prepare(hospital) {
            const made = await visit(hospital, { end: kAhead });
            made.peer = await enter(made, 'doctor');
            await becomes(made, 'ACTIVE');
            return made;
        },
        async then(hospital, made) {
            const { usage } = await overOnce(hospital, made, 'NO_SHOW', 'window_closed');
            assert.equal(usage.total_participants, 1);
            assert.ok(usage.session_duration_minutes > 0);
        },
    },
    'CANCELLED: it stays so, and nobody comes in': {
        async prepare(hospital) {
            const made = await visit(hospital, { end: kAhead });
            assert.equal((await made.post('cancel', made.doctorJwt)).status, 200);
            return made;
        },
        async then(hospital, made) {
            await overOnce(hospital, made, 'CANCELLED', 'cancelled');
            const refused = await made.join(made.patientJwt);
            assert.equal(refused.status, 409, refused.text);
            assert.equal(refused.json.code, 'session_over');
            await past(made.closes + 2_000);
            await overOnce(hospital, made, 'CANCELLED', 'cancelled');
        },
    },
    'COMPLETED by its doctor: the answer holds, and the old access token enters no room': {
        async prepare(hospital) {
            const made = await visit(hospital, { end: kAhead });
            made.room = await both(made);
            assert.equal((await made.post('end', made.doctorJwt)).status, 200);
            return made;
        },
        async then(hospital, made) {
            const before = await overOnce(hospital, made, 'COMPLETED', 'ended');
            const late = await Peer.connect(hospital, made.room.patient.seat);
            const answer = await late.ask('join_room', late.entry());
            assert.equal(answer.ok, false);
            assert.equal(answer.code, 'session_over');
            await past(made.closes + 2_000);
            assert.deepEqual(await overOnce(hospital, made, 'COMPLETED', 'ended'), before);
        },
    },
    'over by the clock already: nothing happens a second time': {
        async prepare(hospital) {
            const [expired, noShow, completed] = await Promise.all(['nobody', 'one', 'both'].map(() => visit(hospital, { end: 2_500 })));
            await Promise.all([enter(noShow, 'patient'), both(completed)]);
            await becomes(expired, 'EXPIRED');
            await becomes(noShow, 'NO_SHOW');
            await becomes(completed, 'COMPLETED');
            return { expired, noShow, completed };
        },
        async then(hospital, { expired, noShow, completed }) {
            const looks = () => Promise.all([overOnce(hospital, expired, 'EXPIRED', 'window_closed'),
                overOnce(hospital, noShow, 'NO_SHOW', 'window_closed'), overOnce(hospital, completed, 'COMPLETED', 'window_closed')]);
            const before = await looks();
            await past(Date.now() + 3_000);
            assert.deepEqual(await looks(), before);
        },
    },
};

for (const times of [1, 2]) {
    describe(times === 1 ? 'a server killed' : 'a server killed twice in a row', { concurrency: true }, () => {
        let hospital;
        let prepared;
        before(async () => {
            hospital = await Hospital.open(config());
            const entries = await Promise.all(Object.entries(scenarios).map(async ([name, { prepare }]) => [name, await prepare(hospital)]));
            prepared = Object.fromEntries(entries);
            await hospital.crash(times);
        });
        after(() => hospital?.close());
        for (const [name, { then }] of Object.entries(scenarios)) test(name, () => then(hospital, prepared[name]));
    });
}

/// Numbers from 0 to 1 that come again with the same seed.
function seeded(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

describe('a server killed around the moment at which something is due', () => {
    const kRounds = 6;
    const kShortEmptyRoom = 1_500;
    const seed = Number(process.env.RESTART_SEED ?? 20260125);
    let hospital;
    before(async () => { hospital = await Hospital.open(config({ emptyRoom: kShortEmptyRoom })); });
    after(() => hospital?.close());

    const random = seeded(seed);
    for (let round = 1; round <= kRounds; ++round) {
        // The clock is looked at once a second, so somewhere in this time all of it happens.
        const offset = Math.round(random() * 1_800 - 300);
        test(`round ${round} of seed ${seed}: ${offset} ms after it`, async () => {
            const [nobody, one, met, emptied] = await Promise.all([3_000, 3_000, 3_000, 3_600_000].map((end) => visit(hospital, { end })));
            await Promise.all([enter(one, 'doctor'), both(met), both(emptied).then(async ({ doctor, patient }) => {
                await past(nobody.closes - kShortEmptyRoom);
                for (const peer of [doctor, patient]) await leave(peer);
            })]);
            await past(nobody.closes + offset);
            await hospital.crash();
            const looks = () => Promise.all([
                overOnce(hospital, nobody, 'EXPIRED', 'window_closed'), overOnce(hospital, one, 'NO_SHOW', 'window_closed'),
                overOnce(hospital, met, 'COMPLETED', 'window_closed'), overOnce(hospital, emptied, 'COMPLETED', 'room_empty')]);
            const first = await looks();
            await hospital.crash();
            assert.deepEqual(await looks(), first);
        });
    }
});

test('a server killed in the middle of writing has kept all that it acknowledged, and a request sent again is done once', async () => {
    const hospital = await Hospital.open(config());
    try {
        const doctor = 'doctor-who-writes';
        const token = hospital.secret(mintJwt(hospital.jwtSecret, { sub: doctor, role: 'DOCTOR' }));
        const create = (key) => call(hospital, 'POST', '/api/video/sessions', {
            token,
            headers: { 'Idempotency-Key': key },
            body: { doctor_id: doctor, patient_id: key, scheduled_start_time: at(1_900_000_000_000), scheduled_end_time: at(1_900_001_000_000) },
        });
        const acknowledged = new Map();
        const unheard = [];
        let enough;
        const many = new Promise((done) => { enough = done; });
        const writers = Array.from({ length: 8 }, async (_, writer) => {
            for (let i = 0; ; ++i) {
                const key = `key-${writer}-${i}`;
                const answer = await create(key).catch(() => undefined);
                if (answer?.status !== 201) return unheard.push(key);
                acknowledged.set(key, answer.json);
                if (acknowledged.size === 60) enough();
            }
        });
        await many;
        await hospital.crash();
        await Promise.all(writers);
        assert.ok(unheard.length > 0);
        for (const session of acknowledged.values()) {
            const kept = await call(hospital, 'GET', `/api/video/sessions/${session.session_id ?? session.id}`, { token });
            assert.equal(kept.status, 200, kept.text);
        }
        for (const key of [...acknowledged.keys(), ...unheard]) {
            const again = await create(key);
            assert.equal(again.status, 201, again.text);
            for (const name of ['doctor_token', 'patient_token']) hospital.secret(again.json[name]);
            const before = acknowledged.get(key);
            if (before) assert.deepEqual(again.json, before);
        }
        const counts = await hospital.rows('SELECT count(*) AS all_of_them, count(DISTINCT patient_id) AS keys FROM video_consultation_sessions');
        const total = acknowledged.size + unheard.length;
        assert.deepEqual(counts, [{ all_of_them: total, keys: total }]);
    } finally {
        await hospital.close();
    }
});
