// Sessions through the socket: create, look at, list, change, cancel, end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Person, Server, assertProblem, call, draft, kSessions, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });

const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const kColumns = ['session_id', 'version', 'appointment_id', 'doctor_id', 'patient_id', 'status', 'scheduled_start_time',
    'scheduled_end_time', 'actual_start_time', 'actual_end_time', 'room_id', 'signaling_server_url', 'max_participants',
    'metadata', 'end_reason', 'created_at', 'updated_at'];

test('a created session has every column, both invitations, a Location and an ETag', async () => {
    const { session, created, doctor, patient } = await pair(server, { appointment_id: 'appt-1', metadata: { ward: '3', n: [1.5] } });
    for (const column of kColumns) assert.ok(column in session, column);
    assert.equal(session.status, 'SCHEDULED');
    assert.equal(session.doctor_id, doctor.id);
    assert.equal(session.patient_id, patient.id);
    assert.equal(session.appointment_id, 'appt-1');
    assert.equal(session.max_participants, 2);
    assert.deepEqual(session.metadata, { ward: '3', n: [1.5] });
    assert.equal(session.signaling_server_url, `${server.url}/socket.io`);
    for (const column of ['scheduled_start_time', 'scheduled_end_time', 'created_at', 'updated_at']) assert.match(session[column], kTime);
    for (const token of [session.doctor_token, session.patient_token]) assert.match(token, /^[A-Za-z0-9_-]{32,}$/);
    assert.notEqual(session.doctor_token, session.patient_token);
    assert.equal(created.headers.get('location'), `${kSessions}/${session.session_id}`);
    assert.equal(created.headers.get('etag'), `"${session.version}"`);
    assert.equal(created.headers.get('cache-control'), 'no-store');
});

test('a session is shown to its people and to an ADMIN, without any token', async () => {
    const { session, doctor, patient, path } = await pair(server);
    for (const who of [doctor, patient, new Person(server, 'ADMIN')]) {
        const seen = await who.ask('GET', path);
        assert.equal(seen.status, 200, seen.text);
        assert.equal(seen.json.session_id, session.session_id);
        assert.equal(seen.headers.get('etag'), `"${seen.json.version}"`);
        assert.ok(!Object.keys(seen.json).some((name) => name.includes('token')));
    }
});

test('nobody else is told that a session exists', async () => {
    const { path } = await pair(server);
    for (const who of [new Person(server, 'DOCTOR'), new Person(server, 'PATIENT')]) {
        const foreign = assertProblem(await who.ask('GET', path), 404, 'session_not_found');
        const absent = assertProblem(await who.ask('GET', '/5f0c1c6e-0000-4000-8000-000000000001'), 404, 'session_not_found');
        assert.equal(foreign.detail, absent.detail);
    }
});

test('a PATIENT creates nothing, and a DOCTOR only for oneself', async () => {
    const [doctor, other, patient] = [new Person(server, 'DOCTOR'), new Person(server, 'DOCTOR'), new Person(server, 'PATIENT')];
    assert.equal((await patient.ask('POST', '', draft(doctor, patient))).status, 403);
    assert.equal((await other.ask('POST', '', draft(doctor, patient))).status, 403);
    const byAdmin = await new Person(server, 'ADMIN').ask('POST', '', draft(doctor, patient));
    assert.equal(byAdmin.status, 201, byAdmin.text);
    server.secret(byAdmin.json.doctor_token);
    server.secret(byAdmin.json.patient_token);
});

test('times without a zone are UTC, others are turned into it', async () => {
    const { session } = await pair(server, { scheduled_start_time: '2031-01-25T10:00:00', scheduled_end_time: '2031-01-25T11:30:00+01:00' });
    assert.equal(session.scheduled_start_time, '2031-01-25T10:00:00Z');
    assert.equal(session.scheduled_end_time, '2031-01-25T10:30:00Z');
});

test('create tells of every field that is wrong', async () => {
    const doctor = new Person(server, 'DOCTOR');
    const pointers = async (body) => {
        const answer = await doctor.ask('POST', '', body);
        const problem = assertProblem(answer, 422, answer.json.code);
        return problem.errors.map((field) => field.pointer).sort();
    };
    assert.deepEqual(await pointers({}), ['/doctor_id', '/patient_id', '/scheduled_end_time', '/scheduled_start_time']);
    const good = draft(doctor, { id: 'p-1' });
    assert.deepEqual(await pointers({ ...good, doctor_id: 7, max_participants: '2' }), ['/doctor_id', '/max_participants']);
    assert.deepEqual(await pointers({ ...good, max_participants: 1 }), ['/max_participants']);
    assert.deepEqual(await pointers({ ...good, max_participants: 9 }), ['/max_participants']);
    assert.deepEqual(await pointers({ ...good, metadata: 'x' }), ['/metadata']);
    assert.deepEqual(await pointers({ ...good, metadata: { x: 'y'.repeat(5000) } }), ['/metadata']);
    assert.deepEqual(await pointers({ ...good, scheduled_start_time: 'yesterday' }), ['/scheduled_start_time']);
    assert.deepEqual(await pointers({ ...good, patient_id: 'x'.repeat(65) }), ['/patient_id']);
    assert.deepEqual(await pointers({ ...good, scheduled_end_time: good.scheduled_start_time }), ['/scheduled_end_time']);
});

test('a list shows a person the own sessions, newest first, page by page', async () => {
    const [doctor, patient] = [new Person(server, 'DOCTOR'), new Person(server, 'PATIENT')];
    const made = [];
    for (let i = 0; i < 5; ++i) made.unshift((await doctor.ask('POST', '', draft(doctor, patient))).json.session_id);
    const seen = [];
    let cursor = '';
    for (const expected of [2, 2, 1]) {
        const page = await patient.ask('GET', `?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        assert.equal(page.status, 200, page.text);
        assert.equal(page.json.items.length, expected);
        seen.push(...page.json.items.map((item) => item.session_id));
        cursor = page.json.next_cursor;
    }
    assert.equal(cursor, null);
    assert.deepEqual(seen, made);
    assert.deepEqual((await new Person(server, 'DOCTOR').ask('GET', '')).json, { items: [], next_cursor: null });
});

test('the largest page is whole, and tells of the next', async () => {
    const [doctor, patient] = [new Person(server, 'DOCTOR'), new Person(server, 'PATIENT')];
    for (let i = 0; i < 101; ++i) assert.equal((await doctor.ask('POST', '', draft(doctor, patient))).status, 201);
    const first = await doctor.ask('GET', '?limit=100');
    assert.equal(first.json.items.length, 100);
    assert.ok(first.json.next_cursor);
    const second = await doctor.ask('GET', `?limit=100&cursor=${encodeURIComponent(first.json.next_cursor)}`);
    assert.equal(second.json.items.length, 1);
    assert.equal(second.json.next_cursor, null);
});

test('a list can be narrowed', async () => {
    const { doctor, patient, session, path } = await pair(server, { from: 60, to: 90 });
    await doctor.ask('POST', '', draft(doctor, new Person(server, 'PATIENT')));
    const ids = async (query) => (await doctor.ask('GET', query)).json.items.map((item) => item.session_id);
    assert.equal((await ids('')).length, 2);
    assert.deepEqual(await ids(`?patient_id=${patient.id}`), [session.session_id]);
    const soon = new Date(Date.now() + 30 * 60_000).toISOString();
    assert.deepEqual(await ids(`?from=${soon}`), [session.session_id]);
    assert.equal((await ids(`?to=${soon}`)).length, 1);
    assert.equal((await doctor.ask('POST', `${path}/cancel`)).status, 200);
    assert.deepEqual(await ids('?status=CANCELLED'), [session.session_id]);
    for (const query of ['?limit=0', '?limit=101', '?cursor=x', '?status=x', '?from=x']) {
        assertProblem(await doctor.ask('GET', query), 422, 'invalid_parameter');
    }
});

test('a session is rescheduled against the version that was seen', async () => {
    const { doctor, patient, session, path, created } = await pair(server);
    const change = { scheduled_end_time: new Date(Date.now() + 60 * 60_000).toISOString() };
    assertProblem(await doctor.ask('PATCH', path, change), 428, 'if_match_missing');
    const ifMatch = { 'If-Match': created.headers.get('etag') };
    assert.equal((await patient.ask('PATCH', path, change, ifMatch)).status, 403);
    const changed = await doctor.ask('PATCH', path, change, ifMatch);
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.json.scheduled_end_time, change.scheduled_end_time.replace(/\.\d+Z$/, 'Z'));
    assert.equal(changed.json.version, session.version + 1);
    assert.equal((await doctor.ask('PATCH', path, change, ifMatch)).status, 412);
    assert.equal((await doctor.ask('PATCH', path, { max_participants: 99 }, { 'If-Match': '*' })).status, 422);
});

test('a session that was cancelled is over', async () => {
    const { doctor, patient, path } = await pair(server);
    assert.equal((await patient.ask('POST', `${path}/cancel`)).status, 403);
    const cancelled = await doctor.ask('POST', `${path}/cancel`);
    assert.equal(cancelled.status, 200, cancelled.text);
    assert.equal(cancelled.json.status, 'CANCELLED');
    assertProblem(await doctor.ask('POST', `${path}/join`), 409, 'session_over');
    assert.equal((await doctor.ask('PATCH', path, { max_participants: 3 }, { 'If-Match': '*' })).status, 409);
});

test('only its doctor and an ADMIN end a session; its figures are then there', async () => {
    const { doctor, patient, session, path } = await pair(server);
    assert.equal((await doctor.ask('GET', `${path}/metrics`)).status, 404);
    assert.equal((await patient.ask('POST', `${path}/end`)).status, 403);
    const ended = await doctor.ask('POST', `${path}/end`);
    assert.equal(ended.status, 200, ended.text);
    assert.equal(ended.json.status, 'COMPLETED');
    const metrics = await patient.ask('GET', `${path}/metrics`);
    assert.equal(metrics.status, 200, metrics.text);
    assert.equal(metrics.json.session_id, session.session_id);
    assert.equal(typeof metrics.json.session_duration_minutes, 'number');
    assert.equal(metrics.json.total_participants, 0);
});

test('a body that is not JSON, or not called so, is refused', async () => {
    const doctor = new Person(server, 'DOCTOR');
    assertProblem(await doctor.ask('POST', '', '{'), 400, 'invalid_json');
    assertProblem(await doctor.ask('POST', '', '[]'), 400, 'invalid_json');
    assertProblem(await doctor.ask('POST', '', '{"doctor_id":"a","doctor_id":"b"}'), 400, 'invalid_json');
    assertProblem(await doctor.ask('POST', ''), 400, 'body_missing');
    assertProblem(await doctor.ask('POST', '', '{}', { 'Content-Type': 'text/plain' }), 415, 'unsupported_media');
    assert.equal((await doctor.ask('POST', '', JSON.stringify({ metadata: { x: 'y'.repeat(2 ** 20) } }))).status, 413);
    assert.equal((await call(server, 'PUT', kSessions, { token: doctor.token })).status, 405);
    assert.equal((await call(server, 'GET', '/api/video/nothing', { token: doctor.token })).status, 404);
});
