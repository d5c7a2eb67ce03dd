// Trying credentials until one fits, through the socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Person, Server, assertProblem, call, freePort, kSessions, mintJwt } from './people.mjs';

let server, admin;
before(async () => {
    const port = await freePort();
    server = await Server.start({ env: { TELEVISIT_ADMIN_PORT: String(port), TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } });
    admin = { url: `http://127.0.0.1:${port}`, isAdmin: true };
});
after(async () => { await server.stop(); });

const from = (address, token) => call(server, 'GET', kSessions, { token, headers: { 'X-Forwarded-For': address } });

/// Presents wrong credentials until the server has had enough; how many were looked at.
async function guess(address) {
    for (let looked = 0; looked < 200; ++looked) {
        const answer = await from(address, `guess-${looked}`);
        if (answer.status === 429) return { looked, answer };
        assertProblem(answer, 401, 'invalid_token');
    }
    assert.fail('nobody has stopped it');
}

test('whoever tries credentials is told to wait, and nobody else is', async () => {
    const known = new Person(server, 'DOCTOR');
    assert.equal((await from('192.0.2.1', known.token)).status, 200);
    const { looked, answer } = await guess('192.0.2.1');
    assert.ok(looked >= 20, `${looked}`);
    assertProblem(answer, 429, 'too_many_guesses');
    assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
    assert.equal((await from('192.0.2.1', known.token)).status, 200, 'a credential that has held goes on');
    assert.equal((await from('192.0.2.2', new Person(server, 'DOCTOR').token)).status, 200, 'another address is not meant');
});

test('the guard holds for every call of the interface', async () => {
    await guess('192.0.2.3');
    const { token } = new Person(server, 'ADMIN');
    for (const [method, path] of [['POST', '/x/join'], ['GET', '/x'], ['DELETE', '/x/invitations/y']]) {
        const answer = await call(server, method, kSessions + path, { token, headers: { 'X-Forwarded-For': '192.0.2.3' } });
        assertProblem(answer, 429, 'too_many_guesses');
    }
});

test('an IPv6 subscriber is one, whichever of its addresses it takes', async () => {
    await guess('2001:db8:1:2::1');
    assertProblem(await from('2001:db8:1:2:ffff::9', 'another-guess'), 429, 'too_many_guesses');
    assertProblem(await from('2001:db8:1:3::1', 'another-guess'), 401, 'invalid_token');
});

test('a credential that has expired is no guess', async () => {
    for (let i = 0; i < 50; ++i) {
        const expired = mintJwt(server.jwtSecret, { sub: `d-${i}`, role: 'DOCTOR' }, -60);
        assertProblem(await from('192.0.2.4', expired), 401, 'token_expired');
    }
});

test('guesses and those turned away are counted', async () => {
    const { text } = await call(admin, 'GET', '/metrics');
    for (const name of ['televisit_guesses_total', 'televisit_guessers_refused_total']) {
        assert.ok(Number(text.match(new RegExp(`^${name}\\S* (\\d+)$`, 'm'))?.[1]) > 0, name);
    }
});
