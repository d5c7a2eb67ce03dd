// Every refusal that does not depend on what is in a body: credentials, guesses, the window, seats, HTTP itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Peer } from '../../../../tests/integration/lib/peer.mjs';
import { RawHttp } from '../../../../tests/integration/lib/raw-http.mjs';
import { until } from '../../../../tests/integration/lib/within.mjs';
import { ask, names, operations } from './operations.mjs';
import { Person, Server, assertProblem, call, contract, kSessions, mintJwt, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start({ env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } }); });
after(async () => { await server.stop(); });

let addresses = 0;
/// Nobody's guesses are to count against another test.
const from = (address = `198.51.100.${++addresses}`) => ({ headers: { 'X-Forwarded-For': address } });

test('each call tells what is wrong with a credential', async () => {
    const visit = await pair(server);
    const claims = { sub: visit.doctor.id, role: 'DOCTOR' };
    const jwt = (change, lifetime) => mintJwt(server.jwtSecret, { ...claims, ...change }, lifetime);
    const invite = async (more) => (await ask(visit, 'create_invitation', visit.doctor.token, { body: { role: 'GUEST', ...more } })).json;
    const revoked = await invite();
    assert.equal((await ask({ ...visit, invitation: revoked.invitation_id }, 'revoke_invitation', visit.doctor.token)).status, 204);
    const expired = await invite({ expires_in_s: 1 });
    await until(async () => (await ask(visit, 'get_session', expired.token, from('198.51.100.250'))).status === 401, 'the end of an invitation');
    const credentials = [
        ['credential_missing', undefined],
        ['token_expired', jwt({}, -60)],
        ['token_not_yet_valid', jwt({ nbf: Math.floor(Date.now() / 1000) + 600 })],
        ['invitation_revoked', revoked.token],
        ['invitation_expired', expired.token],
        ['invalid_token', mintJwt('another secret, which has 32 bytes', claims)],
        ['invalid_token', jwt({ role: 'NURSE' })],
        ['invalid_token', jwt({ sub: '' })],
        ['invalid_token', jwt({ exp: 'tomorrow' })],
        ['invalid_token', 'A'.repeat(43)],
    ];
    for (const name of names) {
        for (const [code, token] of credentials) {
            const answer = await ask(visit, name, token, from(`203.0.113.${names.indexOf(name)}`));
            assertProblem(answer, 401, code);
            assert.match(answer.headers.get('www-authenticate'), code === 'credential_missing' ? /^Bearer$/ : /^Bearer error="invalid_token"$/);
        }
    }
});

test('a credential that once was good still is, right after one that is not', async () => {
    const visit = await pair(server);
    const change = from();
    assertProblem(await ask(visit, 'get_session', 'nonsense', change), 401, 'invalid_token');
    assert.equal((await ask(visit, 'get_session', visit.doctor.token, change)).status, 200);
});

test('each call is refused to an address that has guessed too often', async () => {
    const visit = await pair(server);
    const change = from();
    let answer;
    for (let i = 0; i < 300 && answer?.status !== 429; ++i) answer = await ask(visit, 'get_session', `guess-${i}`, change);
    for (const name of names) {
        const refused = await ask(visit, name, new Person(server, 'ADMIN').token, change);
        assertProblem(refused, 429, 'too_many_guesses');
        assert.match(refused.headers.get('retry-after'), /^[1-9]\d*$/);
    }
});

test('nobody comes before the window, and everybody is told when it opens', async () => {
    const visit = await pair(server, { from: 60, to: 90 });
    const opens = new Date(Date.parse(visit.session.scheduled_start_time) - 15 * 60_000).toISOString().replace('.000Z', 'Z');
    for (const token of [visit.doctor.token, visit.patient.token, visit.session.patient_token]) {
        assert.equal(assertProblem(await ask(visit, 'join_session', token), 409, 'join_too_early').opens_at, opens);
    }
});

test('nobody comes after the window', async () => {
    // The clock marks such a session as over within a second: whoever comes first is too late, later ones find it over.
    for (let tries = 0; tries < 100; ++tries) {
        const visit = await pair(server, { from: -90, to: -60 });
        const answer = await ask(visit, 'join_session', visit.doctor.token);
        if (answer.json.code === 'session_over') continue;
        return assertProblem(answer, 409, 'join_too_late');
    }
    assert.fail('it was over each time');
});

test('there is a seat for doctor and patient, and for as many more as the session says', async () => {
    const visit = await pair(server);
    const guest = async () => (await ask(visit, 'create_invitation', visit.doctor.token)).json.token;
    assertProblem(await ask(visit, 'join_session', await guest()), 409, 'room_full');
    await ask(visit, 'reschedule_session', visit.doctor.token, { body: { max_participants: 3 } });
    const [first, second] = [await guest(), await guest()];
    const seats = await Promise.all([first, second].map(async (token) => (await ask(visit, 'join_session', token)).json));
    const peer = await Peer.enter(server, seats[0]);
    assertProblem(await ask(visit, 'join_session', second), 409, 'room_full');
    const late = await Peer.connect(server, seats[1]);
    assert.equal((await late.ask('join_room', late.entry())).code, 'room_full');
    for (const who of ['doctor', 'patient']) assert.equal((await ask(visit, 'join_session', visit[who].token)).status, 200);
    // Whoever is inside may join again, full or not.
    assert.equal((await ask(visit, 'join_session', first)).status, 200);
    for (const one of [peer, late]) one.destroy();
});

test('a session has at most a hundred invitations', async () => {
    const visit = await pair(server);
    for (let i = 0; i < 100; ++i) assert.equal((await ask(visit, 'create_invitation', visit.doctor.token)).status, 201, `${i}`);
    assertProblem(await ask(visit, 'create_invitation', visit.doctor.token), 409, 'too_many_invitations');
});

test('an invitation of another session is none of this one', async () => {
    const [visit, other] = [await pair(server), await pair(server)];
    const { invitation_id: theirs } = (await ask(other, 'create_invitation', other.doctor.token)).json;
    for (const invitation of [theirs, 'none', 'x'.repeat(300)]) {
        assertProblem(await ask({ ...visit, invitation }, 'revoke_invitation', visit.doctor.token), 404, 'invitation_not_found');
    }
});

test('an Idempotency-Key that came with another body is refused', async () => {
    const { doctor, patient } = await pair(server);
    const headers = { 'Idempotency-Key': 'one' };
    const body = { doctor_id: doctor.id, patient_id: patient.id, scheduled_start_time: '2031-01-25T10:00:00Z', scheduled_end_time: '2031-01-25T11:00:00Z' };
    assert.equal((await ask({ server }, 'create_session', doctor.token, { body, headers })).status, 201);
    const other = { ...body, max_participants: 3 };
    assertProblem(await ask({ server }, 'create_session', doctor.token, { body: other, headers }), 422, 'idempotency_key_reused');
});

test('what is not served says so', async () => {
    const { doctor, path } = await pair(server);
    for (const target of ['/api/video', '/api/video/sessions/', `${kSessions}${path}/nothing`, `${kSessions}${path}/`, '/nowhere', '/api/video/sessions/a/b/c']) {
        assertProblem(await call(server, 'GET', target, { token: doctor.token }), 404, 'not_found');
    }
    for (const [method, target, allowed] of [['PUT', kSessions, /GET.*POST/], ['DELETE', `${kSessions}${path}`, /GET.*PATCH/], ['GET', `${kSessions}${path}/join`, /POST/],
        ['POST', '/health', /GET/], ['PATCH', '/openapi.json', /GET/]]) {
        const answer = await call(server, method, target, { token: doctor.token });
        assertProblem(answer, 405, 'method_not_allowed');
        assert.match(answer.headers.get('allow'), allowed);
    }
});

const host = 'Host: localhost';
const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;
const wire = {
    malformed_request: [400, lines('GET /health HTTP/1.1', host, host)],
    target_too_long: [414, `GET /${'a'.repeat(20_000)}`],
    expectation_failed: [417, lines('POST /api/video/sessions HTTP/1.1', host, 'Expect: something', 'Content-Length: 2')],
    header_fields_too_large: [431, `GET /health HTTP/1.1\r\n${host}\r\nX: ${'a'.repeat(20_000)}`],
    method_not_implemented: [501, lines('BREW /health HTTP/1.1', host)],
    transfer_coding_not_implemented: [501, lines('POST /api/video/sessions HTTP/1.1', host, 'Transfer-Encoding: gzip')],
    http_version_not_supported: [505, lines('GET /health HTTP/3.0', host)],
};
const upgrade = (...fields) => lines('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...fields);
const handshakes = {
    origin_not_allowed: [403, upgrade('Sec-WebSocket-Version: 13', 'Origin: https://elsewhere.example')],
    websocket_version: [426, upgrade('Sec-WebSocket-Version: 8')],
    malformed: [400, upgrade('Sec-WebSocket-Version: 13').replace('EIO=4', 'EIO=3')],
};
for (const [code, [status, bytes]] of Object.entries({ ...wire, ...handshakes })) {
    test(`bytes that are refused: ${code}`, async () => {
        const raw = await RawHttp.open(server.port);
        raw.send(bytes);
        const answer = await raw.answer();
        assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.body);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        contract.check('GET', '/socket.io/', { ...answer, text: answer.body, headers: new Headers(answer.headers) });
        raw.destroy();
    });
}

test('a body that is not framed right is refused before any handler sees it, wherever it goes', async () => {
    for (const [name, { method, path }] of Object.entries(operations)) {
        if (method === 'GET') continue;
        const target = kSessions + path({ path: '/x' });
        const raw = await RawHttp.open(server.port);
        raw.send(lines(`${method} ${target} HTTP/1.1`, host, 'Transfer-Encoding: chunked') + 'nonsense\r\n');
        const answer = await raw.answer();
        assert.deepEqual([answer.status, answer.json.code], [400, 'malformed_request'], name);
        await raw.end();
    }
});

test('a body that is too long is refused, wherever it goes', async () => {
    for (const [name, { method, path }] of Object.entries(operations)) {
        if (method === 'GET') continue;
        const target = kSessions + path({ path: '/x' });
        const raw = await RawHttp.open(server.port);
        raw.send(lines(`${method} ${target} HTTP/1.1`, host, `Content-Length: ${2 ** 20 + 1}`));
        const answer = await raw.answer();
        assert.deepEqual([answer.status, answer.json.code], [413, 'body_too_large'], name);
        contract.check(method, target, { ...answer, text: answer.body, headers: new Headers(answer.headers) });
        await raw.end();
    }
});

test('bodies that are huge or deep cost nobody else anything', async () => {
    const visit = await pair(server);
    const filled = (left, middle, right) => left + middle.repeat(Math.floor((2 ** 20 - left.length - right.length) / middle.length)) + right;
    const many = `{${Array.from({ length: 90_000 }, (_, i) => `"${i}":1`)}}`;
    const bodies = [many, filled('{"a":', '[', ''), filled('{"a":', '[],', '1}'), filled('{', '"a":1,', '"b":1}'), filled('{"a":"', '\\u0061', '"}'), filled('{"metadata":{"a":[', '{},', '1]}}'),
        filled('{"a":{', '"x":{},', '"y":1}}')];
    let refused = 0;
    const flood = Promise.all(Array.from({ length: 21 }, async (_, i) => {
        const answer = await ask(visit, ['create_session', 'join_session', 'add_quality'][i % 3], visit.doctor.token, { body: bodies[i % bodies.length] });
        assert.ok([200, 400, 403, 413, 422].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`);
        ++refused;
    }));
    const served = [];
    do served.push(await ask(visit, 'get_session', visit.patient.token)); while (refused < 21);
    await flood;
    for (const answer of served) assert.equal(answer.status, 200, answer.text);
});
