// Taking part through the socket: join, leave, servers for the media, invitations.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';

import { Person, Server, assertProblem, call, kSessions, mintJwt, pair } from './people.mjs';

const kTurnSecret = 'a secret of coturn';
let server;
before(async () => {
    server = await Server.start({ env: { STUN_SERVER: '192.0.2.1:3478', TURN_SERVER: 'turn:192.0.2.2:3478,turns:192.0.2.2:443', TURN_SECRET: kTurnSecret } });
    server.secret(kTurnSecret);
});
after(async () => { await server.stop(); });

const as = (token, method, path, body) => call(server, method, kSessions + path, { token, body });

async function join(token, path, body = { device_type: 'web', browser_info: 'node' }) {
    const joined = await as(token, 'POST', `${path}/join`, body);
    assert.equal(joined.status, 200, joined.text);
    server.secret(joined.json.attendee.access_token);
    return joined.json;
}

test('join answers with the seed\'s fields and what came after them', async () => {
    const { doctor, session, path } = await pair(server);
    const joined = await join(doctor.token, path);
    assert.deepEqual(Object.keys(joined).sort(), ['attendee', 'ice_servers', 'ice_ttl_seconds', 'join_window', 'participants', 'room_id',
        'scheduled_end_time', 'scheduled_start_time', 'session_id', 'signaling_server_url'].sort());
    assert.deepEqual(Object.keys(joined.attendee).sort(), ['access_token', 'attendee_id', 'peer_id', 'role', 'user_id']);
    assert.equal(joined.session_id, session.session_id);
    assert.equal(joined.room_id, session.room_id);
    assert.equal(joined.signaling_server_url, `${server.url}/socket.io`);
    assert.equal(joined.attendee.user_id, doctor.id);
    assert.equal(joined.attendee.role, 'DOCTOR');
    assert.ok(joined.attendee.peer_id.startsWith('doctor_'), joined.attendee.peer_id);
    assert.ok(joined.attendee.access_token.length >= 43);
    assert.deepEqual(joined.participants, []);
});

test('join needs no body', async () => {
    const { patient, path } = await pair(server);
    assert.equal((await as(patient.token, 'POST', `${path}/join`)).status, 200);
    assertProblem(await as(patient.token, 'POST', `${path}/join`, { device_type: 7 }), 422, 'invalid_fields');
});

test('a person and the person\'s invitation are the same attendee, whose tokens are fresh each time', async () => {
    const { doctor, patient, session, path } = await pair(server);
    for (const [account, invitation] of [[doctor.token, session.doctor_token], [patient.token, session.patient_token]]) {
        const first = (await join(account, path)).attendee;
        const second = (await join(invitation, path)).attendee;
        assert.equal(second.attendee_id, first.attendee_id);
        assert.equal(second.peer_id, first.peer_id);
        assert.equal(second.user_id, first.user_id);
        assert.notEqual(second.access_token, first.access_token);
    }
    const { items } = (await doctor.ask('GET', `${path}/attendees`)).json;
    assert.deepEqual(items.map((item) => item.user_id).sort(), [doctor.id, patient.id].sort());
    for (const item of items) assert.ok(!('access_token' in item));
});

test('browsers are told of STUN and TURN with credentials that coturn would accept', async () => {
    const { doctor, path } = await pair(server);
    const joined = await join(doctor.token, path);
    const fresh = await as(joined.attendee.access_token, 'GET', `${path}/ice-servers`);
    assert.equal(fresh.status, 200, fresh.text);
    assert.equal(fresh.headers.get('cache-control'), 'no-store');
    for (const [servers, ttl] of [[joined.ice_servers, joined.ice_ttl_seconds], [fresh.json.ice_servers, fresh.json.ttl_seconds]]) {
        assert.deepEqual(servers[0], { urls: ['stun:192.0.2.1:3478'] });
        assert.deepEqual(servers[1].urls, ['turn:192.0.2.2:3478', 'turns:192.0.2.2:443']);
        const [expiry, attendee] = servers[1].username.split(':');
        assert.equal(attendee, joined.attendee.attendee_id);
        assert.equal(servers[1].credential, createHmac('sha1', kTurnSecret).update(servers[1].username).digest('base64'));
        // To the end of the window: thirty minutes of visit and fifteen after it.
        assert.ok(ttl > 44 * 60 && ttl <= 45 * 60, `${ttl}`);
        assert.ok(Math.abs(Number(expiry) - (Date.now() / 1000 + ttl)) < 60);
        server.secret(servers[1].credential);
    }
});

test('a visit cannot be joined before its window nor after it', async () => {
    const early = await pair(server, { from: 60, to: 90 });
    const problem = assertProblem(await early.doctor.ask('POST', `${early.path}/join`), 409, 'join_too_early');
    const opens = Date.parse(early.session.scheduled_start_time) - 15 * 60_000;
    assert.equal(problem.opens_at, new Date(opens).toISOString().replace('.000Z', 'Z'));
    const late = await pair(server, { from: -90, to: -60 });
    const answer = await late.doctor.ask('POST', `${late.path}/join`);
    assert.equal(answer.status, 409, answer.text);
    assert.ok(['join_too_late', 'session_over'].includes(answer.json.code), answer.text);
});

test('who has no part in a visit is not told of it', async () => {
    const { path } = await pair(server);
    const other = await pair(server);
    for (const token of [new Person(server, 'DOCTOR').token, new Person(server, 'PATIENT').token, other.session.patient_token]) {
        assertProblem(await as(token, 'POST', `${path}/join`), 404, 'session_not_found');
        assertProblem(await as(token, 'POST', `${path}/leave`), 404, 'session_not_found');
    }
});

test('a credential is needed, and must hold', async () => {
    const { doctor, path } = await pair(server);
    const none = await as(undefined, 'POST', `${path}/join`);
    assertProblem(none, 401, 'credential_missing');
    assert.equal(none.headers.get('www-authenticate'), 'Bearer');
    const bad = async (token) => {
        const answer = await as(token, 'POST', `${path}/join`);
        assert.equal(answer.status, 401, answer.text);
        assert.match(answer.headers.get('www-authenticate'), /^Bearer error="invalid_token"/);
        return answer.json.code;
    };
    const claims = { sub: doctor.id, role: 'DOCTOR' };
    assert.equal(await bad(mintJwt(server.jwtSecret, claims, -60)), 'token_expired');
    assert.equal(await bad(mintJwt('another secret, which has 32 bytes', claims)), 'invalid_token');
    assert.equal(await bad(mintJwt(server.jwtSecret, { ...claims, role: 'NURSE' })), 'invalid_token');
    assert.equal(await bad(mintJwt(server.jwtSecret, { ...claims, nbf: Date.now() / 1000 + 600 })), 'token_not_yet_valid');
    await bad(`${doctor.token}x`);
    await bad('not-an-invitation');
    await bad('A'.repeat(43));
});

test('leaving is idempotent, and whoever left can join again', async () => {
    const { patient, path } = await pair(server);
    const joined = await join(patient.token, path);
    for (let i = 0; i < 2; ++i) assert.equal((await as(joined.attendee.access_token, 'POST', `${path}/leave`)).status, 204);
    assert.equal((await join(patient.token, path)).attendee.attendee_id, joined.attendee.attendee_id);
});

test('nobody joins a session that has ended', async () => {
    const { doctor, patient, path } = await pair(server);
    assert.equal((await doctor.ask('POST', `${path}/end`)).status, 200);
    assertProblem(await patient.ask('POST', `${path}/join`), 409, 'session_over');
});

test('a further person comes in by invitation, until it is revoked', async () => {
    const { doctor, patient, path } = await pair(server, { max_participants: 3 });
    assert.equal((await patient.ask('POST', `${path}/invitations`, { role: 'GUEST' })).status, 403);
    assertProblem(await doctor.ask('POST', `${path}/invitations`, { role: 'NURSE' }), 422, 'invalid_fields');
    const invited = await doctor.ask('POST', `${path}/invitations`, { role: 'INTERPRETER', display_name: 'Ada L', expires_in_s: 600 });
    assert.equal(invited.status, 201, invited.text);
    const { invitation_id: id, token } = invited.json;
    server.secret(token);
    server.secret('Ada L');
    const joined = await join(token, path);
    assert.equal(joined.attendee.role, 'INTERPRETER');
    assert.equal(joined.attendee.user_id, id);
    assert.equal((await doctor.ask('DELETE', `${path}/invitations/${id}`)).status, 204);
    const refused = await as(token, 'POST', `${path}/join`);
    assert.ok([401, 403, 404].includes(refused.status), refused.text);
});

test('a quality sample of an attendee is taken', async () => {
    const { doctor, path } = await pair(server);
    const joined = await join(doctor.token, path);
    assert.equal((await as(joined.attendee.access_token, 'POST', `${path}/quality`, { rtt_ms: 40, lost: 0.01 })).status, 204);
    assertProblem(await as(joined.attendee.access_token, 'POST', `${path}/quality`, []), 400, 'invalid_json');
});
