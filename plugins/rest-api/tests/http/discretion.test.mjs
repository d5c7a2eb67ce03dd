// Tokens that clients put where they do not belong, above all into URLs, must not reach the log; nor must those that are
// where they belong. The log is that of a server that says all it ever says.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';

import { shipped } from '../../../../tests/integration/lib/config.mjs';
import { Daemon } from '../../../../tests/integration/lib/daemon.mjs';
import { Peer } from '../../../../tests/integration/lib/peer.mjs';
import { RawHttp } from '../../../../tests/integration/lib/raw-http.mjs';
import { WebSocketClient } from '../../../../tests/integration/lib/websocket.mjs';
import { ask, names, operations } from './operations.mjs';
import { Person, call, kSessions, mintJwt, pair } from './people.mjs';

let server, visit, tokens, peer;
before(async () => {
    server = await Daemon.start({ config: shipped(), env: { TELEVISIT_LOG_LEVEL: 'debug', TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } });
    visit = await pair(server, { max_participants: 3 });
    const seat = (await ask(visit, 'join_session', visit.patient.token)).json;
    const guest = (await ask(visit, 'create_invitation', visit.doctor.token)).json;
    visit.invitation = guest.invitation_id;
    peer = await Peer.enter(server, seat);
    const jwt = visit.doctor.token;
    tokens = {
        'an account': jwt,
        'the signature of an account': jwt.split('.')[2],
        'an account that has expired': mintJwt(server.jwtSecret, { sub: 'd', role: 'DOCTOR' }, -60),
        'an account of a role that is not known': mintJwt(server.jwtSecret, { sub: 'd', role: 'NURSE' }),
        'an invitation': visit.session.patient_token,
        'an invitation of a guest': guest.token,
        'an access token': seat.attendee.access_token,
        'nothing known': randomBytes(32).toString('base64url'),
    };
    for (const token of Object.values(tokens)) server.secret(token);
});
after(async () => { peer?.destroy(); await server?.stop(); });

let address = 0;
/// Sends bytes, and waits for the answer or the close.
async function send(bytes) {
    const raw = await RawHttp.open(server.port);
    raw.send(bytes);
    await raw.answer().catch(() => {});
    raw.destroy();
}
/// Everything that was sent has been logged when a later request has.
async function logged() {
    const marker = `/nowhere-${++address}`;
    await call(server, 'GET', marker);
    await server.logged((line) => line.path === marker, 'the line of the last request');
    server.assertDiscreet();
}
const parameters = (token) => [`token=${token}`, `access_token=${token}&x=1`, `a=b&authorization=Bearer%20${token}`, `x=${encodeURIComponent(JSON.stringify({ token }))}`];

test('in the query of any call, whatever comes of it', async () => {
    for (const token of Object.values(tokens)) {
        const from = { 'X-Forwarded-For': `198.51.100.${++address}` };
        for (const query of parameters(token)) {
            for (const name of names) {
                if (['cancel_session', 'end_session', 'leave_session', 'revoke_invitation', 'create_session', 'create_invitation'].includes(name) && token === tokens['an account']) continue;
                const { method, path } = operations[name];
                await call(server, method, `${kSessions}${path(visit)}?${query}`, { headers: from });
            }
            for (const path of ['/', '/room.html', '/health', '/health/ready', '/openapi.json', '/nothing', `${kSessions}/none/join`]) {
                for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT']) await call(server, method, `${path}?${query}`, { headers: from });
            }
        }
        for (const parameter of ['doctor_id', 'patient_id', 'status', 'from', 'to', 'limit', 'cursor']) {
            await call(server, 'GET', `${kSessions}?${parameter}=${token}`, { token: visit.doctor.token, headers: from });
        }
    }
    await logged();
});

test('in a request that cannot be read', async () => {
    for (const token of Object.values(tokens)) {
        for (const target of [`/health?token=${token}&x=%zz`, `/health?token=${token}%`, `/%zz?token=${token}`, `//health?token=${token}`, `http://localhost/health?token=${token}`,
            `http://${token}@localhost/health`, `/${'a'.repeat(20_000)}?token=${token}`, `?token=${token}`, `/health?token=${token}#${token}`]) {
            await send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        }
        await send(`GET /health?token=${token} HTTP/1.1\r\n\r\n`);
        await send(`GET /health?token=${token} HTTP/9.9\r\nHost: localhost\r\n\r\n`);
        await send(`BREW /health?token=${token} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        await send(`GET /health?token=${token} HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`);
        await send(`POST ${kSessions}?token=${token} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n`);
        await send(`${token}\r\n\r\n`);
    }
    await logged();
});

test('in headers and bodies', async () => {
    for (const token of Object.values(tokens)) {
        const from = { 'X-Forwarded-For': `198.51.100.${++address}` };
        for (const authorization of [`Bearer ${token}`, `Basic ${token}`, token, `Bearer ${token} x`, `Bearer ${token}x`]) {
            await ask(visit, 'get_session', undefined, { headers: { ...from, Authorization: authorization } });
        }
        for (const headers of [{ Cookie: `token=${token}` }, { Referer: `http://localhost/?token=${token}` }, { 'User-Agent': token }, { Origin: `http://${token}.example` }]) {
            await ask(visit, 'get_session', visit.doctor.token, { headers: { ...from, ...headers } });
        }
        await ask(visit, 'reschedule_session', visit.doctor.token, { headers: { ...from, 'If-Match': token } });
        await ask(visit, 'create_session', visit.patient.token, { headers: { ...from, 'Idempotency-Key': token } });
        for (const body of [token, `{"token":"${token}"}`, `{"${token}":1,"${token}":2}`, JSON.stringify({ display_name: 7, device_type: token })]) {
            for (const name of ['create_session', 'join_session', 'add_quality', 'create_invitation', 'reschedule_session']) {
                await ask(visit, name, visit.patient.token, { body, headers: from });
            }
        }
    }
    await logged();
});

test('in the handshake of Socket.IO, in what is sent there, and in the name of an event', async () => {
    for (const token of Object.values(tokens)) {
        const query = `EIO=4&token=${token}&auth=${encodeURIComponent(JSON.stringify({ token }))}`;
        const opened = await call(server, 'GET', `/socket.io/?${query}&transport=polling`);
        const { sid } = JSON.parse(opened.text.slice(1));
        const post = (body) => fetch(`${server.url}/socket.io/?${query}&transport=polling&sid=${sid}`, { method: 'POST', body }).then((answer) => answer.text());
        await post(`40${JSON.stringify({ token })}`);
        await post(`40/${token},`);
        await post(`42${JSON.stringify(['join_room', { room_id: token, token, user_id: token, role: token }])}`);
        await post(`42${JSON.stringify([token, { token }])}`);
        await post(`42["join_room",{"token":"${token}"`);
        for (const odd of [`EIO=3&transport=polling&token=${token}`, `EIO=4&transport=${token}`, `EIO=4&transport=polling&sid=${token}`, `EIO=4&transport=websocket&token=${token}`]) {
            await call(server, 'GET', `/socket.io/?${odd}`);
        }
        const closed = await new Promise((done, fail) => {
            WebSocketClient.open(`${server.url}/socket.io/?${query}&transport=websocket`, {
                text: (text, socket) => {
                    if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
                    else if (text.startsWith('40')) socket.send(`42${JSON.stringify([token, token])}`);
                    else if (text.includes('"error"')) socket.send(`49${token}`);
                },
                close: done,
            }).catch(fail);
        });
        assert.equal(typeof closed, 'number');
    }
    // Nor of those that are let in.
    for (const name of [tokens['nothing known'], 'x'.repeat(300)]) await peer.ask(name, { token: tokens['an account'] });
    await peer.ask('send_message', { room_id: peer.roomId, message: server.secret('a message of this test') });
    await logged();
});

test('on the admin listener', async () => {
    for (const token of Object.values(tokens)) {
        for (const path of ['/admin/status', '/admin/rooms', '/admin/sessions', '/metrics', '/health', '/nothing']) {
            await (await server.admin(`${path}?token=${token}&after=${token}&cursor=${token}`)).text();
        }
    }
    await logged();
});

test('a line tells of each request by its path, so nothing has been kept from the log', async () => {
    await call(server, 'GET', `/looked-for?token=${tokens['nothing known']}`, { token: new Person(server, 'ADMIN').token });
    const line = await server.logged((entry) => entry.path === '/looked-for', 'the line of that request');
    assert.equal(line.status, 404);
    assert.ok(server.lines.some((entry) => entry.path === kSessions && entry.status === 401));
});
