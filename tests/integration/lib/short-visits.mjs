// Visits whose windows end within seconds, and how they are looked at when they are over.
import assert from 'node:assert/strict';

import { Visit, call } from '../../e2e/lib/visit.mjs';
import { shipped } from './config.mjs';
import { plugins } from './daemon.mjs';
import { Peer } from './peer.mjs';
import { until } from './within.mjs';

/// How long an empty room waits, and how long a lost connection may come back.
export const kEmptyRoom = 6_000;
const kGrace = 4_000;
/// What is due so long after it was made is due when the killed server is up again.
export const kAhead = 9_000;

export const config = ({ emptyRoom = kEmptyRoom } = {}) => shipped(
    ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
    ['join_early_minutes: 15', 'join_early_minutes: 0'],
    ['join_late_minutes: 15', `join_late_minutes: 0\n  empty_room_minutes: ${emptyRoom / 60_000}`],
    ['grace: ${env:TELEVISIT_GRACE:-15s}', `grace: ${kGrace}ms`],
);

export const at = (instant) => new Date(instant).toISOString();
export const past = (instant) => until(() => Date.now() > instant, 'the clock', 60_000);

/// A visit whose window is from `start` to `end`, both in milliseconds from now.
export function visit(hospital, { start = -60_000, end = 3_600_000, ...more } = {}) {
    const now = Date.now();
    return Visit.create(hospital, { scheduled_start_time: at(now + start), scheduled_end_time: at(now + end), ...more })
        .then((made) => Object.assign(made, { opens: now + start, closes: now + end }));
}

export async function status(made) {
    const answer = await call(made.server, 'GET', `/api/video/sessions/${made.id}`, { token: made.doctorJwt });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.status;
}

export const becomes = (made, wanted) => until(async () => (await status(made)) === wanted, `${made.id} to be ${wanted}`, 60_000);

export async function enter(made, who) {
    const peer = await Peer.enter(made.server, await made[who]());
    assert.ok(peer.joined.peer_id);
    return peer;
}

/// Both come, see each other, and the visit is ACTIVE.
export async function both(made) {
    const doctor = await enter(made, 'doctor');
    const patient = await enter(made, 'patient');
    await doctor.next('user_joined');
    await becomes(made, 'ACTIVE');
    return { doctor, patient };
}

export const leave = (peer) => peer.ask('leave_room', { room_id: peer.roomId, user_id: peer.userId });

const kEndings = ['session.completed', 'session.cancelled', 'session.no_show', 'session.expired'];

/// The visit is over in that way, which was told once, and its usage stands in one row (in none, when it was cancelled).
export async function overOnce(hospital, made, wanted, reason) {
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
