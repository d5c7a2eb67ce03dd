// What a JSON Web Token must be like, through the socket: signature, claims, times, form.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';

import { shipped } from '../../../../tests/integration/lib/config.mjs';
import { Daemon } from '../../../../tests/integration/lib/daemon.mjs';
import { assertProblem, call, kSessions } from './people.mjs';

let server;
before(async () => {
    const config = shipped(['      secret: ${env:TELEVISIT_JWT_SECRET:-${state:jwt_secret}}\n',
        '      secret: ${env:TELEVISIT_JWT_SECRET:-${state:jwt_secret}}\n      issuer: https://login.example\n      audience: televisit\n']);
    server = await Daemon.start({ config, env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(async () => { await server?.stop(); });

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const seconds = (from) => Math.floor(Date.now() / 1000) + from;
const claims = () => ({ sub: 'd-1', role: 'DOCTOR', exp: seconds(600), iss: 'https://login.example', aud: 'televisit' });
const sign = (text, key = server.jwtSecret, hash = 'sha256') => createHmac(hash, key).update(text).digest('base64url');

function token({ header = { alg: 'HS256', typ: 'JWT' }, body = {}, without = [], key, hash } = {}) {
    const all = { ...claims(), ...body };
    for (const name of without) delete all[name];
    const text = `${part(header)}.${part(all)}`;
    return `${text}.${sign(text, key, hash)}`;
}
let address = 0;
const ask = (bearer) => call(server, 'GET', kSessions, { token: bearer, headers: { 'X-Forwarded-For': `198.51.100.${++address % 250}` } });

const good = {
    'as it should be': () => token(),
    'without `typ`': () => token({ header: { alg: 'HS256' } }),
    'for several parties, of which this is one': () => token({ body: { aud: ['other', 'televisit'] } }),
    'expired within the leeway': () => token({ body: { exp: seconds(-15) } }),
    'valid from a moment within the leeway': () => token({ body: { nbf: seconds(15) } }),
    'with times that have fractions': () => token({ body: { exp: seconds(600) + 0.5, nbf: seconds(-1) + 0.25 } }),
    'of each role': () => token({ body: { role: 'ADMIN' } }),
    'with an id of 64 characters': () => token({ body: { sub: 'ü'.repeat(64) } }),
    'with a name that cannot be shown': () => token({ body: { name: 'a\nb' } }),
};
for (const [what, make] of Object.entries(good)) {
    test(`a token ${what} is taken`, async () => {
        const answer = await ask(make());
        assert.equal(answer.status, 200, answer.text);
    });
}

const text = () => `${part({ alg: 'HS256' })}.${part(claims())}`;
const bad = {
    'signed with another key': ['invalid_token', () => token({ key: 'another key, which has 32 bytes too' })],
    'of another algorithm': ['invalid_token', () => token({ header: { alg: 'HS512' }, hash: 'sha512' })],
    'that says another algorithm than it is signed with': ['invalid_token', () => token({ header: { alg: 'RS256' } })],
    'without an algorithm': ['invalid_token', () => `${part({ alg: 'none' })}.${part(claims())}.`],
    'without a signature': ['invalid_token', () => `${text()}.`],
    'whose header has no `alg`': ['invalid_token', () => token({ header: { typ: 'JWT' } })],
    'with critical extensions': ['invalid_token', () => token({ header: { alg: 'HS256', crit: ['x'], x: 1 } })],
    'of two parts': ['invalid_token', text],
    'of four parts': ['invalid_token', () => `${token()}.x`],
    'whose signature has padding': ['invalid_token', () => `${token()}=`],
    'whose payload is no JSON': ['invalid_token', () => { const odd = `${part({ alg: 'HS256' })}.${part('{')}`; return `${odd}.${sign(odd)}`; }],
    'whose payload is a list': ['invalid_token', () => { const odd = `${part({ alg: 'HS256' })}.${part('[]')}`; return `${odd}.${sign(odd)}`; }],
    'without `exp`': ['invalid_token', () => token({ without: ['exp'] })],
    'whose `exp` is a text': ['invalid_token', () => token({ body: { exp: `${seconds(600)}` } })],
    'whose `exp` is null': ['invalid_token', () => token({ body: { exp: null } })],
    'whose `nbf` is a text': ['invalid_token', () => token({ body: { nbf: `${seconds(-600)}` } })],
    'that has expired': ['token_expired', () => token({ body: { exp: seconds(-60) } })],
    'that is not valid yet': ['token_not_yet_valid', () => token({ body: { nbf: seconds(60) } })],
    'of another issuer': ['invalid_token', () => token({ body: { iss: 'https://elsewhere.example' } })],
    'of no issuer': ['invalid_token', () => token({ without: ['iss'] })],
    'for another party': ['invalid_token', () => token({ body: { aud: 'other' } })],
    'for nobody': ['invalid_token', () => token({ without: ['aud'] })],
    'without `sub`': ['invalid_token', () => token({ without: ['sub'] })],
    'whose `sub` is a number': ['invalid_token', () => token({ body: { sub: 7 } })],
    'whose `sub` is too long': ['invalid_token', () => token({ body: { sub: 'x'.repeat(65) } })],
    'whose `sub` has control characters': ['invalid_token', () => token({ body: { sub: 'a\u0000b' } })],
    'without a role': ['invalid_token', () => token({ without: ['role'] })],
    'of an unknown role': ['invalid_token', () => token({ body: { role: 'NURSE' } })],
    'that is too long': ['invalid_token', () => token({ body: { more: 'x'.repeat(9000) } })],
};
for (const [what, [code, make]] of Object.entries(bad)) {
    test(`a token ${what} is refused`, async () => {
        const answer = await ask(make());
        assertProblem(answer, 401, code);
        assert.doesNotMatch(answer.json.detail, /alg|sub\b|iss\b|aud\b|signature/, 'what exactly is wrong is for the log');
    });
}
