// Lists page by page: nothing is left out and nothing comes twice, whatever happens between two pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ask } from './operations.mjs';
import { Person, Server, assertProblem, call, contract, draft, kSessions, pair } from './people.mjs';

const kMany = 250;
let server, doctor, patient, other, made;
before(async () => {
    server = await Server.start({ env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } });
    [doctor, patient, other] = [new Person(server, 'DOCTOR'), new Person(server, 'PATIENT'), new Person(server, 'PATIENT')];
    // In rows of ten at once, so that some come into being in the same moment.
    made = [];
    while (made.length < kMany) made.push(...await Promise.all(Array.from({ length: 10 }, (_, i) => create(made.length + i))));
});
after(async () => { await server.stop(); });

const kWeek = { scheduled_start_time: '2031-01-01T10:00:00Z', scheduled_end_time: '2031-01-01T11:00:00Z' };
/// Every third is the other patient's, every fifth is a year later, every seventh is called off.
async function create(number) {
    const times = number % 5 === 0 ? { scheduled_start_time: '2032-01-01T10:00:00Z', scheduled_end_time: '2032-01-01T11:00:00Z' } : kWeek;
    const answer = await ask({ server }, 'create_session', doctor.token, { body: draft(doctor, number % 3 === 0 ? other : patient, times) });
    assert.equal(answer.status, 201, answer.text);
    const id = answer.json.session_id;
    if (number % 7 === 0) assert.equal((await ask({ server, path: `/${id}` }, 'cancel_session', doctor.token)).status, 200);
    return { number, id };
}

const list = (who, query) => call(server, 'GET', `${kSessions}?${new URLSearchParams(query)}`, { token: who.token });

/// All ids of a list; `between` is called before each page but the first.
async function pages(who, query, between = () => {}) {
    const ids = [];
    let cursor;
    do {
        const page = await list(who, { ...query, ...(cursor ? { cursor } : {}) });
        assert.equal(page.status, 200, page.text);
        const { items, next_cursor } = page.json;
        assert.ok(items.length === query.limit || next_cursor === null, 'only the last page is short');
        ids.push(...items.map((item) => item.session_id));
        cursor = next_cursor;
        if (cursor) await between();
    } while (cursor);
    return ids;
}

const filters = {
    'no filter': [{}, () => true],
    'a patient': [() => ({ patient_id: other.id }), ({ number }) => number % 3 === 0],
    'a status': [{ status: 'CANCELLED' }, ({ number }) => number % 7 === 0],
    'a time': [{ from: '2031-06-01T00:00:00Z', to: '2033-01-01T00:00:00+01:00' }, ({ number }) => number % 5 === 0],
    'all of them': [() => ({ patient_id: other.id, status: 'CANCELLED', from: '2032-01-01T10:00:00Z', doctor_id: doctor.id }), ({ number }) => number % 105 === 0],
};
for (const limit of [1, 7, 100]) {
    for (const [name, [query, fits]] of Object.entries(filters)) {
        test(`pages of ${limit} with ${name}, while others are created`, async () => {
            const expected = made.filter(fits).map(({ id }) => id);
            const before = new Set(expected);
            let created = 0;
            // Such as would fit, newer than all that is listed.
            const insert = async () => { if (created < 20) await Promise.all([0, 105].map((number) => { ++created; return create(number); })); };
            const ids = await pages(doctor, { ...(typeof query === 'function' ? query() : query), limit }, insert);
            assert.equal(new Set(ids).size, ids.length, 'nothing comes twice');
            const listed = ids.filter((id) => before.has(id));
            assert.deepEqual([...listed].sort(), [...expected].sort(), 'nothing is left out');
        });
    }
}

test('a list is in order, newest first, however it is cut', async () => {
    const whole = await pages(doctor, { limit: 100 });
    for (const limit of [7, 50]) assert.deepEqual(await pages(doctor, { limit }), whole);
    const ages = (await list(doctor, { limit: 100 })).json.items.map((item) => item.created_at);
    assert.deepEqual(ages, [...ages].sort().reverse());
});

test('sessions that change between two pages stay where they are', async () => {
    const alone = new Person(server, 'DOCTOR');
    const ids = [];
    for (let i = 0; i < 9; ++i) ids.unshift((await ask({ server }, 'create_session', alone.token, { body: draft(alone, patient) })).json.session_id);
    const toCancel = [...ids].reverse();
    const seen = await pages(alone, { limit: 2 }, () => ask({ server, path: `/${toCancel.pop()}` }, 'cancel_session', alone.token));
    assert.deepEqual(seen, ids);
});

test('a cursor that was changed, cut off or taken from another list is refused', async () => {
    const query = { limit: 2, status: 'SCHEDULED' };
    const { next_cursor: cursor } = (await list(doctor, query)).json;
    assert.equal((await list(doctor, { ...query, limit: 3, cursor })).status, 200, 'the length of a page may change');
    const bent = cursor.replace(/\d(?=_)/, (digit) => (Number(digit) + 1) % 10);
    for (const odd of ['', 'x', bent, cursor.slice(1), cursor.slice(0, -1), `${cursor}0`, `${cursor} `, cursor.toUpperCase(), '_', '0_0_0', 'x'.repeat(5000), '🩺', '1_../../x_0']) {
        assertProblem(await list(doctor, { ...query, cursor: odd }), 422, 'invalid_parameter');
    }
    for (const others of [{}, { ...query, status: 'CANCELLED' }, { ...query, patient_id: patient.id }, { ...query, from: '2031-01-01T00:00:00Z' }]) {
        assertProblem(await list(doctor, { ...others, cursor }), 422, 'invalid_parameter');
    }
    for (const who of [patient, new Person(server, 'ADMIN'), new Person(server, 'DOCTOR'), new Person(server, 'PATIENT', doctor.id)]) {
        assertProblem(await list(who, { ...query, cursor }), 422, 'invalid_parameter');
    }
});

test('times without a zone, and with a plus that became a space, are understood', async () => {
    const count = async (from) => (await list(doctor, { from, limit: 100, patient_id: other.id, status: 'CANCELLED' })).json.items.length;
    const expected = await count('2032-01-01T10:00:00Z');
    assert.ok(expected > 0);
    for (const same of ['2032-01-01T10:00:00', '2032-01-01T11:00:00+01:00']) assert.equal(await count(same), expected, same);
    const spaced = await call(server, 'GET', `${kSessions}?from=2032-01-01T11:00:00+01:00&patient_id=${other.id}&status=CANCELLED&limit=100`, { token: doctor.token });
    assert.equal(spaced.json.items.length, expected);
});

test('fifty joins of one person at once are one attendee', async () => {
    const visit = await pair(server);
    const joins = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(visit, 'join_session', i % 2 ? visit.doctor.token : visit.session.doctor_token)));
    for (const joined of joins) assert.equal(joined.status, 200, joined.text);
    assert.equal(new Set(joins.map((joined) => joined.json.attendee.attendee_id)).size, 1);
    assert.equal(new Set(joins.map((joined) => joined.json.attendee.peer_id)).size, 1);
    assert.equal(new Set(joins.map((joined) => joined.json.attendee.access_token)).size, 50);
    // One of them is the newest, and holds; the others do not.
    const held = [];
    for (const [i, joined] of joins.entries()) {
        const headers = { 'X-Forwarded-For': `198.51.100.${i}` };
        held.push((await ask(visit, 'get_session', joined.json.attendee.access_token, { headers })).status);
    }
    assert.deepEqual(held.filter((status) => status === 200).length, 1);
    const { items } = (await ask(visit, 'list_attendees', visit.doctor.token)).json;
    assert.deepEqual(items.map((item) => item.user_id), [visit.doctor.id]);
});

test('fifty creates with one Idempotency-Key are one session, and get one answer', async () => {
    const alone = new Person(server, 'DOCTOR');
    const change = { body: JSON.stringify(draft(alone, patient)), headers: { 'Idempotency-Key': 'booking of the morning' } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ server }, 'create_session', alone.token, change)));
    for (const answer of answers) {
        assert.equal(answer.status, 201, answer.text);
        assert.deepEqual([answer.text, answer.headers.get('location'), answer.headers.get('etag')], [answers[0].text, answers[0].headers.get('location'), answers[0].headers.get('etag')]);
        contract.check('POST', kSessions, answer);
    }
    assert.equal((await list(alone, {})).json.items.length, 1);
    // The same key of somebody else is another one.
    const theirs = await ask({ server }, 'create_session', other.token, change);
    assertProblem(theirs, 403, 'wrong_role');
    const another = new Person(server, 'DOCTOR');
    const own = await ask({ server }, 'create_session', another.token, { ...change, body: JSON.stringify(draft(another, patient)) });
    assert.notEqual(own.json.session_id, answers[0].json.session_id);
});
