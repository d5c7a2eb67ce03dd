// Every rule about a field, a parameter and a header: one of them broken at a time, and what is just within it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ask } from './operations.mjs';
import { Person, Server, assertProblem, call, kSessions, pair } from './people.mjs';

let server, admin;
before(async () => {
    server = await Server.start({ env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } });
    admin = new Person(server, 'ADMIN').token;
});
after(async () => { await server.stop(); });

const chars = (count, c = 'x') => c.repeat(count);
/// Texts that are no plain text, whatever the field.
const unclean = ['a\u0000b', 'a\u0007', 'a\nb', '\u007f', '\u0085'];
const texts = (longest) => ({
    good: [null, '', 'Ada', 'Zoë 医生 🩺', '"\\/', '\ud800', chars(longest), chars(longest, 'ü'), chars(longest, '🩺')],
    wrong_type: [7, true, {}, [], ['a']],
    too_long: [chars(longest + 1), chars(longest + 1, 'ü')],
    bad_characters: unclean,
});
const required = ({ good, ...rest }) => ({ ...rest, good: good.filter(Boolean), required: [undefined, null, ''] });
const time = {
    good: ['2031-01-25T10:00:00Z', '2031-01-25t10:00:00z', '2031-01-25 10:00:00Z', '2031-01-25T10:00:00.123456789Z', '2031-01-25T10:00:00+14:00',
        '2031-01-25T10:00:00-00:30', '2031-01-25T10:00:00', '2032-02-29T10:00:00Z'],
    wrong_type: [7, {}, false],
    not_a_time: ['yesterday', '2031-01-25', '2031-02-29T10:00:00Z', '2031-13-01T10:00:00Z', '2031-01-25T24:00:00Z', '2031-01-25T10:00Z', '2031-01-25T10:00:00.Z',
        '2031-01-25T10:00:00+25:00', '2031-01-25T10:00:00+0100', '2031-01-25T10:00:00 Z', ' 2031-01-25T10:00:00Z', '1931-01-25T10:00:00Z', '31-01-25T10:00:00Z', '10'],
};
const people = { good: [null, 2, 8], wrong_type: ['2', 2.5, true, [2], 1e400, '9'.repeat(30)], out_of_range: [1, 0, -1, 9, 2 ** 31, 2 ** 40] };
const metadata = {
    good: [null, {}, { a: [1.5, null, { b: 'ü' }] }, { x: chars(4096 - 8) }],
    wrong_type: ['x', 7, [], true],
    too_long: [{ x: chars(4096 - 7) }],
};
const name = texts(128);

/// What may be in each field: `good` values, and for each code values that are refused with it.
const rules = {
    create_session: {
        appointment_id: texts(64),
        doctor_id: required(texts(64)),
        patient_id: required(texts(64)),
        scheduled_start_time: { ...time, required: [undefined, null, ''] },
        scheduled_end_time: { ...time, required: [undefined, null, ''], not_after_start: ['2030-12-31T00:00:00Z', '2030-01-01T00:00:00Z'] },
        max_participants: people,
        metadata,
    },
    reschedule_session: {
        scheduled_start_time: { ...time, good: [undefined, null, '2030-12-31T01:00:00Z'], required: [''] },
        scheduled_end_time: { ...time, good: [undefined, null, ...time.good], required: [''], not_after_start: ['2030-12-31T00:00:00Z', '2030-01-01T00:00:00Z'] },
        max_participants: people,
        metadata,
    },
    join_session: { device_type: texts(64), browser_info: texts(512), display_name: name },
    create_invitation: {
        role: { good: ['INTERPRETER', 'OBSERVER', 'GUEST'], required: [undefined, null], wrong_type: [7, {}], unknown_role: ['NURSE', 'guest', ' GUEST'],
            not_allowed: ['DOCTOR', 'PATIENT', 'ADMIN'] },
        display_name: name,
        expires_in_s: { good: [null, 1, 31_622_400], wrong_type: ['60', 1.5, {}], out_of_range: [0, -1, 31_622_401, 2 ** 53] },
    },
};
const base = {
    create_session: { doctor_id: 'd', patient_id: 'p', scheduled_start_time: '2030-12-31T00:00:00Z', scheduled_end_time: '2032-12-31T01:00:00Z' },
    reschedule_session: {},
    join_session: {},
    create_invitation: { role: 'GUEST' },
};

/// JSON.stringify has no way to write these.
const write = (body) => JSON.stringify(body, (_, value) => (value === Infinity ? '\u0001' : value)).replaceAll('"\\u0001"', '1e400');

let visit;
async function given(operation, body) {
    // A new one where what is accepted would change what comes after it, or be too many.
    if (operation !== 'create_session') visit = await pair(server, operation === 'reschedule_session' ? base.create_session_times : {});
    const token = operation === 'join_session' ? visit.patient.token : admin;
    return ask(visit ?? { server }, operation, token, { body: write(body) });
}
base.create_session_times = { scheduled_start_time: '2030-12-31T00:00:00Z', scheduled_end_time: '2032-12-31T01:00:00Z' };

for (const [operation, fields] of Object.entries(rules)) {
    for (const [field, { good, ...bad }] of Object.entries(fields)) {
        test(`${operation}: ${field}`, async () => {
            for (const value of good) {
                const answer = await given(operation, { ...base[operation], [field]: value });
                assert.ok(answer.status < 300, `${JSON.stringify(value)}: ${answer.text}`);
            }
            for (const [code, values] of Object.entries(bad)) {
                for (const value of values) {
                    const answer = await given(operation, { ...base[operation], [field]: value });
                    const { errors } = assertProblem(answer, 422, 'invalid_fields');
                    assert.deepEqual(errors.map((error) => [error.pointer, error.code]), [[`/${field}`, code]], JSON.stringify(value));
                    assert.equal(typeof errors[0].detail, 'string');
                }
            }
        });
    }
}

test('doctor and patient are two people', async () => {
    const { errors } = assertProblem(await given('create_session', { ...base.create_session, patient_id: 'd' }), 422, 'invalid_fields');
    assert.deepEqual(errors.map((error) => [error.pointer, error.code]), [['/patient_id', 'same_person']]);
});

test('everything that is wrong is told at once, and what is not known is passed over', async () => {
    const { errors } = assertProblem(await given('create_session', {
        ...base.create_session, doctor_id: chars(65), appointment_id: 'a\nb', scheduled_end_time: 'x', max_participants: 1, metadata: { x: chars(5000) },
    }), 422, 'invalid_fields');
    assert.deepEqual(errors.map((error) => error.pointer).sort(), ['/appointment_id', '/doctor_id', '/max_participants', '/metadata', '/scheduled_end_time']);
    assert.equal((await given('create_session', { ...base.create_session, status: 'ACTIVE', version: 7, 'odd ': { deep: [[]] } })).status, 201);
});

test('what is kept comes back as it was given', async () => {
    const kept = { appointment_id: 'Zoë "1"\\', metadata: { a: [1.5, 1e300, null, { b: 'ü🩺 ' }], ' ': {} } };
    const created = await given('create_session', { ...base.create_session, ...kept });
    assert.deepEqual([created.json.appointment_id, created.json.metadata], [kept.appointment_id, kept.metadata]);
    const again = await call(server, 'GET', `${kSessions}/${created.json.session_id}`, { token: admin });
    assert.deepEqual([again.json.appointment_id, again.json.metadata], [kept.appointment_id, kept.metadata]);
});

test('a quality sample is an object of at most 4096 bytes', async () => {
    const seated = await pair(server);
    await ask(seated, 'join_session', seated.patient.token);
    const sample = (body) => ask(seated, 'add_quality', seated.patient.token, { body });
    assert.equal((await sample(`{"x":"${chars(4096 - 8)}"}`)).status, 204);
    assertProblem(await sample(`{"x":"${chars(4096 - 7)}"}`), 413, 'sample_too_large');
    for (const body of ['[]', '7', '"x"', 'null']) assertProblem(await sample(body), 400, 'invalid_json');
});

/// Bodies that are no object in JSON, for whatever operation takes one.
const unreadable = ['{', '[]', '7', '"x"', 'null', '{}{}', '{\'a\':1}', '{"a":NaN}', '{"a":01}', '{"a":1,}', '{"a":"\u0001"}', '\ufeff{}', '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}', `{"a":${chars(64, '[')}${chars(64, ']')}}`, `{"a":${chars(100_000, '[')}`, `{"a":"\\ud800\\u00"}`,
    `{${Array.from({ length: 257 }, (_, i) => `"${i}":1`)}}`];

test('a body must be one object in JSON, declared as such, and there where it is needed', async () => {
    const seated = await pair(server);
    await ask(seated, 'join_session', seated.doctor.token);
    for (const operation of ['create_session', 'reschedule_session', 'join_session', 'add_quality', 'create_invitation']) {
        for (const body of unreadable) assertProblem(await ask(seated, operation, seated.doctor.token, { body }), 400, 'invalid_json');
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data; boundary=json']) {
            const change = { body: '{}', headers: { 'Content-Type': type } };
            assertProblem(await ask(seated, operation, seated.doctor.token, change), 415, 'unsupported_media');
        }
        const none = await ask(seated, operation, seated.doctor.token, { body: undefined });
        if (operation === 'join_session') assert.equal(none.status, 200, none.text);
        else assertProblem(none, 400, 'body_missing');
        assertProblem(await ask(seated, operation, seated.doctor.token, { body: `{"a":"${chars(2 ** 20)}"}` }), 413, 'body_too_large');
    }
});

/// Values of each parameter of the list: those that are taken, and those that are 422.
const parameters = {
    doctor_id: { good: ['d', chars(64), 'ü'.repeat(64)], bad: ['', chars(65)] },
    patient_id: { good: ['p', chars(64)], bad: ['', chars(65)] },
    status: { good: ['SCHEDULED', 'ACTIVE', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'EXPIRED'], bad: ['', 'scheduled', 'OVER', 'SCHEDULED,ACTIVE'] },
    from: { good: ['2031-01-25T10:00:00Z', '2031-01-25T10:00:00+01:00', '2031-01-25T10:00:00.5Z'], bad: ['', 'x', '2031-01-25', '2031-02-30T10:00:00Z'] },
    to: { good: ['2031-01-25T10:00:00Z', '2031-01-25T10:00:00-01:00'], bad: ['', 'x', '2031-01-25', '2031-02-30T10:00:00Z'] },
    limit: { good: ['1', '50', '100'], bad: ['', '0', '101', '-1', '1.5', '1e2', ' 1', '0x10', '99999999999999999999', 'all'] },
};
for (const [parameter, { good, bad }] of Object.entries(parameters)) {
    test(`list_sessions: ${parameter}`, async () => {
        const list = (value) => call(server, 'GET', `${kSessions}?${parameter}=${encodeURIComponent(value)}`, { token: admin });
        for (const value of good) assert.equal((await list(value)).status, 200, value);
        for (const value of bad) assert.match(assertProblem(await list(value), 422, 'invalid_parameter').detail, new RegExp(parameter), value);
    });
}

test('If-Match holds the ETag that was seen, several, or a star', async () => {
    const change = async (value) => {
        const fresh = await pair(server);
        return ask(fresh, 'reschedule_session', fresh.doctor.token, { headers: { 'If-Match': value } });
    };
    for (const value of ['"1"', '*', '"7", "1"', ' "1" ', '"x", "1"', 'W/"7", "1"']) assert.equal((await change(value)).status, 200, value);
    for (const value of ['"2"', '"0"', '"x"', 'W/"1"', '"7", "8"', '""', '"99999999999999999999999"']) assertProblem(await change(value), 412, 'stale_version');
    for (const value of ['1', '"1', '1"', '"1" "2"', '"1",', '*, "1"', 'x', '']) assertProblem(await change(value), 400, 'invalid_if_match');
    const { doctor, path } = await pair(server);
    assertProblem(await doctor.ask('PATCH', path, { max_participants: 3 }), 428, 'if_match_missing');
});

test('Idempotency-Key is printable and of a bounded length', async () => {
    const create = (key) => ask({ server }, 'create_session', admin, { body: base.create_session, headers: { 'Idempotency-Key': key } });
    for (const key of ['a', chars(255), '{"a": 1} ~!']) assert.equal((await create(key)).status, 201, key);
    for (const key of [chars(256), 'a\tb', 'ü']) assertProblem(await create(key), 400, 'invalid_idempotency_key');
});

test('a credential is one Bearer token', async () => {
    const seen = await pair(server);
    const headers = (value, address) => ({ Authorization: value, 'X-Forwarded-For': address });
    for (const value of [`Bearer ${admin}`, `bearer  ${admin}`, `BEARER ${admin}`]) {
        assert.equal((await ask(seen, 'get_session', undefined, { headers: headers(value, '192.0.2.1') })).status, 200, value);
    }
    for (const value of ['Bearer', 'Bearer ', admin, `Basic ${admin}`, `Bearer${admin}`, `Bearer ${admin} x`, `Bearer ${admin},x`, 'Bearer ü', `Bearer ${chars(300)}`,
        `Bearer ${chars(9000, '.')}`]) {
        assertProblem(await ask(seen, 'get_session', undefined, { headers: headers(value, '192.0.2.2') }), 401, 'invalid_token');
    }
});
