// Trying credentials until one fits: one rule for REST and Socket.IO.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';

import { mintJwt } from '../../e2e/lib/jwt.mjs';
import { shipped } from '../lib/config.mjs';
import { Daemon, plugins } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { call, draft } from '../lib/visit.mjs';

const kSessions = '/api/video/sessions';

let daemon;
before(async () => {
    daemon = await Daemon.start({ config: shipped(
        ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
        ['trusted_proxies: ${env:TELEVISIT_TRUSTED_PROXIES:-}', 'trusted_proxies: 127.0.0.1'],
        ['security:\n', 'security:\n  guessing: {attempts: 3, recovery: 1h}\n'],
    ) });
});
after(() => daemon?.stop());

const person = (role) => daemon.secret(mintJwt(daemon.jwtSecret, { sub: `${role}-${randomUUID()}`, role }));
const list = (token, address) => call(daemon, 'GET', kSessions, { token, headers: { 'X-Forwarded-For': address } });

async function wrongJoin(peer, token) {
    const refused = await peer.ask('join_room', { ...peer.entry(), token });
    assert.equal(refused.ok, false);
    assert.equal((await peer.next('error')).code, refused.code);
    return refused.code;
}

test('wrong access tokens in join_room and wrong credentials in requests are counted together', async () => {
    const doctorId = `doctor-${randomUUID()}`;
    const token = daemon.secret(mintJwt(daemon.jwtSecret, { sub: doctorId, role: 'DOCTOR' }));
    const created = await call(daemon, 'POST', kSessions, { token, body: draft(doctorId, `patient-${randomUUID()}`) });
    assert.equal(created.status, 201, created.text);
    const joined = await call(daemon, 'POST', `${kSessions}/${created.json.session_id}/join`, { token, body: {} });
    assert.equal(joined.status, 200, joined.text);
    daemon.secret(joined.json.attendee.access_token);
    const others = daemon.secret(created.json.patient_token);

    // The socket comes from 127.0.0.1, as do requests without a proxy's word.
    const peer = await Peer.connect(daemon, joined.json);
    assert.equal(await wrongJoin(peer, daemon.secret('guess-number-one')), 'invalid_token');
    assert.equal(await wrongJoin(peer, daemon.secret('guess-number-two')), 'invalid_token');
    const third = await list(daemon.secret('guess-number-three'), '127.0.0.1');
    assert.equal(third.json.code, 'invalid_token');
    assert.equal(await wrongJoin(peer, daemon.secret('guess-number-four')), 'too_many_guesses');
    const request = await list(others, '127.0.0.1');
    assert.equal(request.status, 429, request.text);
    assert.equal(request.json.code, 'too_many_guesses');
    assert.match(request.headers.get('retry-after'), /^[1-9]\d*$/);

    // The token that this server has just handed out goes on from there, and nobody elsewhere is meant.
    assert.equal((await peer.enter()).room_id, joined.json.room_id);
    assert.equal((await list(person('DOCTOR'), '192.0.2.1')).status, 200);
    assert.ok(await daemon.metric('televisit_guesses_total') >= 3);
    assert.ok(await daemon.metric('televisit_guessers_refused_total') >= 2);
});

test('no credential is written down, whether it held or not', () => {
    daemon.assertDiscreet();
});
