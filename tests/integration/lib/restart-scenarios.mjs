// The states of a visit in which a server may be killed, and what must be true afterwards.
import assert from 'node:assert/strict';

import { call } from '../../e2e/lib/visit.mjs';
import { Peer } from './peer.mjs';
import { becomes, both, enter, kAhead, kEmptyRoom, leave, overOnce, past, status, visit } from './short-visits.mjs';
import { until } from './within.mjs';

/// Each prepares a visit, is there when the server is killed, and says what must be true afterwards.
export const scenarios = {
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
