// Pages of other origins: those that are configured get in, others do not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { RawSocket } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';
import { Visit, call } from '../lib/visit.mjs';

const kOrigin = 'https://portal.clinic.example';
const kOther = 'https://elsewhere.example';
let server;
before(async () => { server = await Server.start({ origins: ['http://localhost:1', kOrigin] }); });
after(() => server?.stop());

const poll = (origin, more = {}) => fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: origin }, ...more });
const list = (headers, name) => (headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);

function assertAllowed(headers) {
    assert.equal(headers.get('access-control-allow-origin'), kOrigin);
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    assert.ok(list(headers, 'vary').includes('origin'));
}

test('a preflight of a configured origin allows the headers that the API takes', async () => {
    const answer = await call(server, 'OPTIONS', '/api/video/sessions/x/join', {
        headers: {
            Origin: kOrigin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization, content-type',
        },
    });
    assert.ok([200, 204].includes(answer.status));
    assertAllowed(answer.headers);
    const allowed = list(answer.headers, 'access-control-allow-headers');
    for (const name of ['authorization', 'content-type', 'if-match', 'idempotency-key']) assert.ok(allowed.includes(name), name);
    assert.ok(list(answer.headers, 'access-control-allow-methods').includes('post'));
});

test('answers to a configured origin echo it and expose what clients read, errors too', async () => {
    const visit = await Visit.create(server);
    for (const token of [visit.patientJwt, undefined]) {
        const answer = await call(server, 'POST', `/api/video/sessions/${visit.id}/join`, { token, body: {}, headers: { Origin: kOrigin } });
        assert.equal(answer.status, token ? 200 : 401);
        assertAllowed(answer.headers);
        const exposed = list(answer.headers, 'access-control-expose-headers');
        for (const name of ['etag', 'location', 'retry-after']) assert.ok(exposed.includes(name), name);
    }
});

test('another origin is told nothing', async () => {
    for (const answer of [
        await call(server, 'GET', '/health', { headers: { Origin: kOther } }),
        await call(server, 'OPTIONS', '/api/video/sessions', { headers: { Origin: kOther, 'Access-Control-Request-Method': 'POST' } }),
        await poll(kOther),
    ]) {
        assert.equal(answer.headers.get('access-control-allow-origin'), null);
        assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    }
});

test('polling echoes a configured origin in its handshake, its polls and its preflight', async () => {
    const opened = await poll(kOrigin);
    assert.equal(opened.status, 200);
    assertAllowed(opened.headers);
    const { sid } = JSON.parse((await opened.text()).slice(1));
    const sent = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`,
        { method: 'POST', body: '40', headers: { Origin: kOrigin, 'Content-Type': 'text/plain;charset=UTF-8' } });
    assert.equal(sent.status, 200);
    assertAllowed(sent.headers);
    const preflight = await poll(kOrigin, {
        method: 'OPTIONS', headers: { Origin: kOrigin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
    });
    assert.ok([200, 204].includes(preflight.status));
    assertAllowed(preflight.headers);
});

test('a WebSocket of another origin is refused, one without an origin and one of the own site are not', async () => {
    const refused = new RawSocket(server, { Origin: kOther });
    const status = await new Promise((done, fail) => {
        refused.socket.once('unexpected-response', (_, response) => done(response.statusCode));
        refused.socket.once('open', () => fail(new Error('let in')));
    });
    assert.equal(status, 403);
    for (const headers of [undefined, { Origin: kOrigin }, { Origin: server.url }]) {
        const raw = await RawSocket.connect(server, { headers });
        await raw.close();
    }
});
