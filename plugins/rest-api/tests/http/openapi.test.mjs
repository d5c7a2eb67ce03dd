// The document that the server serves about itself. Whether answers are as it says is checked in every other test, by `call`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';

import { Contract, documentText } from './contract.mjs';
import { Person, Server, call, contract, kSessions, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start({ env: { STUN_SERVER: '192.0.2.1:3478' } }); });
after(async () => { await server.stop(); });

test('the served document is the one of this source tree, and valid OpenAPI 3.1', async () => {
    const served = await call(server, 'GET', '/openapi.json');
    assert.equal(served.status, 200);
    assert.equal(served.text, documentText);
    const checked = await new Validator().validate(served.json);
    assert.ok(checked.valid, JSON.stringify(checked.errors, null, 1));
    assert.equal(served.json.openapi.slice(0, 3), '3.1');
    assert.deepEqual(served.json.servers.map(({ url }) => url), ['/']);
});

test('a copy of the document is told to be still good', async () => {
    const first = await call(server, 'GET', '/openapi.json');
    const again = await call(server, 'GET', '/openapi.json', { headers: { 'If-None-Match': first.headers.get('etag') } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    assert.equal((await call(server, 'GET', '/openapi.json', { headers: { 'If-None-Match': '"another"' } })).status, 200);
});

test('every reference in the document leads somewhere, and every part of it is used', () => {
    const document = JSON.parse(documentText);
    const used = new Set([...documentText.matchAll(/"\$ref": "#\/components\/([^"]+)"/g)].map((match) => match[1]));
    const { securitySchemes, ...components } = document.components;
    const defined = Object.entries(components).flatMap(([kind, parts]) => Object.keys(parts).map((name) => `${kind}/${name}`));
    assert.deepEqual([...used].sort(), defined.sort());
    assert.deepEqual(document.security.flatMap(Object.keys).sort(), Object.keys(securitySchemes).sort());
});

test('every operation is there, does what it is for, and needs a credential where the document says so', async () => {
    const { doctor, session, path } = await pair(server, { max_participants: 3 });
    const ask = async (method, of, body, headers) => {
        const answer = await doctor.ask(method, of, body, headers);
        assert.ok(answer.status < 300, `${method} ${of}: ${answer.text}`);
        return answer;
    };
    const joined = (await ask('POST', `${path}/join`, { device_type: 'web', display_name: 'D' })).json;
    server.secret(joined.attendee.access_token);
    await ask('GET', `${path}/ice-servers`);
    await ask('POST', `${path}/quality`, { rtt_ms: 40 });
    await ask('GET', `${path}/attendees`);
    await ask('POST', `${path}/leave`);
    const invited = (await ask('POST', `${path}/invitations`, { role: 'GUEST' })).json;
    server.secret(invited.token);
    await ask('DELETE', `${path}/invitations/${invited.invitation_id}`);
    await ask('PATCH', path, { metadata: { ward: '4' } }, { 'If-Match': `"${session.version}"` });
    await ask('GET', path);
    await ask('GET', '?limit=1');
    await ask('POST', `${path}/end`);
    await ask('GET', `${path}/metrics`);
    const other = await pair(server);
    assert.equal((await other.doctor.ask('POST', `${other.path}/cancel`)).status, 200);
    for (const health of ['', '/live', '/ready', '/startup']) assert.equal((await call(server, 'GET', `/health${health}`)).status, 200);
    await call(server, 'GET', '/openapi.json');

    for (const { operationId, method, path: template, security } of contract.operations) {
        const succeeded = [...contract.answered.get(operationId) ?? []].some((status) => status < 300);
        assert.ok(succeeded, `${operationId} has not been seen to succeed`);
        const target = template.replace('{id}', session.session_id).replace('{invitation_id}', 'x');
        const { status } = await call(server, method, target, { body: ['POST', 'PATCH'].includes(method) ? {} : undefined });
        assert.equal(status === 401, security === undefined, `${operationId} without a credential: ${status}`);
    }
});

test('an answer that the document does not have is noticed', async () => {
    const { doctor, path } = await pair(server);
    const seen = await doctor.ask('GET', path);
    const target = kSessions + path;
    const refuses = (changes, pattern) => assert.throws(() => new Contract().check('GET', target, { ...seen, ...changes }), pattern);
    new Contract().check('GET', target, seen);
    refuses({ json: { ...seen.json, doctor_token: 'x' } }, /unevaluated/);
    refuses({ json: { ...seen.json, status: 'DONE' } }, /allowed values/);
    refuses({ json: { ...seen.json, created_at: '2026-01-25T10:00:00+00:00' } }, /pattern/);
    const { room_id: _, ...without } = seen.json;
    refuses({ json: without }, /room_id/);
    refuses({ status: 202 }, /not in the document/);
    refuses({ headers: new Headers({ 'content-type': 'application/json' }) }, /needs ETag/);
    const refused = await new Person(server, 'DOCTOR').ask('GET', path);
    assert.throws(() => new Contract().check('GET', target, { ...refused, json: { ...refused.json, code: 'gone' } }), /allowed values/);
});
